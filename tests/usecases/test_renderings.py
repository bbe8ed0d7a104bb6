"""What is asked of a renderer, and what of the answer leaves: no secret in either."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from tests.adapters.render.repositories import Repository
from tests.adapters.render.tools import tools

from whydrift.adapters.builtin.schema import builtin_schemas
from whydrift.adapters.files.recording import Recording
from whydrift.adapters.git.repository import GitRepositories
from whydrift.adapters.render.renderer import ToolRenderer, Tools
from whydrift.core.model.secrets import Masker
from whydrift.core.model.values import JsonObject
from whydrift.ports import NotRead
from whydrift.usecases.facts import FactReader
from whydrift.usecases.renderings import Renderings

URL = "https://git.example.com/apps.git"
FILES = {
    "app/Chart.yaml": "apiVersion: v2\nname: c\nversion: 1.0.0\n",
    "app/values.yaml": "db: {password: from-git-s3cret}\n",
    "app/templates/c.yaml": """apiVersion: v1
kind: ConfigMap
metadata: {name: c}
data: {password: {{ .Values.db.password | quote }}, apiKey: {{ .Values.apiKey | quote }}}
""",
}


def test_secrets_of_an_application_reach_no_command_line_and_no_answer(tmp_path: Path) -> None:
    """A parameter is masked before helm sees it, a value of git's after helm printed it; both stay comparable."""
    seen, helm = tmp_path / "seen", (tools().helm or ("",))[0]
    wrapper = tmp_path / "helm"
    wrapper.write_text(f'#!/bin/bash\nprintf "%s\\n" "$@" >> {seen}\nexec {helm} "$@"\n')
    wrapper.chmod(0o755)
    repository = Repository.of(tmp_path / "repository", FILES)
    parameter: JsonObject = {"name": "apiKey", "value": "hunter2-s3cret"}
    application = repository.application("Helm", {"path": "app", "helm": {"parameters": [parameter]}})
    folder = tmp_path / "recording"
    (folder / "argocd/api/v1").mkdir(parents=True)
    (folder / "argocd/api/v1/applications.json").write_text(json.dumps({"items": [application.raw]}))
    repositories = GitRepositories({URL: repository.place}, tmp_path, clone=False)
    reader = FactReader(Recording(folder), Masker(b"k" * 16), builtin_schemas(), "", repositories)
    renders = Renderings(ToolRenderer(repositories, Tools(helm=(str(wrapper),))), reader)
    found = asyncio.run(renders.rendered(application))
    assert not isinstance(found, NotRead)
    said = json.dumps([obj["data"] for obj in found.values()], ensure_ascii=False)
    assert "s3cret" not in said and said.count("masked:") == 2
    assert "--set" in seen.read_text() and "s3cret" not in seen.read_text()
