"""What a queue of jobs promises, wherever it is: each of two workers sees what the other one does."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine

import pytest
from tests.memory_jobs import MemoryJobs
from tests.postgres import Postgres

from whydrift.adapters.jobs.queue import PostgresJobs
from whydrift.core.model.finding import ApplicationName
from whydrift.ports.jobs import Job, Jobs, Place, Taken, Waiting, Why

HERE = Place("one", "near")
LATER = 60.0
Scene = Callable[[Jobs, Jobs], Awaitable[None]]
Queue = Callable[[Scene], Coroutine[None, None, None]]


@pytest.fixture(params=["memory", "postgresql"])
def queue(request: pytest.FixtureRequest) -> Queue:
    """Plays a scene with two workers of one queue."""
    if request.param == "memory":
        both = MemoryJobs()

        async def alone(scene: Scene) -> None:
            await scene(both, both)

        return alone
    server: Postgres = request.getfixturevalue("postgres")
    one, two = (PostgresJobs(url) for url in [server.database()] * 2)

    async def played(scene: Scene) -> None:
        await asyncio.gather(one.open(), two.open())
        try:
            await scene(one, two)
        finally:
            await asyncio.gather(one.close(), two.close())

    return played


def job(number: int, why: Why = Why.CHANGED, place: Place = HERE) -> Job:
    return Job(ApplicationName("", "argocd", f"app-{number} (copy)"), why, place, "", "2026-11-01T00:00:00Z")


async def some(jobs: Jobs, *places: Place) -> Taken:
    taken = await jobs.take(places or (HERE,))
    assert taken is not None
    return taken


def test_many_that_wait_are_one_and_a_change_during_a_run_is_exactly_one_more(queue: Queue) -> None:
    async def scene(one: Jobs, two: Jobs) -> None:
        await asyncio.gather(*(jobs.defer([job(1), job(2)]) for jobs in (one, two) for _ in range(10)))
        assert await one.waiting() == {HERE: Waiting(2, 0)}
        running = await some(one)
        for _ in range(5):
            await two.defer([running.job])
        assert (await two.waiting())[HERE].jobs == 2
        other = await some(two)
        assert other.job.name != running.job.name
        assert await two.take([HERE]) is None, "the one more waits until the first run ended"
        await one.finish(running)
        assert (await some(two)).job == running.job
        assert await two.take([HERE]) is None

    asyncio.run(queue(scene))


def test_what_changed_comes_before_what_is_due_and_both_are_kept(queue: Queue) -> None:
    async def scene(one: Jobs, two: Jobs) -> None:
        await one.defer([job(1, Why.DUE), job(2, Why.DUE)])
        await one.defer([job(2), job(2, Why.DELETED)])
        found = []
        while (taken := await two.take([HERE])) is not None:
            found.append((taken.job.name.name[:5], taken.job.why))
            await two.finish(taken)
        changed = {("app-2", Why.CHANGED), ("app-2", Why.DELETED)}
        assert set(found[:2]) == changed
        assert found[2:] == [("app-1", Why.DUE), ("app-2", Why.DUE)]

    asyncio.run(queue(scene))


def test_only_places_that_are_asked_for_are_taken_from(queue: Queue) -> None:
    async def scene(one: Jobs, two: Jobs) -> None:
        far = Place("one", "far")
        await one.defer([job(1, place=far), job(2)])
        assert (await some(two)).job.name.name.startswith("app-2")
        assert await two.take([HERE]) is None
        assert (await some(two, HERE, far)).job.place == far

    asyncio.run(queue(scene))


def test_what_failed_while_one_more_was_asked_for_is_that_one(queue: Queue) -> None:
    async def scene(one: Jobs, two: Jobs) -> None:
        await one.defer([job(1)])
        taken = await some(one)
        await two.defer([job(1)])
        await one.again(taken, LATER)
        assert (await two.waiting())[HERE].jobs == 1
        await two.finish(await some(two))
        assert await two.waiting() == {}

    asyncio.run(queue(scene))
