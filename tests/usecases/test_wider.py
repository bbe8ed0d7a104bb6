"""Other applications that an edit changes, too: found by rendering them before and after."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from tests.adapters.render.repositories import URL, Repository, config, git
from tests.adapters.render.tools import tools

from whydrift.adapters.builtin.schema import builtin_schemas
from whydrift.adapters.files.recording import Recording
from whydrift.adapters.git.bundles import RecordedRepositories
from whydrift.adapters.render.renderer import ToolRenderer
from whydrift.core.model.application import Application
from whydrift.core.model.remedy import APPLICATION, Edit, How
from whydrift.core.model.secrets import Masker
from whydrift.core.model.values import JsonObject
from whydrift.usecases.facts import FactReader
from whydrift.usecases.renderings import Renderings
from whydrift.usecases.wider import Bystanders

POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: a, image: '%s'}]}\n"
CHART = "apiVersion: v2\nname: c\nversion: 1.0.0\n"
TEMPLATE = config("c", x="{{ .Values.x }}")
FILES = {
    "base/kustomization.yaml": "resources: [pod.yaml]\n",
    "base/pod.yaml": POD % "a:1",
    "eu/kustomization.yaml": "resources: [../base]\n",
    "us/kustomization.yaml": "resources: [../base]\n",
    "pinned/kustomization.yaml": "resources: [../base]\nimages: [{name: a, newTag: '9'}]\n",
    "chart/Chart.yaml": CHART,
    "chart/values.yaml": "x: chart\n",
    "chart/templates/c.yaml": TEMPLATE,
    "chart/templates/drawn.yaml": config("drawn", x="{{ randAlphaNum 20 | quote }}"),
    "env/prod.yaml": "x: prod\n",
    "plain/a.yaml": config("a", x="1"),
}
APPLICATIONS: dict[str, tuple[str, JsonObject]] = {
    "eu": ("Kustomize", {"path": "eu"}),
    "us": ("Kustomize", {"path": "us", "repoURL": URL.removesuffix(".git")}),
    "pinned": ("Kustomize", {"path": "pinned"}),
    "default": ("Helm", {"path": "chart"}),
    "prod": ("Helm", {"path": "chart", "helm": {"valueFiles": ["../env/prod.yaml"]}}),
    "plain": ("Directory", {"path": "plain"}),
    "whole": ("Directory", {"path": ".", "directory": {"recurse": True, "include": "plain/*"}}),
    "next": ("Kustomize", {"path": "us", "targetRevision": "next"}),
    "plugin": ("Plugin", {"path": "plain"}),
}


def changed(place: Path, edited: str, file: str, after: str) -> tuple[str, ...]:
    """What an edit of one file for one application changes in others."""
    repository = Repository.of(place / "repository", FILES)
    rows = [repository.application(kind, source, name=name).raw for name, (kind, source) in APPLICATIONS.items()]
    folder = place / "recording"
    (folder / "argocd/api/v1").mkdir(parents=True)
    (folder / "argocd/api/v1/applications.json").write_text(json.dumps({"items": rows}))
    git(repository.place, "bundle", "create", "--quiet", str(folder / "git.bundle"), "--all")
    source = Recording(folder)
    repositories = RecordedRepositories(source.files)
    reader = FactReader(source, Masker(b"k" * 16), builtin_schemas(), "", repositories)
    bystanders = Bystanders()
    for row in rows:
        bystanders.saw(Application(row))
    itself = repository.application(*APPLICATIONS[edited], name=edited)
    edit = Edit(URL, file, 1, How.YAML, FILES.get(file, ""), after)
    renders = Renderings(ToolRenderer(repositories, tools()), reader)
    return tuple(asyncio.run(bystanders.changed_by(edit, [itself], reader, renders)))


@pytest.mark.parametrize(
    ("edited", "file", "after", "also"),
    [
        ("eu", "base/pod.yaml", POD % "a:2", ("Application argocd/us: Pod web/p",)),
        ("eu", "eu/kustomization.yaml", "resources: [../base]\nnamePrefix: x-\n", ()),
        ("prod", "env/prod.yaml", "x: other\n", ()),
        ("default", "env/prod.yaml", "x: other\n", ("Application argocd/prod: ConfigMap web/c",)),
        ("prod", "chart/values.yaml", "x: other\n", ("Application argocd/default: ConfigMap web/c",)),
        (
            "prod",
            "chart/templates/c.yaml",
            TEMPLATE.replace("x:", "y:"),
            ("Application argocd/default: ConfigMap web/c",),
        ),
        (
            "plain",
            "plain/a.yaml",
            config("a", x="2"),
            (
                "Application argocd/whole: ConfigMap web/a",
                "Application argocd/plugin may change too, it was not rendered: a config management plugin renders it",
            ),
        ),
        ("default", APPLICATION, "", ()),
    ],
    ids=["base", "overlay", "value file", "value file of another", "values", "template", "plain", "no file"],
)
def test_who_else_is_changed(tmp_path: Path, edited: str, file: str, after: str, also: tuple[str, ...]) -> None:
    """Those whose objects come out otherwise; not those that pin the value, or follow another branch."""
    assert changed(tmp_path, edited, file, after) == also
