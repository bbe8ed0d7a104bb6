"""Kustomizations: overlays with all that they refer to, and what the Application adds to them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.adapters.render.repositories import Link, config, made, names, rendered

from whydrift.core.model.values import Json, JsonObject, child

POD = """apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: 'example.com/web:1'}, {name: side, image: 'example.com/side:1'}]}
"""
IMAGE = ("spec", "template", "spec", "containers", 0, "image")
SIDE = ("spec", "template", "spec", "containers", 1, "image")
FILES: dict[str, str | bytes | Link] = {
    "app/kustomization.yaml": "resources: [../base]\nimages: [{name: example.com/web, newTag: '2'}]\n",
    "base/kustomization.yml": "resources: [web.yaml]\n",
    "base/web.yaml": POD,
    "extra/kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nnameSuffix: -extra\n",
}


def kustomize(**stated: Json) -> JsonObject:
    """A source with settings for Kustomize."""
    return {"path": "app", "kustomize": stated}


def test_an_overlay_with_its_base(tmp_path: Path) -> None:
    """And with an edit of the base."""
    found = rendered(tmp_path, "Kustomize", FILES, edits={"base/web.yaml": POD.replace("replicas: 1", "replicas: 5")})
    assert child(found["Deployment/web"], *IMAGE) == "example.com/web:2"
    assert child(found["Deployment/web"], "spec", "replicas") == 5


@pytest.mark.parametrize(
    ("source", "name", "place", "value"),
    [
        (kustomize(), "web", IMAGE, "example.com/web:2"),
        (kustomize(namePrefix="eu-"), "eu-web", IMAGE, "example.com/web:2"),
        (kustomize(nameSuffix="-eu"), "web-eu", IMAGE, "example.com/web:2"),
        (kustomize(images=["example.com/web:3"]), "web", IMAGE, "example.com/web:3"),
        (kustomize(images=["example.com/web=other.com/w:3"]), "web", IMAGE, "other.com/w:3"),
        (kustomize(images=["example.com/web=other.com/w"]), "web", IMAGE, "other.com/w:1"),
        (kustomize(images=["example.com/web=*:4"]), "web", IMAGE, "example.com/web:4"),
        (kustomize(images=["example.com/web=other.com/w:*"]), "web", IMAGE, "other.com/w:2"),
        (kustomize(images=["example.com/side@sha256:ab"]), "web", SIDE, "example.com/side@sha256:ab"),
        (kustomize(images=["example.com/side:$ARGOCD_APP_NAME"]), "web", SIDE, "example.com/side:shop"),
        (kustomize(replicas=[{"name": "web", "count": 4}]), "web", ("spec", "replicas"), 4),
        (kustomize(replicas=[{"name": "web", "count": "4"}]), "web", ("spec", "replicas"), 4),
        (kustomize(namespace="n"), "web", ("metadata", "namespace"), "n"),
        (kustomize(commonLabels={"a": "b"}), "web", ("spec", "selector", "matchLabels", "a"), "b"),
        (
            kustomize(commonAnnotations={"a": "$ARGOCD_APP_NAME"}),
            "web",
            ("metadata", "annotations", "a"),
            "$ARGOCD_APP_NAME",
        ),
        (
            kustomize(commonAnnotations={"a": "$ARGOCD_APP_NAME"}, commonAnnotationsEnvsubst=True),
            "web",
            ("metadata", "annotations", "a"),
            "shop",
        ),
        (kustomize(components=["../extra"]), "web-extra", IMAGE, "example.com/web:2"),
        (
            kustomize(components=["../extra", "../none"], ignoreMissingComponents=True),
            "web-extra",
            IMAGE,
            "example.com/web:2",
        ),
        (
            kustomize(
                patches=[
                    {
                        "target": {"kind": "Deployment"},
                        "patch": '[{"op": "replace", "path": "/spec/replicas", "value": 7}]',
                    }
                ]
            ),
            "web",
            ("spec", "replicas"),
            7,
        ),
    ],
    ids=lambda value: json.dumps(value.get("kustomize"))[:40] if isinstance(value, dict) else "",
)
def test_what_the_application_adds(
    tmp_path: Path, source: JsonObject, name: str, place: tuple[str | int, ...], value: Json
) -> None:
    """As `kustomize edit` writes it into the kustomization."""
    assert child(rendered(tmp_path, "Kustomize", FILES, source)[f"Deployment/{name}"], *place) == value


def test_labels_without_selectors(tmp_path: Path) -> None:
    """They stand on objects, and in templates only where that is asked for."""
    bare = kustomize(commonLabels={"a": "b"}, labelWithoutSelector=True)
    found = rendered(tmp_path, "Kustomize", FILES, bare)["Deployment/web"]
    assert child(found, "metadata", "labels", "a") == "b"
    assert not child(found, "spec", "selector", "matchLabels", "a")
    assert not child(found, "spec", "template", "metadata", "labels", "a")


def test_generators_and_patches_are_found(tmp_path: Path) -> None:
    """Files, env files and patches beside and inside the kustomization."""
    files: dict[str, str | bytes | Link] = {
        "app/kustomization.yaml": json.dumps(
            {
                "resources": ["../base", "more/a.yaml"],
                "configMapGenerator": [{"name": "g", "files": ["key=in/file.txt"], "envs": ["in/e.env"]}],
                "patches": [{"path": "in/patch.yaml", "target": {"kind": "Deployment"}}],
                "generatorOptions": {"disableNameSuffixHash": True},
            }
        ),
        "app/in/file.txt": "content",
        "app/in/e.env": "a=b\n",
        "app/in/patch.yaml": '[{"op": "replace", "path": "/spec/replicas", "value": 3}]',
        "app/more/a.yaml": config("a", x="'1'"),
        "base/kustomization.yaml": "resources: [web.yaml]\n",
        "base/web.yaml": POD,
    }
    found = rendered(tmp_path, "Kustomize", files)
    assert names(found) == ["ConfigMap/a", "ConfigMap/g", "Deployment/web"]
    assert found["ConfigMap/g"]["data"] == {"a": "b", "key": "content"}
    assert child(found["Deployment/web"], "spec", "replicas") == 3


@pytest.mark.parametrize(
    ("stated", "why"),
    [
        ({"resources": ["https://example.com/base.yaml"]}, "nothing is fetched"),
        ({"resources": ["git@example.com:base.git"]}, "nothing is fetched"),
        ({"resources": ["github.com/org/base?ref=main"]}, "nothing is fetched"),
        ({"resources": ["github.com/org/base"]}, "nothing is fetched"),
        ({"components": ["ssh://git@example.com/base"]}, "nothing is fetched"),
        ({"resources": ["../base"], "transformers": ["https://example.com/t.yaml"]}, "nothing is fetched"),
        ({"resources": ["../base"], "helmCharts": [{"name": "a", "repo": "https://example.com"}]}, "would run helm"),
        ({"resources": ["../../outside"]}, "leaves the repository"),
        ({"resources": ["/etc"]}, "is no path in the repository"),
        ({"resources": ["none.yaml"]}, "is not in the repository"),
        ({"resources": ["../other"]}, "other holds no kustomization"),
        ({"resources": ["../base"], "commonLabels": {"a": "x"}}, "commonLabels a stands in the kustomization already"),
    ],
    ids=str,
)
def test_what_is_not_in_the_repository_is_refused(tmp_path: Path, stated: JsonObject, why: str) -> None:
    """Before anything runs; also below a base."""
    other: dict[str, str | bytes | Link] = {**FILES, "other/a.txt": "", "app/kustomization.yaml": json.dumps(stated)}
    found = made(tmp_path / "1", "Kustomize", other, kustomize(commonLabels={"a": "b"}))
    assert isinstance(found, str) and why in found
    if "commonLabels" not in stated and "outside" not in str(stated):
        below = {
            **other,
            "app/kustomization.yaml": "resources: [../app2]\n",
            "app2/kustomization.yaml": json.dumps(stated),
        }
        found = made(tmp_path / "2", "Kustomize", below)
        assert isinstance(found, str) and why in found
