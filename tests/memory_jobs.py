"""A queue of jobs that needs no database: it passes what the one in PostgreSQL does (contracts/test_jobs.py)."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count

from whydrift.core.model.finding import ApplicationName
from whydrift.errors import StoreError
from whydrift.ports.jobs import Job, Place, Taken, Waiting, Why


@dataclass
class MemoryJobs:
    """`ports.jobs.Jobs` in this process, for one worker that never dies; `away` is a database that is."""

    waits: dict[tuple[ApplicationName, Why], Job] = field(default_factory=dict)
    held: dict[int, Taken] = field(default_factory=dict)
    away: bool = False
    numbers: Iterable[int] = field(default_factory=count)

    async def defer(self, jobs: Sequence[Job]) -> None:
        """Keep them."""
        self._there()
        for job in jobs:
            self.waits.setdefault((job.name, job.why), job)

    async def take(self, places: Sequence[Place]) -> Taken | None:
        """The next one."""
        self._there()
        running = {taken.job.name for taken in self.held.values()}
        fit = [key for key, job in self.waits.items() if job.place in places and job.name not in running]
        fit.sort(key=lambda key: key[1] is Why.DUE)
        if not fit:
            return None
        taken = Taken(next(iter(self.numbers)), self.waits.pop(fit[0]))
        self.held[taken.number] = taken
        return taken

    async def finish(self, taken: Taken) -> None:
        """It is done."""
        self._there()
        self.held.pop(taken.number, None)

    async def again(self, taken: Taken, seconds: float) -> None:
        """It waits again."""
        await self.finish(taken)
        self.waits.setdefault((taken.job.name, taken.job.why), taken.job)

    async def waiting(self) -> Mapping[Place, Waiting]:
        """What waits."""
        self._there()
        jobs = Counter(job.place for job in self.waits.values())
        due = Counter(job.place for job in self.waits.values() if job.why is Why.DUE)
        return {place: Waiting(number, due[place]) for place, number in jobs.items()}

    async def beat(self) -> int:
        """Nobody dies here."""
        return 0

    async def listen(self, heard: Callable[[], Awaitable[None]]) -> None:
        """Nobody is told: it is asked."""
        await asyncio.Event().wait()

    async def close(self) -> None:
        """Nothing to let go of."""

    def _there(self) -> None:
        if self.away:
            raise StoreError("away")
