"""Which files of a repository an application is rendered from: its path, what that refers to, and value files."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

import pytest
from tests.usecases.test_pod_log import Answers

from whydrift.adapters.builtin.schema import builtin_schemas
from whydrift.core.model.application import Application
from whydrift.core.model.fact_kinds import RENDERED_FROM
from whydrift.core.model.fleet import Commit
from whydrift.core.model.git_files import GitFiles
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.secrets import Masker
from whydrift.core.model.values import Json
from whydrift.ports import NotRead
from whydrift.usecases.facts import FactReader

FILES = {
    "overlays/prod/kustomization.yaml": "resources: [../../base]\ncomponents: [../../components/log]\n",
    "base/kustomization.yaml": "resources: [web.yaml]\n",
    "base/web.yaml": "kind: Deployment\n",
    "components/log/kustomization.yaml": "patches: []\n",
    "chart/values.yaml": "a: 1\n",
    "values/prod.yaml": "a: 2\n",
    "secret.txt": "never\n",
}


@dataclass
class Held:
    """A repository that holds some files."""

    held: Mapping[str, str]

    async def commits(self, url: str, since: str | None, until: str, path: str) -> tuple[Commit, ...] | NotRead:
        """None."""
        return ()

    async def files(self, url: str, revision: str, path: str) -> dict[str, str] | NotRead:
        """Those at or below a path."""
        return {
            name: text for name, text in self.held.items() if not path or name == path or name.startswith(f"{path}/")
        }

    async def head(self, url: str, name: str) -> str | NotRead:
        """Always one."""
        return "a" * 40


CASES: list[tuple[str, list[Json], set[str]]] = [
    (
        "overlay-with-base-and-component",
        [{"path": "overlays/prod"}],
        {n for n in FILES if n.startswith(("over", "base", "comp"))},
    ),
    (
        "chart-with-values-above",
        [{"path": "chart", "helm": {"valueFiles": ["../values/prod.yaml"]}}],
        {"chart/values.yaml", "values/prod.yaml"},
    ),
    (
        "values-from-another-source",
        [{"chart": "web", "helm": {"valueFiles": ["$own/values/prod.yaml"]}}, {"ref": "own"}],
        {"values/prod.yaml"},
    ),
]


@pytest.mark.parametrize(("_name", "sources", "wanted"), CASES, ids=[case[0] for case in CASES])
def test_files(_name: str, sources: list[Json], wanted: set[str]) -> None:
    """Exactly these files are read."""
    found = read(sources)
    assert isinstance(found, GitFiles)
    assert set(found.files) == wanted


def read(sources: list[Json]) -> object:
    """What is known of the files of an application of these sources."""
    stated: list[Json] = [{"repoURL": "r", **source} for source in sources if isinstance(source, dict)]
    revisions: list[Json] = ["a" * 40 for _ in sources]
    status: dict[str, Json] = {"sync": {"revisions": revisions, "comparedTo": {"sources": stated}}}
    application = Application({"metadata": {"name": "shop"}, "spec": {"sources": stated}, "status": status})
    reader = FactReader(Answers({}), Masker(b"k" * 16), builtin_schemas(), repository=Held(FILES))
    key = ObjectKey("", "", "shop", "")
    asyncio.run(reader.read([(application, key, RENDERED_FROM)]))
    return reader.facts(application, key).maybe(RENDERED_FROM)
