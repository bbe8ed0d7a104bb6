"""What several processes need that share the looks: a queue of jobs that outlives each of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, Protocol

from whydrift.core.model.finding import ApplicationName


class Why(StrEnum):
    """What asks for an application to be attended to: something is said of it, it was deleted, or it is only due."""

    CHANGED = "changed"
    DELETED = "deleted"
    DUE = "due"


class Place(NamedTuple):
    """Where a job reads: digests of an Argo CD instance and of a cluster. What is slow there holds up nobody else."""

    instance: str
    cluster: str


@dataclass(frozen=True, slots=True)
class Job:
    """One application to attend to. `at` is when it was looked at last, as far as who asks knows; `asked` is now.

    Two that wait for one application and the same reason are one.
    """

    name: ApplicationName
    why: Why
    place: Place
    at: str
    asked: str


@dataclass(frozen=True, slots=True)
class Taken:
    """A job that runs here. `attempts` of it ended without success, or with their worker."""

    number: int
    job: Job
    attempts: int = 0


class Waiting(NamedTuple):
    """How many jobs wait at a place, and how many of them are only due."""

    jobs: int
    due: int


class Jobs(Protocol):
    """A queue of jobs that any number of processes share. StoreError where it cannot be reached for the moment.

    Nothing is lost that was deferred: what a worker took that does not beat any more waits again. No application is
    attended to twice at a time, but where a worker was taken for dead that is not.
    """

    async def defer(self, jobs: Sequence[Job]) -> None:
        """Ask for something; kept when this returns. What waits already is left as it is."""

    async def take(self, places: Sequence[Place]) -> Taken | None:
        """The next job at any of these places: what changed before what is only due, and the oldest first."""

    async def finish(self, taken: Taken) -> None:
        """A job was done; nothing where it is no longer this worker's."""

    async def again(self, taken: Taken, seconds: float) -> None:
        """A job failed: it waits again, for so long at least; nothing where it is no longer this worker's.

        Where another one waits for the same reason, that one is enough. A job that failed too often is given up.
        """

    async def waiting(self) -> Mapping[Place, Waiting]:
        """What waits, by place."""

    async def beat(self) -> int:
        """Say that this worker is alive; what others hold that are not waits again: how many jobs."""

    async def listen(self, heard: Callable[[], Awaitable[None]]) -> None:
        """Call whenever something is deferred, until that cannot be heard any more."""

    async def close(self) -> None:
        """Give back what was taken, and let go of the database; never fails."""
