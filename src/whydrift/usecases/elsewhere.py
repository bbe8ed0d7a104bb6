"""Work that needs nothing but what it is given: done in a process beside this one, which goes on meanwhile, or here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar, cast

from whydrift.ports import Workers

T = TypeVar("T")
Work = Callable[[], object]


@dataclass(frozen=True)
class Elsewhere:
    """Does work in another process, where there is one; what it is given and what comes of it travels there and back.

    The work is a function of a module with its arguments (`functools.partial`): whatever else it knew is not there.
    """

    workers: Workers[Work, object] | None = None

    async def begin(self) -> None:
        """Have the process begin now: before anything waits in this one, and while this one is small."""
        await self.do(int)

    async def do(self, work: Callable[[], T]) -> T:
        """What the work gives; its failures are raised here."""
        return work() if self.workers is None else cast(T, await self.workers.ask(work))

    async def close(self) -> None:
        """End the other process."""
        if self.workers is not None:
            await self.workers.close()


HERE = Elsewhere()


async def work_of(work: Work) -> object:
    """Do work that came from elsewhere."""
    return work()
