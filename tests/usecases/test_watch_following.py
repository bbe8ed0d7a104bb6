"""Following one instance: what does not work is said while it does not, and no longer."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from tests.fakes import FakeClock

from whydrift.core.model.secrets import Masker
from whydrift.errors import SourceError
from whydrift.ports import Body, Question, Reply
from whydrift.usecases.facts import FactReader
from whydrift.usecases.watch.errands import Errands
from whydrift.usecases.watch.following import Following
from whydrift.usecases.watch.status import Status
from whydrift.usecases.watch.world import World, Worlds


class Unreached:
    """An Argo CD without Applications, that is not reached at first."""

    name, requests = "eu", 0
    away = True

    async def ask(self, question: Question) -> Reply:
        if self.away:
            raise SourceError("argocd.example.com: nobody listens")
        return Body(b'{"items": []}')

    def instances(self) -> Sequence[str]:
        return ["eu"]

    async def clusters(self, instance: str = "") -> dict[str, str]:
        return {}

    async def close(self) -> None:
        """Nothing is open."""


def reader(instance: str) -> FactReader:
    raise AssertionError("nothing is explained here")


def test_a_list_that_could_not_be_read_is_a_trouble_until_it_is() -> None:
    source, clock, status = Unreached(), FakeClock(), Status()
    worlds = Worlds(lambda: World(source, Masker(b"key"), reader, (), source.close), clock)
    following = Following("eu", worlds, clock, lambda: 0.0, lambda _: True, {}, {}, Errands(), status)
    asyncio.run(following.compare_names(first=True))
    assert status.trouble_lines() == ["listing eu: argocd.example.com: nobody listens"]
    source.away = False
    asyncio.run(following.compare_names())
    assert status.trouble_lines() == []
