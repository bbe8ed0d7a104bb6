"""Whether git moved on since Argo CD looked, told from a repository in memory."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tests.cases import APPLICATION
from tests.merge import merged

from whydrift.adapters.builtin.schema import builtin_schemas
from whydrift.core.model.application import Application
from whydrift.core.model.facts import Gap
from whydrift.core.model.fleet import Commit, Newest
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.secrets import Masker
from whydrift.core.model.values import JsonObject, is_object
from whydrift.ports import Body, NotRead, Question, Reply
from whydrift.usecases.facts import FactReader
from whydrift.usecases.newest import newest

KEY = ObjectKey("", "ConfigMap", "", "web")


def manifest(theme: str) -> str:
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: web}}\ndata: {{THEME: {theme}, SINCE: 2026-01-01}}\n"


@dataclass
class Renders:
    """A source that knows the renders of some revisions and nothing else."""

    known: Mapping[str, str] = field(default_factory=dict)
    name: str = "memory"
    requests: int = 0

    async def ask(self, question: Question) -> Reply:
        theme = self.known.get(dict(question.query).get("revision", ""))
        if theme is None:
            return NotRead("not in the recording")
        rendered = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "web"}, "data": {"THEME": theme}}
        return Body(json.dumps({"manifests": [json.dumps(rendered)]}).encode())

    def instances(self) -> Sequence[str]:
        return [""]

    async def clusters(self, instance: str = "") -> dict[str, str]:
        return {}

    async def close(self) -> None:
        return None


@dataclass
class History:
    """A repository of one branch: revisions in their order, each with its files."""

    files_of: Mapping[str, Mapping[str, str]]

    async def commits(self, url: str, since: str | None, until: str, path: str) -> tuple[Commit, ...] | NotRead:
        order = list(self.files_of)
        span = order[order.index(since) + 1 if since else 0 : order.index(until) + 1]
        return tuple(Commit(revision, "Kim", "2026-11-22T07:00:00Z", revision) for revision in reversed(span))

    async def files(self, url: str, revision: str, path: str) -> dict[str, str] | NotRead:
        found = self.files_of.get(revision)
        return NotRead("no such revision") if found is None else dict(found)

    async def head(self, url: str, name: str) -> str | NotRead:
        return list(self.files_of)[-1]


def look(history: Mapping[str, Mapping[str, str]], kind: str = "Directory", **renders: str) -> object:
    """The newest commit of an application that was synced at r1 and compared at r2."""
    raw = merged(APPLICATION, {"status": {"sourceType": kind, "sync": {"revision": "r2"}}})
    assert is_object(raw)
    reader = FactReader(Renders(renders), Masker(b"k" * 16), builtin_schemas(), repository=History(history))
    return asyncio.run(newest(reader, Application(raw), KEY))


def data(found: Mapping[ObjectKey, JsonObject]) -> object:
    return found[KEY]["data"]


FILE = "apps/shop/web.yaml"
THREE = {"r1": {FILE: manifest("autumn")}, "r2": {FILE: manifest("winter")}, "r3": {FILE: manifest("spring")}}
CHART = {"r1": {"apps/shop/values.yaml": "a"}, "r2": {"apps/shop/values.yaml": "b"}}


def test_there_is_nothing_newer_than_the_compared_commit() -> None:
    assert look({"r1": THREE["r1"], "r2": THREE["r2"]}) == Newest("r2")


def test_a_plain_folder_says_itself_what_it_renders_to() -> None:
    found = look(THREE)
    assert isinstance(found, Newest)
    assert [commit.revision for commit in found.commits] == ["r3"]
    assert data(found.manifests) == {"THEME": "spring", "SINCE": "2026-01-01"}
    assert data(found.compared) == {"THEME": "winter", "SINCE": "2026-01-01"}


def test_argo_cd_renders_what_files_alone_do_not_tell() -> None:
    found = look(THREE, "Helm", r2="winter", r3="spring")
    assert isinstance(found, Newest)
    assert data(found.manifests) == {"THEME": "spring"}


def test_what_was_taken_back_renders_as_it_did() -> None:
    found = look({**CHART, "r3": CHART["r1"]}, "Helm", r1="autumn", r2="winter")
    assert isinstance(found, Newest)
    assert data(found.manifests) == {"THEME": "autumn"}


def test_a_chart_that_nobody_can_render_is_a_gap() -> None:
    assert isinstance(look({**CHART, "r3": {"apps/shop/values.yaml": "c"}}, "Helm", r1="autumn", r2="winter"), Gap)
