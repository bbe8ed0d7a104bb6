"""Several processes for one scan: each reads the recording itself, so that only applications and answers travel."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from functools import partial
from typing import Generic, TypeVar

from whydrift.core.model.application import Application
from whydrift.core.pipeline import is_looked_at
from whydrift.ports import Asked, Workers
from whydrift.usecases.triage import Look

T = TypeVar("T")


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

    This process reads nothing about an application that is looked at: the others are forked from it as it is.
    """

    make: Callable[[Application, Look], Coroutine[None, None, T]]
    asked: Asked
    fork: Callable[[Callable[[Application], Coroutine[None, None, Made[T]]]], Workers[Application, Made[T]]]
    _workers: dict[str, Workers[Application, Made[T]]] = field(default_factory=dict)

    async def __call__(self, application: Application, how: Look) -> T:
        """As `make`, with the same words of what was read."""
        if not is_looked_at(application, how.analysis):
            return await self.make(application, how)
        instance = how.reader.instance
        if instance not in self._workers:
            self._workers[instance] = self.fork(partial(self._elsewhere, how))
        made = await self._workers[instance].ask(application)
        how.reader.rendered += made.renders
        how.reader.unreached |= made.unreached
        self.asked.asked |= made.asked
        return made.what

    async def close(self) -> None:
        """End the other processes."""
        for workers in self._workers.values():
            await workers.close()

    async def _elsewhere(self, how: Look, application: Application) -> Made[T]:
        """In another process: what is made, and what was read for it and not told before."""
        rendered = how.reader.rendered
        self.asked.asked.clear()
        what = await self.make(application, how)
        renders, unreached = how.reader.rendered - rendered, frozenset(how.reader.unreached)
        return Made(what, renders, unreached, frozenset(self.asked.asked))
