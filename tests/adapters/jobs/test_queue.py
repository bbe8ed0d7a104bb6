"""The queue in a real PostgreSQL: jobs for one application are one, none is lost, none runs twice at a time."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress

import psycopg
import pytest
from tests.postgres import Postgres, running

from whydrift.adapters import postgresql
from whydrift.adapters.jobs import queue
from whydrift.adapters.jobs.queue import DEAD, MOST, UNREACHED, PostgresJobs
from whydrift.adapters.jobs.schema import migrate
from whydrift.core.model.finding import ApplicationName
from whydrift.errors import StoreError
from whydrift.ports.jobs import Job, Place, Taken, Why

HERE = Place("one", "near")
LATER = 60.0
PATIENCE = 120.0


def job(number: int, why: Why = Why.CHANGED, place: Place = HERE) -> Job:
    return Job(ApplicationName("", "argocd", f"app-{number} (copy)"), why, place, "", "2026-11-01T00:00:00Z")


@asynccontextmanager
async def worker(url: str) -> AsyncIterator[PostgresJobs]:
    jobs = PostgresJobs(url)
    await jobs.open()
    try:
        yield jobs
    finally:
        await jobs.close()


@pytest.fixture
def url(postgres: Postgres) -> str:
    return postgres.database()


def during(url: str, scene: Callable[[PostgresJobs, PostgresJobs], Awaitable[None]]) -> None:
    """Play a scene with two workers."""

    async def play() -> None:
        async with worker(url) as one, worker(url) as two:
            await scene(one, two)

    asyncio.run(play())


async def some(jobs: PostgresJobs, *places: Place) -> Taken:
    taken = await jobs.take(places or (HERE,))
    assert taken is not None
    return taken


def asked(url: str, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET search_path TO whydrift_jobs")
        return connection.execute(query.encode()).fetchall() if query.startswith("SELECT") else _done(connection, query)


def _done(connection: psycopg.Connection[tuple[object, ...]], query: str) -> list[tuple[object, ...]]:
    connection.execute(query.encode())
    return []


def age_workers(url: str) -> None:
    """As if nobody had beaten for long."""
    asked(url, f"UPDATE procrastinate_workers SET last_heartbeat = now() - interval '{DEAD + 1} seconds'")


def test_what_failed_waits_and_is_given_up_in_the_end(url: str) -> None:
    async def scene(one: PostgresJobs, two: PostgresJobs) -> None:
        await one.defer([job(1)])
        taken = await some(one)
        await one.again(taken, LATER)
        assert await one.take([HERE]) is None
        assert (await one.waiting())[HERE].jobs == 1
        asked(url, f"UPDATE procrastinate_jobs SET scheduled_at = NULL, attempts = {MOST - 1}")
        taken = await some(two)
        assert taken.attempts == MOST - 1
        await two.again(taken, 0)
        assert await two.waiting() == {}
        assert asked(url, "SELECT status FROM procrastinate_jobs") == [("failed",)]
        await two.beat()
        assert asked(url, "SELECT status FROM procrastinate_jobs") == [("failed",)], "kept for people to see"
        asked(url, "UPDATE procrastinate_events SET at = at - interval '25 hours'")
        await one.beat()
        assert asked(url, "SELECT status FROM procrastinate_jobs") == []

    during(url, scene)


def test_what_nobody_takes_is_forgotten_in_the_end(url: str) -> None:
    async def scene(one: PostgresJobs, two: PostgresJobs) -> None:
        await one.defer([job(1), job(2)])
        await two.beat()
        asked(url, f"UPDATE procrastinate_events SET at = at - interval '{UNREACHED} days' WHERE job_id = 1")
        await one.beat()
        assert asked(url, "SELECT id FROM procrastinate_jobs") == [(2,)]

    during(url, scene)


def test_a_database_that_hangs_is_given_up_and_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgresql, "SILENCE", 0.5)
    monkeypatch.setattr(queue, "FREE", 2.0)
    with running() as server:

        async def scene(one: PostgresJobs, two: PostgresJobs) -> None:
            await one.defer([job(1)])
            listening = asyncio.create_task(two.listen(_nothing))
            await asyncio.sleep(0.2)
            server.signal(signal.SIGSTOP)
            with pytest.raises(StoreError, match=r"^the jobs in the store: [^\n]+$"):
                await asyncio.wait_for(one.take([HERE]), PATIENCE)
            server.signal(signal.SIGCONT)
            assert not listening.done()
            assert (await asyncio.wait_for(some(one), PATIENCE)).job == job(1)
            listening.cancel()

        during(server.database(), scene)


async def _nothing() -> None:
    """Nobody cares."""


def test_jobs_of_a_dead_worker_wait_again_once_and_are_no_longer_its_own(url: str) -> None:
    async def scene(one: PostgresJobs, two: PostgresJobs) -> None:
        await one.defer([job(1), job(2)])
        lost, other = await some(one), await some(one)
        await two.beat()
        assert await two.beat() == 0, "its worker beat lately"
        age_workers(url)
        assert await two.beat() == 2
        assert await two.beat() == 0
        found = await some(two)
        assert (found.number, found.attempts) == (lost.number, 1)
        await one.finish(lost)  # it was not dead after all
        await one.again(other, 0)
        await one.beat()
        assert asked(url, f"SELECT status FROM procrastinate_jobs WHERE id = {lost.number}") == [("doing",)]
        await two.finish(found)
        await two.finish(await some(two))
        assert asked(url, "SELECT count(*) FROM procrastinate_jobs") == [(0,)]

    during(url, scene)


def test_a_worker_that_was_forgotten_is_another_one(url: str) -> None:
    async def scene(one: PostgresJobs, two: PostgresJobs) -> None:
        await one.beat()
        asked(url, "DELETE FROM procrastinate_workers")
        await two.defer([job(1)])
        await one.beat()
        await one.finish(await some(one))
        assert asked(url, "SELECT count(*) FROM procrastinate_jobs") == [(0,)]

    during(url, scene)


def test_what_is_let_go_of_is_taken_by_others_at_once(url: str) -> None:
    async def play() -> None:
        async with worker(url) as two:
            async with worker(url) as one:
                await one.defer([job(1)])
                await some(one)
            assert (await some(two)).job == job(1)

    asyncio.run(play())


def test_hears_of_jobs_and_what_it_cannot_read_is_given_up(url: str) -> None:
    async def scene(one: PostgresJobs, two: PostgresJobs) -> None:
        heard = asyncio.Event()

        async def hear() -> None:
            heard.set()

        listening = asyncio.create_task(one.listen(hear))
        for number in range(3, 100):  # until it listens
            await two.defer([job(number)])
            with suppress(TimeoutError):
                await asyncio.wait_for(heard.wait(), 0.2)
                break
        assert heard.is_set()
        listening.cancel()
        asked(url, "UPDATE procrastinate_jobs SET args = '{}' WHERE lock NOT LIKE '%app-2 %'")
        await two.defer([job(2)])
        assert (await some(one)).job == job(2)

    during(url, scene)


def test_whoever_comes_first_makes_the_tables_and_newer_ones_are_left_alone(url: str) -> None:
    with ThreadPoolExecutor(8) as threads:
        for done in [threads.submit(migrate, url) for _ in range(8)]:
            done.result()
    asked(url, "DELETE FROM migrated WHERE name LIKE '03.04.00_50%'")
    migrate(url)
    asked(url, "INSERT INTO migrated VALUES ('99.00.00_01_from_the_future')")
    with pytest.raises(StoreError, match="newer procrastinate"):
        migrate(url)


def test_a_database_that_is_away_is_said_in_a_line_without_its_login() -> None:
    async def play() -> None:
        jobs = PostgresJobs("postgresql://me:hunter2@127.0.0.1:1/none")
        with pytest.raises(StoreError) as found:
            await jobs.open()
        assert "hunter2" not in str(found.value)
        assert "\n" not in str(found.value)

    asyncio.run(play())
