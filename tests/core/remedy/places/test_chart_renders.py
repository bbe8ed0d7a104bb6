"""Places in charts that a kustomization renders: each edit is rendered by kustomize and helm, and makes the change."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.adapters.render.repositories import URL, Link, Repository

from whydrift.core.model.git_files import GitFiles, Tree
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.paths import parse_pointer
from whydrift.core.model.remedy import Change, How
from whydrift.core.model.values import Json, JsonObject, same
from whydrift.core.remedy.places import candidates
from whydrift.core.remedy.text.wanted import changed
from whydrift.ports import NotRead, Rendering

OPTIONS = "--enable-helm --load-restrictor LoadRestrictionsNone"
DEPLOYMENT = """apiVersion: apps/v1
kind: Deployment
metadata: {name: {{ .Release.Name }}-web, namespace: {{ .Release.Namespace }}}
spec:
  replicas: {{ .Values.replicas }}
  minReadySeconds: 5
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: "{{ .Values.image.name }}:{{ .Values.image.tag }}"
          env:
            {{- toYaml .Values.env | nindent 12 }}
"""
VALUES = (
    "replicas: 1\nimage: {name: example.com/web, tag: '1'}\nenv:\n  - {name: A, value: a}\n  - {name: B, value: b}\n"
)
REPLICAS, TAG = "/spec/replicas", "/spec/template/spec/containers/0/image"
ENV, READY = "/spec/template/spec/containers/0/env/1/value", "/spec/minReadySeconds"


def chart(folder: str) -> dict[str, str]:
    """A small chart in a folder."""
    return {
        f"{folder}/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
        f"{folder}/values.yaml": VALUES,
        f"{folder}/templates/web.yaml": DEPLOYMENT,
    }


OWN, BESIDE, FETCHED = chart("app/charts/web"), chart("charts/web"), chart("app/charts/web-1.0.0/web")
PLAIN = "helmCharts:\n  - name: web\n    releaseName: shop\n"
INLINE = f"{PLAIN}    valuesInline:\n      replicas: 2\n"
FILE = f"{PLAIN}    valuesFile: v.yaml\n"
LAID_OUT = "helmGlobals: {chartHome: ../charts}\n"
OTHER = "beside/kustomization.yaml"


class Case(NamedTuple):
    """The files with the kustomization of the application, one change, and the places in values and charts, in order.

    `beside` is the kustomization of somebody else.
    """

    files: dict[str, str]
    kustomization: str
    path: str
    value: Json
    places: list[str]
    beside: str = ""


KUSTOMIZATION = "app/kustomization.yaml"
V = {"app/v.yaml": "replicas: 3\n"}
CASES = {
    "inline values": Case(OWN, INLINE, REPLICAS, 7, [f"{KUSTOMIZATION}:5"]),
    "a value of the chart is stated inline": Case(
        OWN, PLAIN, REPLICAS, 7, [f"{KUSTOMIZATION}:2", "app/charts/web/values.yaml:1"]
    ),
    "part of an image": Case(
        OWN, INLINE, TAG, "example.com/web:2", [f"{KUSTOMIZATION}:4", "app/charts/web/values.yaml:2"]
    ),
    "an item of a list": Case(OWN, PLAIN, ENV, "c", ["app/charts/web/values.yaml:5"]),
    "the template states it": Case(OWN, PLAIN, READY, 9, ["app/charts/web/templates/web.yaml:6"]),
    "a values file": Case({**OWN, **V}, FILE, REPLICAS, 7, ["app/v.yaml:1"]),
    "a values file gets what only the chart states": Case(
        {**OWN, **V}, FILE, TAG, "example.com/web:2", ["app/v.yaml:1", "app/charts/web/values.yaml:2"]
    ),
    "inline counts before the file": Case(
        {**OWN, **V}, f"{INLINE}    valuesFile: v.yaml\n", REPLICAS, 7, [f"{KUSTOMIZATION}:5"]
    ),
    "the file counts before inline": Case(
        {**OWN, **V}, f"{INLINE}    valuesFile: v.yaml\n    valuesMerge: merge\n", REPLICAS, 7, ["app/v.yaml:1"]
    ),
    "further files count before all": Case(
        {**OWN, **V}, f"{INLINE}    additionalValuesFiles: [v.yaml]\n", REPLICAS, 7, ["app/v.yaml:1"]
    ),
    "a shared values file is overridden inline": Case(
        {**BESIDE, "v.yaml": "replicas: 3\n"},
        f"{LAID_OUT}{PLAIN}    valuesFile: ../v.yaml\n",
        REPLICAS,
        7,
        [f"{KUSTOMIZATION}:3", "v.yaml:1"],
    ),
    "a shared chart is changed last": Case(
        BESIDE,
        f"{LAID_OUT}{PLAIN}",
        READY,
        9,
        ["charts/web/templates/web.yaml:6"],
        beside="helmGlobals: {chartHome: ../charts}\nhelmCharts: [{name: web}]\n",
    ),
    "a fetched chart is not changed": Case(
        FETCHED, f"{PLAIN}    repo: https://example.com\n    version: 1.0.0\n", REPLICAS, 7, [f"{KUSTOMIZATION}:2"]
    ),
    "the chart of a base, by its name there": Case(
        {**chart("base/charts/web"), "base/kustomization.yaml": INLINE},
        "namePrefix: eu-\nnamespace: prod\nresources: [../base]\n",
        REPLICAS,
        7,
        ["base/kustomization.yaml:5"],
    ),
}


@pytest.mark.parametrize("what", CASES)
def test_every_place_makes_the_change(what: str, tmp_path: Path) -> None:
    """In their order; what the kustomization may say anew makes the change too, and comes before a shared chart."""
    case = CASES[what]
    files: dict[str, str | bytes | Link] = {**case.files, KUSTOMIZATION: case.kustomization}
    repository = Repository.of(tmp_path / "repository", files)
    application = repository.application("Kustomize", {"path": "app"})
    renderer = repository.renderer()

    def rendered(edits: dict[tuple[str, str], str]) -> tuple[ObjectKey, JsonObject]:
        found = asyncio.run(renderer.render(Rendering(application, edits, build_options={"": OPTIONS})))
        assert not isinstance(found, NotRead), found.why
        [only] = found.items()
        return only

    key, target = rendered({})
    beside = {OTHER: case.beside} if case.beside else {}
    tree = Tree(URL, repository.revision, "app", {**case.files, KUSTOMIZATION: case.kustomization}, beside)
    path = tuple(int(step) if step.isdigit() else step for step in parse_pointer(case.path))
    change = Change(path, case.value)
    edits = list(candidates(application, GitFiles(trees=(tree,)), key, target, [change]))
    assert [edit.where for edit in edits if edit.how is not How.KUSTOMIZE] == case.places
    assert (edits[0].how is How.KUSTOMIZE) == bool(case.beside)
    for edit in edits:
        _, after = rendered({(URL, edit.file): edit.after})
        assert same(after, changed(target, [change])), edit.where
