"""Running jobs that others asked for: fair to all instances and clusters, and told when they end."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from whydrift.errors import StoreError
from whydrift.ports.jobs import Jobs, Place, Taken, Why
from whydrift.ports.watching import Clock
from whydrift.usecases.watch.errands import Errand
from whydrift.usecases.watch.status import Status

POLL = 3.0
"""Seconds after which it is asked for jobs that nobody told of: those that failed wait for their time."""
LOOK = 1.0
"""Seconds for which it is believed where jobs wait."""
HEARTBEAT = 5.0
SKEW = 3.0
"""Seconds by which the clocks of two machines may differ: what was read since a job was asked for is new enough."""
REMEMBERED = 3600.0
"""Seconds for which a place is one that may have jobs again."""
PAUSE = 1.0
WHERE = "the jobs"


@dataclass
class Taking:
    """A desk whose errands are jobs of the `instances` that are reached from here (as places name them).

    `time` is a clock of seconds that never jumps, and the one of `Errand.since`.
    """

    jobs: Jobs
    clock: Clock
    hands: int
    time: Callable[[], float]
    instances: frozenset[str]
    status: Status = field(default_factory=Status)
    _running: dict[int, Taken] = field(default_factory=dict)
    _ended: list[tuple[Taken, float | None]] = field(default_factory=list)
    _places: dict[Place, float] = field(default_factory=dict)
    _turn: set[Place] = field(default_factory=set)
    _looked: float = float("-inf")
    _heard: bool = False
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _some_ended: asyncio.Event = field(default_factory=asyncio.Event)
    _one: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def next(self) -> Errand:
        """The next errand: one of each place in turn, and no place holds more than half of the hands."""
        async with self._one:
            while True:
                self._news.clear()
                taken = await self._waited_for(self._take())
                if taken is not None:
                    self._running[taken.number] = taken
                    return self._errand(taken)
                with suppress(TimeoutError):
                    async with asyncio.timeout(POLL):
                        await self._news.wait()

    async def _waited_for(self, taking: Awaitable[Taken | None]) -> Taken | None:
        """A job; none where the database is away, after a moment."""
        try:
            taken = await taking
        except StoreError as error:
            self.status.troubles[WHERE] = str(error)
            await self.clock.sleep(PAUSE)
            return None
        self.status.troubles.pop(WHERE, None)
        return taken

    async def _take(self) -> Taken | None:
        """A job, if there is one. What was heard of may be at a place that is not known yet."""
        if self.time() - self._looked >= LOOK:
            await self._look()
        taken = await self._take_known()
        if taken is None and self._heard:
            self._heard = False
            await self._look()
            taken = await self._take_known()
        return taken

    async def _take_known(self) -> Taken | None:
        """A job of a place that had none in this turn; where there is none, of any that may have one more."""
        open_ = self._open()
        for places in (open_ & self._turn, open_ - self._turn):
            if places and (taken := await self.jobs.take(sorted(places))):
                if taken.job.place not in self._turn:
                    self._turn = set(self._places)
                self._turn.discard(taken.job.place)
                return taken
        return None

    async def _look(self) -> None:
        """Learn where jobs wait."""
        now = self.time()
        found = await self.jobs.waiting()
        waiting = {place: jobs for place, jobs in found.items() if place.instance in self.instances}
        self.status.waiting = sum(place.jobs for place in waiting.values())
        kept = {place: at for place, at in self._places.items() if now - at < REMEMBERED}
        self._turn = {place for place in self._turn if place in kept}
        self._places, self._looked = kept | dict.fromkeys(waiting, now), now

    def _open(self) -> set[Place]:
        """The places that may have one more: none has more than half of the hands where there are others."""
        most = max(self.hands // 2, 1)
        places = [taken.job.place for taken in self._running.values()]
        instances, clusters = Counter(p.instance for p in places), Counter(p.cluster for p in places)
        others = len({p.instance for p in self._places}) > 1, len({p.cluster for p in self._places}) > 1
        full_instances = {name for name, held in instances.items() if others[0] and held >= most}
        full_clusters = {name for name, held in clusters.items() if others[1] and held >= most}
        return {p for p in self._places if p.instance not in full_instances and p.cluster not in full_clusters}

    def _errand(self, taken: Taken) -> Errand:
        """A job as an errand. What failed may have been shaken each time."""
        job = taken.job
        age = (datetime.fromisoformat(self.clock.now()) - datetime.fromisoformat(job.asked)).total_seconds()
        return Errand(
            name=job.name,
            number=taken.number,
            since=self.time() - max(age - SKEW, 0.0),
            forced=job.why is Why.DUE,
            deleted=job.why is Why.DELETED,
            urgent=job.why is not Why.DUE,
            at=job.at,
            attempts=taken.attempts,
            shaken=taken.attempts,
        )

    def done(self, errand: Errand) -> None:
        """A job was done. Where this process dies before that is kept, it is run again, and finds nothing to do."""
        self._end(errand, None)

    async def again(self, errand: Errand, seconds: float) -> None:
        """A job failed: whoever comes first runs it again."""
        self._end(errand, seconds)

    def _end(self, errand: Errand, seconds: float | None) -> None:
        self._ended.append((self._running.pop(errand.number), seconds))
        self._some_ended.set()
        self._news.set()

    async def run(self) -> None:
        """Tell what ended, that this worker is alive, and hear what is new, for ever."""
        await asyncio.gather(self._tell_for_ever(), self._beat_for_ever(), self._listen_for_ever())

    async def _tell_for_ever(self) -> None:
        while True:
            await self._some_ended.wait()
            self._some_ended.clear()
            while self._ended:
                taken, seconds = self._ended[0]
                try:
                    await self._tell(taken, seconds)
                except StoreError as error:
                    self.status.troubles[WHERE] = str(error)
                    await self.clock.sleep(PAUSE)
                    continue
                del self._ended[0]

    async def _tell(self, taken: Taken, seconds: float | None) -> None:
        await (self.jobs.finish(taken) if seconds is None else self.jobs.again(taken, seconds))

    async def _beat_for_ever(self) -> None:
        while True:
            with suppress(StoreError):
                await self.jobs.beat()
            await self.clock.sleep(HEARTBEAT)

    async def _listen_for_ever(self) -> None:
        while True:
            with suppress(StoreError):
                await self.jobs.listen(self._hear)
            await self.clock.sleep(HEARTBEAT)

    async def _hear(self) -> None:
        self._heard = True
        self._news.set()

    async def flush(self) -> None:
        """Tell what ended, as far as that goes, and let go of the jobs."""
        with suppress(StoreError, TimeoutError):
            async with asyncio.timeout(PAUSE):
                for taken, seconds in self._ended:
                    await self._tell(taken, seconds)
        await self.jobs.close()
