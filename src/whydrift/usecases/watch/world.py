"""What a watcher reads from. It is opened anew when it does not answer any more: logins run out, servers move."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from time import monotonic

from whydrift.core.model.secrets import Masker
from whydrift.errors import WhydriftError
from whydrift.ports import Source
from whydrift.ports.watching import Clock, Follower
from whydrift.usecases.facts import FactReader

REST = 60.0
"""Seconds between two openings, at least."""
UNWELL = 300.0
"""Seconds without any answer after which everything is opened anew; at once where a login is not accepted any more."""
REFRESH = 900.0
"""Seconds after which it is done in any case: a cluster may be reached that was not, settings may have changed."""


class Outage(Exception):
    """A server does not answer, or not as it should, for the moment: it is asked again later.

    `login` says that it does not accept the login any more.
    """

    def __init__(self, why: str, login: bool = False) -> None:
        super().__init__(why)
        self.login = login


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

    def __init__(self, open_world: Callable[[], World], clock: Clock, time: Callable[[], float] = monotonic) -> None:
        self._open = open_world
        self._clock = clock
        self._time = time
        self._world = open_world()
        self._lent: Counter[World] = Counter()
        self._opened_at = time()
        self._failing_since: float | None = None

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
        self._failing_since = None

    async def failed(self, login: bool = False) -> None:
        """Something was not: what fails for long, or does not accept the login any more, is opened anew."""
        now = self._time()
        self._failing_since = now if self._failing_since is None else self._failing_since
        if now - self._opened_at >= REST and (login or now - self._failing_since >= UNWELL):
            await self._renew()

    async def refresh(self) -> None:
        """Open everything anew once in a while; runs for ever."""
        while True:
            await self._clock.sleep(REST)
            if self._time() - self._opened_at >= REFRESH:
                await self._renew()

    async def _renew(self) -> None:
        self._opened_at = self._time()
        with suppress(WhydriftError):  # settings or logins that cannot be read: the old ones may do again
            old, self._world = self._world, self._open()
            await self._let_go(old)

    async def close(self) -> None:
        """Close the world."""
        await self._world.close()
