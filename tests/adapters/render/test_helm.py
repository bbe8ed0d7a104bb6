"""Charts: whose values count, what Argo CD passes beside them, and where they may come from."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from tests.adapters.render.repositories import URL, Link, Repository, data_of, made, names, rendered

from whydrift.core.model.values import Json, JsonObject
from whydrift.ports import NotRead, Rendering

CHART = "apiVersion: v2\nname: web\nversion: 1.2.3\n"
SHOWS = """apiVersion: v1
kind: ConfigMap
metadata: {name: shown}
data: {x: {{ .Values.x | quote }}, release: {{ .Release.Name }}/{{ .Release.Namespace }}}
"""
FILES: dict[str, str | bytes | Link] = {
    "app/Chart.yaml": CHART,
    "app/values.yaml": "x: chart\n",
    "app/prod.yaml": "x: prod\n",
    "app/env/b.yaml": "x: b\n",
    "app/env/a.yaml": "x: a\n",
    "app/templates/shown.yaml": SHOWS,
    "values/outside.yaml": "x: outside\n",
}


def helm(**stated: Json) -> JsonObject:
    """A source with settings for Helm."""
    return {"path": "app", "helm": stated}


def parameter(value: str, force: bool = False) -> JsonObject:
    """One parameter."""
    return {"name": "x", "value": value, **({"forceString": True} if force else {})}


@pytest.mark.parametrize(
    ("source", "x"),
    [
        ({"path": "app"}, "chart"),
        (helm(valueFiles=["prod.yaml"]), "prod"),
        (helm(valueFiles=["prod.yaml", "env/a.yaml"]), "a"),
        (helm(valueFiles=["../values/outside.yaml"]), "outside"),
        (helm(valueFiles=["/values/outside.yaml"]), "outside"),
        (helm(valueFiles=["env/*.yaml"]), "b"),
        (helm(valueFiles=["env/*.yaml", "env/a.yaml"]), "a"),
        (helm(valueFiles=["**/[ab].yaml"]), "b"),
        (helm(valueFiles=["none.yaml", "none/*.yaml"], ignoreMissingValueFiles=True), "chart"),
        (helm(valueFiles=["prod.yaml"], values="x: text"), "text"),
        (helm(values="x: text", valuesObject={"x": "object"}), "object"),
        (helm(valuesObject={"x": "object"}, parameters=[parameter("set")]), "set"),
        (helm(parameters=[parameter("first"), parameter("last")]), "last"),
        (helm(parameters=[parameter("a,b")]), "a,b"),
        (helm(parameters=[parameter("0123", force=True)]), "0123"),
        (helm(parameters=[parameter("$ARGOCD_APP_NAME/${ARGOCD_APP_SOURCE_PATH}/$$/$UNKNOWN")]), "shop/app/$/"),
        (helm(fileParameters=[{"name": "x", "path": "../values/outside.yaml"}]), "x: outside\n"),
    ],
    ids=lambda value: json.dumps(value.get("helm")) if isinstance(value, dict) else "",
)
def test_whose_value_counts(tmp_path: Path, source: JsonObject, x: str) -> None:
    """The chart's, then value files in their order, the Application's own values, its parameters."""
    assert data_of(rendered(tmp_path, "Helm", FILES, source), "shown") == {"x": x, "release": "shop/web"}


def test_values_of_another_source(tmp_path: Path) -> None:
    """`$ref/…` is a file in the repository that the ref names; an edit of it counts."""
    chart: JsonObject = {"path": "app", "helm": {"valueFiles": ["$env/values/outside.yaml"]}}
    edits = {"values/outside.yaml": "x: edited\n"}
    found = rendered(tmp_path, "Helm", FILES, chart, {"ref": "env"}, edits=edits)
    assert data_of(found, "shown") == {"x": "edited", "release": "shop/web"}


def test_parameters_that_lie_in_the_folder(tmp_path: Path) -> None:
    """What image updaters write beside the chart; the Application's own file beats the folder's."""
    files = {
        **FILES,
        "app/.argocd-source.yaml": "helm: {parameters: [{name: x, value: folder}], releaseName: other}\n",
        "app/.argocd-source-shop.yaml": "helm: {parameters: [{name: x, value: mine}]}\n",
    }
    assert data_of(rendered(tmp_path, "Helm", files), "shown") == {"x": "mine", "release": "other/web"}


def test_release_and_namespace(tmp_path: Path) -> None:
    """Both may be stated for Helm alone."""
    found = rendered(tmp_path, "Helm", FILES, helm(releaseName="r", namespace="n"))
    assert data_of(found, "shown") == {"x": "chart", "release": "r/n"}


def test_what_the_cluster_serves(tmp_path: Path) -> None:
    """Charts ask for the version and for APIs; the Application may state others."""
    asks = SHOWS.replace("{{ .Values.x | quote }}", "{{ .Capabilities.KubeVersion.Version }}").replace(
        "{{ .Release.Name }}", '{{ .Capabilities.APIVersions.Has "example.com/v1/Route" }}'
    )
    repository = Repository.of(tmp_path / "repository", {"app/Chart.yaml": CHART, "app/templates/a.yaml": asks})
    cluster = {"kube_version": "v1.36.1", "api_versions": ("example.com/v1/Route",)}
    application = repository.application("Helm", {"path": "app"})
    found = asyncio.run(repository.renderer().render(Rendering(application, **cluster)))  # type: ignore[arg-type]  # the two fields that are left
    assert not isinstance(found, NotRead)
    assert [obj["data"] for obj in found.values()] == [{"x": "v1.36.1", "release": "true/web"}]


def test_crds_come_unless_they_are_left_out(tmp_path: Path) -> None:
    """`crds/` is part of a render; tests and schema checks are switched by the Application."""
    crd = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: a.b.c}\nspec: {}\n"
    test = SHOWS.replace("{name: shown}", '{name: tried, annotations: {"helm.sh/hook": test}}')
    files = {**FILES, "app/crds/a.yaml": crd, "app/templates/tests/t.yaml": test}
    assert len(rendered(tmp_path / "1", "Helm", files)) == 3
    assert names(rendered(tmp_path / "2", "Helm", files, helm(skipCrds=True, skipTests=True))) == ["ConfigMap/shown"]


def test_charts_beside_the_chart_are_dependencies(tmp_path: Path) -> None:
    """`file://…` is found in the repository and needs no registry; an edit of it counts."""
    files = {
        "app/Chart.yaml": CHART + "dependencies: [{name: sub, version: 1.2.3, repository: file://../sub}]\n",
        "sub/Chart.yaml": CHART.replace("web", "sub"),
        "sub/values.yaml": "x: sub\n",
        "sub/templates/shown.yaml": SHOWS,
    }
    found = rendered(tmp_path, "Helm", files, edits={"sub/values.yaml": "x: edited\n"})
    assert data_of(found, "shown") == {"x": "edited", "release": "shop/web"}


@pytest.mark.parametrize(
    ("files", "source", "why"),
    [
        ({"app/values.yaml": "x: 1\n"}, helm(), "app holds no Chart.yaml"),
        (FILES, helm(valueFiles=["none.yaml"]), "the value file app/none.yaml is not there"),
        (FILES, helm(valueFiles=["none/*.yaml"]), "the value file app/none/*.yaml is not there"),
        (FILES, helm(valueFiles=["../../etc/passwd"]), "leaves the repository"),
        (FILES, helm(valueFiles=["https://example.com/v.yaml"]), "nothing is fetched"),
        ({**FILES, "app/templates/b.yaml": "{{ .Values.x.y.z }}"}, helm(), "helm template: Error:"),
        ({**FILES, "app/templates/b.yaml": '{{ fail "on purpose" }}'}, helm(), "on purpose"),
        ({**FILES, "app/templates/b.yaml": "a: 1"}, helm(), "it states no kind"),
        (
            {
                **FILES,
                "app/Chart.yaml": CHART + "dependencies: [{name: s, version: 1.0.0, repository: https://x.invalid}]\n",
            },
            helm(),
            "missing in charts/ directory: s",
        ),
    ],
    ids=["no chart", "missing file", "empty glob", "outside", "URL", "broken", "fails", "no manifest", "registry"],
)
def test_what_cannot_be_rendered_says_why(
    tmp_path: Path, files: dict[str, str | bytes | Link], source: JsonObject, why: str
) -> None:
    """Helm's own words, in one line, without the place of the copy."""
    found = made(tmp_path, "Helm", files, source)
    assert isinstance(found, str) and why in found and "\n" not in found and "whydrift-render" not in found


def test_charts_of_registries_are_not_rendered(tmp_path: Path) -> None:
    """Nothing is asked of a registry."""
    found = made(tmp_path, "Helm", FILES, {"chart": "web", "repoURL": "https://charts.example.com"})
    assert found == "its chart comes from a registry, which is not asked"


def test_the_same_content_is_rendered_once(tmp_path: Path) -> None:
    """A plan asks for the same render again and again; another candidate is another render."""
    repository = Repository.of(tmp_path / "repository", FILES)
    renderer = repository.renderer()
    first, second = (repository.application("Helm", helm(valueFiles=["prod.yaml"])) for _ in range(2))
    edit = {(URL, "app/prod.yaml"): "x: edited\n"}
    other = {(URL, "elsewhere/prod.yaml"): "x: edited\n"}

    async def renders() -> None:
        asked = [
            Rendering(first),
            Rendering(second),
            Rendering(first, edit),
            Rendering(second, edit),
            Rendering(first, other),
        ]
        await asyncio.gather(*(renderer.render(each) for each in asked))

    asyncio.run(renders())
    assert renderer.rendered == 2
