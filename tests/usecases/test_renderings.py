"""What is asked of a renderer, and what of the answer leaves: no secret in either."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.adapters.render.repositories import Repository
from tests.adapters.render.tools import tools

from whydrift.adapters.builtin.schema import builtin_schemas
from whydrift.adapters.files.recording import Recording
from whydrift.adapters.git.repository import GitRepositories
from whydrift.adapters.render.renderer import ToolRenderer, Tools
from whydrift.core.model.application import Application
from whydrift.core.model.secrets import Masker
from whydrift.core.model.values import JsonObject
from whydrift.ports import NotRead
from whydrift.usecases.facts import FactReader
from whydrift.usecases.renderings import Renderings

URL = "https://git.example.com/apps.git"
EMPTY: Mapping[str, JsonObject] = {}
FILES = {
    "app/Chart.yaml": "apiVersion: v2\nname: c\nversion: 1.0.0\n",
    "app/values.yaml": "db: {password: from-git-s3cret}\n",
    "app/templates/c.yaml": """apiVersion: v1
kind: ConfigMap
metadata: {name: c}
data: {password: {{ .Values.db.password | quote }}, apiKey: {{ .Values.apiKey | quote }}}
""",
}


def renders_of(
    place: Path, repository: Repository, application: Application, used: Tools, told: Mapping[str, JsonObject] = EMPTY
) -> Renderings:
    """Renders of a repository, for a recording that holds one application, and what else was `told`."""
    folder = place / "recording"
    for name, content in {"argocd/api/v1/applications.json": {"items": [application.raw]}, **told}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(json.dumps(content))
    repositories = GitRepositories({URL: repository.place}, place, clone=False)
    reader = FactReader(Recording(folder), Masker(b"k" * 16), builtin_schemas(), "", repositories)
    return Renderings(ToolRenderer(repositories, used), reader)


def test_secrets_of_an_application_reach_no_command_line_and_no_answer(tmp_path: Path) -> None:
    """A parameter is masked before helm sees it, a value of git's after helm printed it; both stay comparable."""
    seen, helm = tmp_path / "seen", (tools().helm or ("",))[0]
    wrapper = tmp_path / "helm"
    wrapper.write_text(f'#!/bin/bash\nprintf "%s\\n" "$@" >> {seen}\nexec {helm} "$@"\n')
    wrapper.chmod(0o755)
    repository = Repository.of(tmp_path / "repository", FILES)
    parameter: JsonObject = {"name": "apiKey", "value": "hunter2-s3cret"}
    application = repository.application("Helm", {"path": "app", "helm": {"parameters": [parameter]}})
    renders = renders_of(tmp_path, repository, application, Tools(helm=(str(wrapper),)))
    found = asyncio.run(renders.rendered(application))
    assert not isinstance(found, NotRead)
    said = json.dumps([obj["data"] for obj in found.values()], ensure_ascii=False)
    assert "s3cret" not in said and said.count("masked:") == 2
    assert "--set" in seen.read_text() and "s3cret" not in seen.read_text()


def test_what_a_tool_complains_about_is_masked(tmp_path: Path) -> None:
    """A chart that fails may quote a value."""
    fails = {**FILES, "app/templates/d.yaml": '{{ printf "bad password: %s" .Values.db.password | fail }}'}
    repository = Repository.of(tmp_path / "repository", fails)
    application = repository.application("Helm", {"path": "app"})
    found = asyncio.run(renders_of(tmp_path, repository, application, tools()).rendered(application))
    assert isinstance(found, NotRead)
    assert "bad password" in found.why and "s3cret" not in found.why


CHARTED = {
    "app/kustomization.yaml": "helmCharts: [{name: c}]\n",
    **{f"app/charts/c/{name.removeprefix('app/')}": content for name, content in FILES.items()},
}
ARGOCD_CM = "kubernetes/api/v1/namespaces/argocd/configmaps/argocd-cm.json"


@pytest.mark.parametrize(
    ("release", "default", "data", "version", "is_built"),
    [
        ("v3.5.1", "--enable-helm", {}, "", True),
        ("v3.5.1", "", {}, "", False),
        ("v3.5.1", "--enable-helm", {"kustomize.version.v4": "/k", "kustomize.buildOptions.v4": ""}, "v4", True),
        ("v3.5.1", "", {"kustomize.version.v4": "/k", "kustomize.buildOptions.v4": "--enable-helm"}, "v4", False),
        ("v3.1.9", "", {"kustomize.version.v4": "/k", "kustomize.buildOptions.v4": "--enable-helm"}, "v4", True),
        ("v3.1.9", "--enable-helm", {"kustomize.path.v4": "/k"}, "v4", False),
        ("v3.1.9", "--enable-helm", {"kustomize.path.v4": "/k"}, "", True),
    ],
)
def test_kustomize_is_given_the_options_that_argocd_gives_it(
    tmp_path: Path, release: str, default: str, data: JsonObject, version: str, is_built: bool
) -> None:
    """Those of a version only up to 3.1: later releases read them and use the others."""
    repository = Repository.of(tmp_path / "repository", CHARTED)
    application = repository.application("Kustomize", {"path": "app", "kustomize": {"version": version}})
    told: dict[str, JsonObject] = {
        "argocd/api/v1/settings.json": {"kustomizeOptions": {"BuildOptions": default, "Versions": None}},
        "argocd/api/version.json": {"Version": release},
        ARGOCD_CM: {"data": {"kustomize.buildOptions": default, **data}},
        ARGOCD_CM.replace("argocd-cm", "argocd-cmd-params-cm"): {"data": {}},
    }
    found = asyncio.run(renders_of(tmp_path, repository, application, tools(), told).rendered(application))
    assert isinstance(found, NotRead) is not is_built, found
