"""A worker: a process that attends to applications as others ask for it, one of any number."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from whydrift.core.model.finding import Event, Seen
from whydrift.ports.jobs import Jobs
from whydrift.ports.watching import Clock, Store
from whydrift.usecases.watch.asking import mark
from whydrift.usecases.watch.attend import Attendant, How
from whydrift.usecases.watch.claims import Claims
from whydrift.usecases.watch.errands import Errand
from whydrift.usecases.watch.loop import together
from whydrift.usecases.watch.rounds import Rounds
from whydrift.usecases.watch.standing import standings
from whydrift.usecases.watch.status import Status
from whydrift.usecases.watch.taking import Taking
from whydrift.usecases.watch.working import AT_A_TIME, Hands
from whydrift.usecases.watch.world import Worlds

OLD = 600.0
"""Seconds after which the list of Applications is read again: others see changes of it that this worker does not."""


@dataclass
class Worker:
    """Runs jobs until it is cancelled. What an application was at its last look is read in the store, job by job."""

    worlds: Worlds
    store: Store
    clock: Clock
    how: How
    jobs: Jobs
    status: Status = field(default_factory=Status)

    async def run(self) -> None:
        """Work."""
        loop = asyncio.get_running_loop()
        claims = Claims(loop.time, OLD)
        rounds = Rounds(claims, loop.time)
        attendant = Attendant(self.worlds, self.store, self.clock, self.how, {}, claims, rounds, self._told)
        mine = frozenset(map(mark, self.worlds.now.answers.instances()))
        taking = Taking(self.jobs, self.clock, AT_A_TIME, loop.time, mine, self.status)

        async def attend(errand: Errand) -> None:
            await self._attend(attendant, errand)

        hands = Hands(taking, attend, self.worlds, self.status)
        try:
            async with together(*(hands.run() for _ in range(AT_A_TIME)), taking.run(), self.worlds.refresh()):
                await asyncio.Event().wait()
        finally:
            await taking.flush()
            await self.worlds.close()

    async def _attend(self, attendant: Attendant, errand: Errand) -> None:
        """Attend to an application, but where one that was only due was looked at since that was asked for."""
        found = standings(await asyncio.to_thread(self.store.applications, frozenset((errand.name,))))
        standing = found.get(errand.name)
        if errand.forced and standing is not None and standing.at != errand.at:
            return
        attendant.standings.pop(errand.name, None)
        attendant.standings.update(found)
        try:
            await attendant.attend(errand)
        finally:
            attendant.standings.pop(errand.name, None)
            attendant.passed.clear()

    def _told(self, seen: Seen | None, events: tuple[Event, ...], errand: Errand) -> None:
        self.status.looked(self.clock.now(), len(events))
