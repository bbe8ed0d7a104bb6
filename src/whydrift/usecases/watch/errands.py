"""Which applications wait to be attended to: each one once, what changed before what is only due."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain, count
from typing import Protocol

from whydrift.core.model.finding import ApplicationName


@dataclass(slots=True)
class Errand:
    """One application to attend to.

    `forced`: it is looked at whatever is said of it. `deleted`: somebody said that it is gone. `before` is where the
    stream stood before it asked for this, `since` when that was (seconds of the loop), `at` when it was looked at last,
    as far as who asks for this knows. `attempts` failed so far, `shaken` of them at facts.
    """

    name: ApplicationName
    number: int
    since: float
    forced: bool = False
    deleted: bool = False
    urgent: bool = True
    before: str = ""
    at: str = ""
    attempts: int = 0
    shaken: int = 0

    def take(self, other: Errand) -> None:
        """Two errands to one application are one: as early as the first, as thorough as either."""
        self.forced |= other.forced
        self.deleted = (self if self.number > other.number else other).deleted
        self.urgent |= other.urgent
        if other.number < self.number:
            self.number, self.since, self.before = other.number, other.since, other.before


class Desk(Protocol):
    """Gives out errands to those who run them."""

    async def next(self) -> Errand:
        """The next errand, which runs from now on; no other one to that application does."""

    def done(self, errand: Errand) -> None:
        """An errand was run."""

    async def again(self, errand: Errand, seconds: float) -> None:
        """An errand failed, and is run again after so many seconds."""


class Asks(Protocol):
    """Takes what is asked for; who runs it is its own affair."""

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

    def has(self, name: ApplicationName) -> bool:
        """Whether an application was asked for, and it is not known to have been attended to since."""

    def stands(self, instance: str, position: str) -> str:
        """Where the stream of an instance may go on after a crash, when it stands at `position`."""

    @property
    def waiting(self) -> int:
        """How many wait."""

    @property
    def due(self) -> int:
        """How many of these are in no hurry."""


@dataclass
class Errands:
    """Errands that wait and errands that are run. A change during a run queues one more. `sleep` waits for seconds."""

    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    _soon: dict[ApplicationName, Errand] = field(default_factory=dict)
    _later: dict[ApplicationName, Errand] = field(default_factory=dict)
    _again: dict[ApplicationName, Errand] = field(default_factory=dict)
    _running: dict[ApplicationName, Errand] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=count)
    _some: asyncio.Event = field(default_factory=asyncio.Event)
    _idle: asyncio.Event = field(default_factory=asyncio.Event)

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
        now = asyncio.get_running_loop().time()
        self._add(Errand(name, next(self._numbers), now, forced, deleted, urgent, before, at))

    async def again(self, errand: Errand, seconds: float) -> None:
        """An errand that failed runs until its time has come, and waits again then."""
        await self.sleep(seconds)
        self.done(errand)
        self.put_back(errand)

    def put_back(self, errand: Errand) -> None:
        """An errand that failed waits again, behind those that wait already. It must not be running any more."""
        errand.attempts += 1
        self._add(errand)

    def _add(self, errand: Errand) -> None:
        if errand.name in self._running:
            _merge(self._again, errand)
        elif errand.name in self._soon or errand.urgent:
            due = self._later.pop(errand.name, None)
            errand.forced |= due is not None and due.forced
            _merge(self._soon, errand)
        else:
            _merge(self._later, errand)
        self._idle.clear()
        self._some.set()

    async def next(self) -> Errand:
        """The next errand, which runs from now on."""
        while not (self._soon or self._later):
            self._some.clear()
            await self._some.wait()
        waiting = self._soon or self._later
        errand = waiting.pop(next(iter(waiting)))
        self._running[errand.name] = errand
        return errand

    def done(self, errand: Errand) -> None:
        """An errand ended, well or not."""
        del self._running[errand.name]
        again = self._again.pop(errand.name, None)
        if again is not None:
            self._add(again)
        elif not (self._soon or self._later or self._running):
            self._idle.set()

    async def all_done(self) -> None:
        """Wait until nothing waits and nothing runs."""
        if self.waiting or self._running:
            await self._idle.wait()

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._soon) + len(self._later) + len(self._again)

    @property
    def due(self) -> int:
        """How many of these are in no hurry."""
        return len(self._later)

    def has(self, name: ApplicationName) -> bool:
        """Whether an application is being attended to, or waits for it."""
        return name in self._running or name in self._soon or name in self._later

    def stands(self, instance: str, position: str) -> str:
        """Where the stream of an instance may go on after a crash: before the oldest errand that it asked for."""
        every = chain(self._soon.values(), self._later.values(), self._again.values(), self._running.values())
        mine = (errand for errand in every if errand.name.instance == instance and errand.urgent)
        oldest = min(mine, key=lambda errand: errand.number, default=None)
        return position if oldest is None else oldest.before


def _merge(waiting: dict[ApplicationName, Errand], errand: Errand) -> None:
    if errand.name in waiting:
        waiting[errand.name].take(errand)
    else:
        waiting[errand.name] = errand
