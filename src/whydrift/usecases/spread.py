"""Several processes for one scan: only applications and answers travel, and what of live servers is read for them."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import Generic, TypeVar

from whydrift.core.model.application import Application
from whydrift.core.pipeline import Analysis, is_looked_at
from whydrift.ports import Workers
from whydrift.usecases.facts import FactReader
from whydrift.usecases.triage import Look

T = TypeVar("T")
ENOUGH = 2_000_000
"""Bytes of what is looked at that are worth other processes, where it is also said what a sync would do.

Measured with 2 processes: 2.3 MB take 0.23 s instead of 0.31 s. Where recorded applications are only explained, 18 MB
take as long with two processes as with one: what travels between them costs what they gain.
"""
FIRST = 500
"""Applications among which so much has to be found; a fleet where less drifts is soon done by one process."""


@dataclass(frozen=True)
class Made(Generic[T]):
    """What was made of an application elsewhere, and what this process has to know of how: as if it had made it."""

    what: T
    renders: int
    unreached: frozenset[str]
    asked: frozenset[str]


@dataclass
class Spread(Generic[T]):
    """Makes something of applications in other processes; of those that nobody looks at, here.

    This process reads nothing about an application that is looked at, unless they ask it to: they are forked from it as
    it is. `asked` is what a source notes that each process reads by itself, `at_once` how many applications are looked
    at at a time, `weigh` how many bytes are read about one (None: others are always worth it).
    """

    make: Callable[[Application, Look], Coroutine[None, None, T]]
    asked: set[str]
    fork: Callable[[Callable[[Application], Coroutine[None, None, Made[T]]], FactReader], Workers[Application, Made[T]]]
    at_once: int
    weigh: Callable[[Application], int] | None = None
    _workers: dict[str, Workers[Application, Made[T]]] = field(default_factory=dict)
    _rendered: int | None = None

    def ahead(self, applications: Iterator[Application], analysis: Analysis) -> tuple[list[Application], bool]:
        """The first of some applications, and whether what is looked at among them is worth other processes."""
        taken: list[Application] = []
        if self.weigh is None or not analysis.forecast:
            return taken, self.weigh is None
        weight = 0
        for application in islice(applications, FIRST):
            taken.append(application)
            weight += self.weigh(application) if is_looked_at(application, analysis) else 0
            if weight >= ENOUGH:
                return taken, True
        return taken, False

    async def __call__(self, application: Application, how: Look) -> T:
        """As `make`, with the same words of what was read."""
        if not is_looked_at(application, how.analysis):
            return await self.make(application, how)
        instance = how.reader.instance
        if instance not in self._workers:
            self._workers[instance] = self.fork(partial(self._elsewhere, how), how.reader)
        made = await self._workers[instance].ask(application)
        how.reader.rendered += made.renders
        how.reader.unreached |= made.unreached
        self.asked |= made.asked
        return made.what

    async def close(self) -> None:
        """End the other processes."""
        for workers in self._workers.values():
            await workers.close()

    async def _elsewhere(self, how: Look, application: Application) -> Made[T]:
        """In another process: what is made, and what was read by now and not told before."""
        if self._rendered is None:  # as it was forked
            self._rendered = how.reader.rendered
            self.asked.clear()
        what = await self.make(application, how)
        renders, self._rendered = how.reader.rendered - self._rendered, how.reader.rendered
        asked = frozenset(self.asked)
        self.asked.clear()
        return Made(what, renders, frozenset(how.reader.unreached), asked)
