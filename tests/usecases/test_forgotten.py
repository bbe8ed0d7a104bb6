"""A fact about another application counts, even if that one is forgotten the moment it was read."""

from __future__ import annotations

import asyncio

from tests.usecases.test_pod_log import Answers
from tests.usecases.test_rendered_from import Held

from whydrift.adapters.builtin.schema import builtin_schemas
from whydrift.core.model.application import Application
from whydrift.core.model.fact_kinds import RENDERED_FROM
from whydrift.core.model.git_files import GitFiles
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.secrets import Masker
from whydrift.usecases.facts import FactReader

OTHER = Application(
    {
        "metadata": {"name": "other", "namespace": "argocd"},
        "spec": {"source": {"repoURL": "https://git.example.com/r", "path": "chart"}},
        "status": {"sync": {"revision": "a" * 40}},
    },
    "",
)
ITSELF = ObjectKey("argoproj.io", "Application", "", "other")


async def read_while_forgotten() -> GitFiles | None:
    """What is read, with somebody who forgets the application as soon as there is something to forget."""
    reader = FactReader(Answers({}), Masker(b"k" * 16), builtin_schemas(), "", Held({"chart/values.yaml": "a: 1\n"}))

    async def forgetting() -> None:
        while reader.facts(OTHER, ITSELF).maybe(RENDERED_FROM) is None:
            await asyncio.sleep(0)
        reader.forget(OTHER)

    reading = asyncio.create_task(reader.fact(OTHER, ITSELF, RENDERED_FROM))
    await asyncio.gather(reading, forgetting())
    assert reader.facts(OTHER, ITSELF).maybe(RENDERED_FROM) is None, "it was forgotten"
    return await reading


def test_what_was_read_is_not_lost() -> None:
    """The files are there."""
    found = asyncio.run(asyncio.wait_for(read_while_forgotten(), 60))
    assert found is not None and found.files == {"chart/values.yaml": "a: 1\n"}
