"""Watching: every instance is followed, errands are run, and what was not looked at for long is looked at again."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from whydrift.core.history.changes import LATE
from whydrift.core.model.finding import ApplicationName, Event, Seen
from whydrift.core.model.times import later
from whydrift.errors import StoreError, UsageError
from whydrift.ports.watching import Clock, Store
from whydrift.usecases.watch.asking import Asking
from whydrift.usecases.watch.attend import Attendant, How, Tell
from whydrift.usecases.watch.claims import Claims
from whydrift.usecases.watch.errands import Asks, Errand, Errands
from whydrift.usecases.watch.following import Following
from whydrift.usecases.watch.rounds import Rounds
from whydrift.usecases.watch.standing import Standing, standings
from whydrift.usecases.watch.status import Status
from whydrift.usecases.watch.working import AT_A_TIME, Hands
from whydrift.usecases.watch.world import Worlds

MOST_DUE = 200
"""So many looks that are only due wait at most: they are spread, and what changes is never behind many of them."""
SPREAD = 0.2
"""Part of the time between two full looks over which they are spread, so that they do not come all at once."""
IN_DOUBT = 0.25
"""Part of the time after which an application is looked at again that could not be read or decided as a whole."""
UNSETTLED = 20.0
"""Seconds after which one is looked at again whose rollout runs: of a crash Argo CD says Progressing for minutes."""
TICK = 5.0


@dataclass
class Watcher:
    """Keeps watch until it is cancelled. Everything that was heard and not yet kept is heard again after a crash.

    Runs its errands itself, unless `asking` gives them to others.
    """

    worlds: Worlds
    store: Store
    clock: Clock
    how: How
    tell: Tell
    keep_days: int = 400
    status: Status = field(default_factory=Status)
    asking: Asking | None = None

    def __post_init__(self) -> None:
        self.desk = Errands(self.clock.sleep)

    @property
    def errands(self) -> Asks:
        """What is asked for: of this process, or of others."""
        return self.desk if self.asking is None else self.asking

    async def run(self) -> None:
        """Watch. UsageError where the store is another Argo CD's, StoreError where it cannot be read to begin with."""
        loop = asyncio.get_running_loop()
        instances = self.worlds.now.answers.instances()
        known = standings(await asyncio.to_thread(self.store.applications), instances)
        claims = Claims(loop.time)
        attendant = Attendant(
            self.worlds, self.store, self.clock, self.how, known, claims, Rounds(claims, loop.time), self._told
        )
        following = [await self._following(instance, attendant) for instance in instances]
        for each in following:
            await each.compare_names(first=True)
        upkeep = Upkeep(self.store, self.clock, self.how.every, known, self.errands, following, self.keep_days)
        work = (*(each.run() for each in following), upkeep.run(self.status), self.worlds.refresh())
        try:
            async with together(*work, *self._working(attendant)):
                await asyncio.Event().wait()
        finally:
            await self.worlds.close()

    def _working(self, attendant: Attendant) -> list[Coroutine[None, None, None]]:
        """What runs the errands, or gives them away."""
        if self.asking is not None:
            return [self.asking.run(attendant.standings, self.worlds.now.answers.instances(), self.status)]
        hands = Hands(self.desk, attendant.attend, self.worlds, self.status)
        return [hands.run() for _ in range(AT_A_TIME)]

    async def _following(self, instance: str, attendant: Attendant) -> Following:
        return Following(
            instance=instance,
            worlds=self.worlds,
            clock=self.clock,
            time=asyncio.get_running_loop().time,
            chosen=self.how.chosen,
            standings=attendant.standings,
            passed=attendant.passed,
            errands=self.errands,
            status=self.status,
            position=await asyncio.to_thread(self.store.recall, note_of(instance)),
        )

    def _told(self, seen: Seen | None, events: tuple[Event, ...], errand: Errand) -> None:
        self.status.looked(self.clock.now(), len(events))
        if errand.urgent:
            self.status.delays.append(asyncio.get_running_loop().time() - errand.since)
        self.tell(seen, events, errand)


@dataclass
class Upkeep:
    """What is done from time to time: looks that are due, noting where streams stand, forgetting what is old."""

    store: Store
    clock: Clock
    every: float
    standings: dict[ApplicationName, Standing]
    errands: Asks
    following: list[Following]
    keep_days: int
    noted: dict[str, str] = field(default_factory=dict)
    compared: str = ""

    async def run(self, status: Status) -> None:
        """Do it, for ever."""
        while True:
            status.applications, status.waiting = len(self.standings), self.errands.waiting
            now = self.clock.now()
            self.put_due(now)
            try:
                await self.note_positions()
                await self.prune(now)
                status.troubles.pop(KEEPING, None)
            except StoreError as error:
                status.troubles[KEEPING] = str(error)
            if is_due(self.compared or now, now, self.every):
                self.compared = now
                for each in self.following:
                    await each.compare_names()
            self.compared = self.compared or now
            await self.clock.sleep(TICK)

    def put_due(self, now: str) -> None:
        """Put what was not looked at for long among the errands that are in no hurry."""
        room = MOST_DUE - self.errands.due
        recent = later(now, -self.every * (1 - SPREAD))
        for name, standing in self.standings.items():
            if room <= 0:
                return
            if recent < standing.at <= now and not standing.in_doubt and not standing.unsettled:
                continue  # as nearly all are: this costs nothing
            every = self.every * (IN_DOUBT if standing.in_doubt else 1) * (1 - SPREAD * share(name))
            every = min(every, patience(standing)) if standing.unsettled else every
            if is_due(standing.at, now, every) and not self.errands.has(name):
                self.errands.put(name, forced=True, urgent=False, at=standing.at)
                room -= 1

    async def note_positions(self) -> None:
        """Note where each stream may go on after a crash: all before it is kept."""
        for each in self.following:
            stands = self.errands.stands(each.instance, each.position)
            if stands != self.noted.get(each.instance, ""):
                await asyncio.to_thread(self.store.note, note_of(each.instance), stands)
                self.noted[each.instance] = stands

    async def prune(self, now: str) -> None:
        """Forget what is gone for long, once a day."""
        if await asyncio.to_thread(self.store.recall, PRUNED) != now[:10]:
            await asyncio.to_thread(self.store.prune, later(now, -self.keep_days * DAY))
            await asyncio.to_thread(self.store.note, PRUNED, now[:10])


PRUNED = "pruned"
KEEPING = "noting where streams stand"
DAY = 86_400.0


def note_of(instance: str) -> str:
    """The name under which it is noted where the stream of an instance stands."""
    return f"stream {instance}".strip()


def is_due(at: str, now: str, every: float) -> bool:
    """Whether a look at `at` is older than `every` seconds, or from before the clock was set back."""
    then, today = datetime.fromisoformat(at), datetime.fromisoformat(now)
    return today - then >= timedelta(seconds=every) or then - today > LATE


def patience(standing: Standing) -> float:
    """Seconds after which one that has not settled is looked at again: each time twice as many as the time before."""
    waited = datetime.fromisoformat(standing.at) - datetime.fromisoformat(standing.unsettled)
    return max(UNSETTLED, waited.total_seconds())


def share(name: ApplicationName) -> float:
    """A number from 0 to 1 that is an application's own."""
    return int.from_bytes(hashlib.sha256(str(name).encode("utf-8", "surrogatepass")).digest()[:4]) / 2**32


@asynccontextmanager
async def together(*work: Coroutine[None, None, None]) -> AsyncIterator[None]:
    """Run all of it; where one fails all end, and that failure is raised as itself."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(each) for each in work]
            yield
            for task in tasks:
                task.cancel()
    except* UsageError as found:
        raise found.exceptions[0] from None
    except* StoreError as found:
        raise found.exceptions[0] from None
