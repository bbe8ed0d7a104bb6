"""What a watcher reads from. It is opened anew when it does not answer any more: logins run out, servers move."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from whydrift.core.model.secrets import Masker
from whydrift.errors import WhydriftError
from whydrift.ports import Source
from whydrift.ports.watching import Clock, Follower
from whydrift.usecases.facts import FactReader

REST = 60.0
"""Seconds between two openings, at least."""
UNWELL = 3
"""How often in a row an answer has to fail until everything is opened anew."""


class Outage(Exception):
    """A server does not answer, or not as it should, for the moment: it is asked again later."""


@dataclass(frozen=True, eq=False)
class World:
    """A source with what belongs to it. `followers` are the ways to hear of changes, the best first."""

    answers: Source
    masker: Masker
    reader: Callable[[str], FactReader]
    followers: Sequence[Follower]
    close: Callable[[], Awaitable[None]]


class Worlds:
    """Lends the world; one that is replaced is closed when nobody uses it any more."""

    def __init__(self, open_world: Callable[[], World], clock: Clock) -> None:
        self._open = open_world
        self._clock = clock
        self._world = open_world()
        self._lent: Counter[World] = Counter()
        self._failures = 0
        self._rested = True

    @property
    def now(self) -> World:
        """The world that is in use."""
        return self._world

    @asynccontextmanager
    async def lend(self) -> AsyncIterator[World]:
        """The world, as long as it is needed."""
        world = self._world
        self._lent[world] += 1
        try:
            yield world
        finally:
            self._lent[world] -= 1
            await self._let_go(world)

    async def _let_go(self, world: World) -> None:
        if world is not self._world and not self._lent[world]:
            del self._lent[world]
            await world.close()

    def answered(self) -> None:
        """Something was answered."""
        self._failures = 0

    async def failed(self) -> None:
        """Something was not: a world that fails again and again is opened anew, where it can be."""
        self._failures += 1
        if self._failures >= UNWELL and self._rested:
            self._failures, self._rested = 0, False
            with suppress(WhydriftError):  # settings or logins that cannot be read: the old ones may do again
                old, self._world = self._world, self._open()
                await self._let_go(old)

    async def rest(self) -> None:
        """Allow an opening once in a while; runs for ever."""
        while True:
            await self._clock.sleep(REST)
            self._rested = True

    async def close(self) -> None:
        """Close the world."""
        await self._world.close()
