"""Asking others to attend to applications: what is heard becomes jobs, and what they found is read in the store."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from whydrift.core.model.finding import ApplicationName
from whydrift.errors import StoreError
from whydrift.ports.jobs import Job, Jobs, Place, Waiting, Why
from whydrift.ports.watching import Clock, Store
from whydrift.usecases.watch.fingerprint import digest
from whydrift.usecases.watch.standing import Standing, standings
from whydrift.usecases.watch.status import Status

AT_ONCE = 500
"""Jobs that are deferred in one transaction."""
REFRESH = 20.0
"""Seconds after which it is read in the store what others looked at."""
PAUSE = 1.0
SHORT = 12
"""Letters of a digest in the name of a place: PostgreSQL notifies channels with at most 63 in theirs."""
WHERE = "the jobs"


class Unsent(NamedTuple):
    """A job that is not deferred yet, and where its stream stood before ("" where none asked for it)."""

    job: Job
    before: str


@dataclass
class Asking:
    """Defers jobs. `standings` is the watcher's own, and is kept up to what the store says of its `instances`."""

    jobs: Jobs
    store: Store
    clock: Clock
    standings: dict[ApplicationName, Standing] = field(default_factory=dict)
    instances: Collection[str] = ("",)
    _unsent: dict[tuple[Why, ApplicationName], Unsent] = field(default_factory=dict)
    _asked: set[ApplicationName] = field(default_factory=set)
    _waiting: Mapping[Place, Waiting] = field(default_factory=dict)
    _some: asyncio.Event = field(default_factory=asyncio.Event)

    def put(
        self,
        name: ApplicationName,
        *,
        forced: bool,
        urgent: bool = True,
        deleted: bool = False,
        before: str = "",
        at: str = "",
    ) -> None:
        """Ask for an application to be attended to."""
        why = Why.DELETED if deleted else Why.DUE if forced else Why.CHANGED
        standing = self.standings.get(name)
        job = Job(name, why, place_of(name, standing.cluster if standing else ""), at, self.clock.now())
        first = self._unsent.get((why, name))
        self._unsent[why, name] = Unsent(job, before if first is None else first.before)
        self._asked.add(name)
        self._some.set()

    def has(self, name: ApplicationName) -> bool:
        """Whether an application was asked for since it was read what was looked at."""
        return name in self._asked

    def stands(self, instance: str, position: str) -> str:
        """Before the oldest job that is not deferred yet: those that are outlive this process."""
        mine = (
            one for one in self._unsent.values() if one.job.name.instance == instance and one.job.why is not Why.DUE
        )
        oldest = next(mine, None)
        return position if oldest is None else oldest.before

    @property
    def waiting(self) -> int:
        """How many wait, as of the last reading."""
        return len(self._unsent) + sum(place.jobs for place in self._waiting.values())

    @property
    def due(self) -> int:
        """How many of these are in no hurry."""
        unsent = sum(why is Why.DUE for why, _ in self._unsent)
        return unsent + sum(place.due for place in self._waiting.values())

    async def run(self, known: dict[ApplicationName, Standing], instances: Collection[str], status: Status) -> None:
        """Defer what is put, and keep up with what others looked at, for ever."""
        self.standings, self.instances = known, instances
        await asyncio.gather(self._send_for_ever(status), self._refresh_for_ever(status))

    async def _send_for_ever(self, status: Status) -> None:
        while True:
            await self._some.wait()
            try:
                await self.send()
                status.troubles.pop(WHERE, None)
            except StoreError as error:
                status.troubles[WHERE] = str(error)
                await self.clock.sleep(PAUSE)

    async def send(self) -> None:
        """Defer what waits for it. What is put meanwhile is deferred again: its job may have been taken too early."""
        self._some.clear()
        sent = list(self._unsent.items())[:AT_ONCE]
        if not sent:
            return
        try:
            await self.jobs.defer([one.job for _, one in sent])
        finally:
            self._some.set()
        for key, one in sent:
            if self._unsent[key] is one:
                del self._unsent[key]

    async def _refresh_for_ever(self, status: Status) -> None:
        while True:
            try:
                await self.refresh(status)
                status.troubles.pop(WHERE, None)
            except StoreError as error:
                status.troubles[WHERE] = str(error)
            await self.clock.sleep(REFRESH)

    async def refresh(self, status: Status) -> None:
        """Read what was looked at since. What was heard of an application stays: a look may be behind that."""
        self._waiting = await self.jobs.waiting()
        asked, self._asked = self._asked, {name for _, name in self._unsent}
        found = standings(await asyncio.to_thread(self.store.applications), self.instances)
        asked |= self._asked
        for name in self.standings.keys() - found.keys() - asked:
            del self.standings[name]
        for name, standing in found.items():
            status.last_look = max(status.last_look, standing.at)
            before = self.standings.get(name)
            status.looks += before is None or before.at != standing.at
            if before is None:
                standing.told = "" if name in asked else standing.told
                self.standings[name] = standing
            else:
                before.unsettled = standing.unsettled_since(before)
                before.at, before.sync, before.project = standing.at, standing.sync, standing.project
                before.cluster, before.in_doubt, before.word = standing.cluster, standing.in_doubt, standing.word


def place_of(name: ApplicationName, cluster: str) -> Place:
    """Where an application is read."""
    return Place(mark(name.instance), mark(cluster))


def mark(name: str) -> str:
    """What stands for an instance or a cluster in the name of a place."""
    return digest(name.encode("utf-8", "surrogatepass"))[:SHORT]
