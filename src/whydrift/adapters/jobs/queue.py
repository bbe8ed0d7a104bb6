"""The queue of jobs (`ports.jobs.Jobs`): procrastinate's, with its locks and heartbeats."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import procrastinate
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import Job as Row
from procrastinate.manager import JobManager
from psycopg import AsyncConnection, Error

from whydrift.adapters.jobs.schema import SEARCHED, migrate
from whydrift.adapters.postgresql import LOCK, REACH, STATEMENT, PatientAsyncConnection
from whydrift.core.model.finding import ApplicationName
from whydrift.errors import StoreError
from whydrift.ports.jobs import Job, Place, Taken, Waiting, Why

TASK = "attend"
DEAD = 20
"""Seconds without a heartbeat after which a worker is taken for dead: the port's callers beat every few seconds."""
LONGEST = 600.0
"""Seconds that a job waits at most whose workers die one after the other."""
MOST = 20
"""Attempts after which a job is given up; a full look comes anyway."""
FREE = 10.0
"""Seconds to wait for a connection of the pool."""
RECONNECT = 5.0
"""Seconds for which the pool tries by itself to connect, and waits longer each time: whoever asks next begins anew."""
KEPT = 24
"""Hours for which a job that was given up is kept, for people to see. What succeeded is deleted at once."""
UNREACHED = 7
"""Days after which a job is forgotten that nobody takes: its instance or cluster is gone. Who is back looks at all."""
TIDY = 200
"""Heartbeats between two deletions of these: that looks at all jobs."""
FORGET = f"""DELETE FROM procrastinate_jobs job WHERE status = 'todo' AND NOT EXISTS (
SELECT FROM procrastinate_events done WHERE done.job_id = job.id AND done.at > now() - interval '{UNREACHED} days')"""
HELD = "job.id = %(id)s AND job.status = 'doing' AND job.worker_id IS NOT DISTINCT FROM %(worker)s"
FINISH = f"SELECT procrastinate_finish_job_v1(job.id, %(status)s, %(delete)s) FROM procrastinate_jobs job WHERE {HELD}"
AGAIN = f"""SELECT procrastinate_retry_job_v2(job.id, %(at)s, NULL, NULL, NULL) FROM procrastinate_jobs job WHERE {HELD}
AND NOT EXISTS (SELECT FROM procrastinate_jobs w WHERE w.status = 'todo' AND w.queueing_lock = job.queueing_lock)"""
ALIVE = "UPDATE procrastinate_workers SET last_heartbeat = now() WHERE id = %(id)s RETURNING id"
DEFER = """INSERT INTO procrastinate_jobs (queue_name, task_name, priority, lock, queueing_lock, args)
SELECT queue, %(task)s, priority, lock, waits, args
FROM jsonb_to_recordset(%(rows)s -> 'rows') AS job (queue text, priority int, lock text, waits text, args jsonb)
ORDER BY waits ON CONFLICT (queueing_lock) WHERE status = 'todo' DO NOTHING"""
"""In an order that all processes keep, so that none waits for one that waits for it."""
WAIT = """SELECT queue_name, count(*) AS jobs, count(*) FILTER (WHERE priority = 0) AS due
FROM procrastinate_jobs WHERE status = 'todo' GROUP BY queue_name"""


class PostgresJobs:
    """Jobs in one database. `open` first; a worker that beats and takes is registered under its own number."""

    def __init__(self, url: str) -> None:
        """`url` is libpq's: `postgresql://…`."""
        self._url = url
        self._database = procrastinate.PsycopgConnector(
            conninfo=url,
            min_size=1,
            max_size=4,
            timeout=FREE,
            reconnect_timeout=RECONNECT,
            connection_class=PatientAsyncConnection,
            configure=_search,
            kwargs=dict(REACH),
        )
        self._manager = JobManager(self._database)
        self._worker: int | None = None
        self._registering = asyncio.Lock()
        self._beats = 0
        self._held: dict[int, Taken] = {}

    async def open(self) -> None:
        """Bring the database to the tables of this version. StoreError where it cannot be reached, or is newer."""
        for chatty in ("psycopg.pool", "procrastinate"):  # whoever asks says what does not work
            logging.getLogger(chatty).setLevel(logging.CRITICAL)
        async with failing():
            await asyncio.to_thread(migrate, self._url)
            await self._database.open_async()

    async def defer(self, jobs: Sequence[Job]) -> None:
        """Keep what does not wait already: one statement, so that nothing comes in between."""
        async with failing():
            await self._database.execute_query_async(DEFER, task=TASK, rows={"rows": [_row(job) for job in jobs]})

    async def take(self, places: Sequence[Place]) -> Taken | None:
        """The next job of these queues. One whose arguments cannot be read is of another version: given up."""
        async with failing():
            row = None
            with suppress(UniqueViolation):  # another worker took another job of the same application just now
                row = await self._manager.fetch_job([_queue(place) for place in places], await self._registered())
        if row is None or row.id is None:
            return None
        try:
            taken = Taken(row.id, _job(row), row.attempts)
        except (KeyError, ValueError):
            await self._end(row.id, "failed", delete=False)
            return await self.take(places)
        self._held[row.id] = taken
        return taken

    async def finish(self, taken: Taken) -> None:
        """A job was done."""
        await self._end(taken.number, "succeeded", delete=True)

    async def again(self, taken: Taken, seconds: float) -> None:
        """A job waits again, or is given up."""
        await self._give_back(taken.number, self._worker, taken.attempts, seconds)
        self._held.pop(taken.number, None)

    async def _give_back(self, number: int, worker: int | None, attempts: int, seconds: float) -> None:
        """Let a job wait again that a worker holds, if that still does."""
        held = {"id": number, "worker": worker}
        async with failing():
            if attempts + 1 >= MOST:
                await self._ask(FINISH, **held, status="failed", delete=False)
                return
            at = datetime.now(UTC) + timedelta(seconds=seconds)
            with suppress(UniqueViolation, AssertionError):  # procrastinate can tell why in English only
                if await self._ask(AGAIN, **held, at=at):
                    return
            await self._ask(FINISH, **held, status="aborted", delete=True)  # one more waits, and is enough

    async def _end(self, number: int, status: str, delete: bool) -> None:
        async with failing():
            await self._ask(FINISH, id=number, worker=self._worker, status=status, delete=delete)
        self._held.pop(number, None)

    async def waiting(self) -> Mapping[Place, Waiting]:
        """What waits, by place."""
        async with failing():
            rows = await self._ask(WAIT)
        return {_place(row["queue_name"]): Waiting(row["jobs"], row["due"]) for row in rows}

    async def beat(self) -> int:
        """A heartbeat; jobs of workers without one wait again, and the longer the more of their workers died."""
        async with failing():
            if self._worker is None or not await self._ask(ALIVE, id=self._worker):
                self._worker = None
                await self._registered()
            dead = [row for row in await self._manager.get_stalled_jobs(seconds_since_heartbeat=DEAD) if row.id]
            for row in dead:  # others find them, too: whoever comes second changes nothing
                wait = min(LONGEST, 2.0**row.attempts) if row.attempts > 1 else 0.0
                await self._give_back(row.id or 0, row.worker_id, row.attempts, wait)
            if self._beats % TIDY == 0:
                await self._manager.prune_stalled_workers(KEPT * 3600)
                await self._manager.delete_old_jobs(KEPT, include_failed=True)
                await self._database.execute_query_async(FORGET)
            self._beats += 1
        return len(dead)

    async def listen(self, heard: Callable[[], Awaitable[None]]) -> None:
        """Call whenever a job is deferred."""

        async def on_notification(*, channel: str, notification: object) -> None:
            await heard()

        async with failing():
            await self._manager.listen_for_jobs(on_notification=on_notification)

    async def close(self) -> None:
        """Give back what was taken, and let go of the database."""
        with suppress(StoreError, TimeoutError):
            async with asyncio.timeout(5), failing():
                for taken in list(self._held.values()):
                    await self.again(taken, 0)
                if self._worker is not None:
                    await self._manager.unregister_worker(self._worker)
        with suppress(ConnectorException, Error):
            await self._database.close_async()

    async def _registered(self) -> int:
        """This worker's number; one, whoever asks first."""
        async with self._registering:
            if self._worker is None:
                self._worker = await self._manager.register_worker()
            return self._worker

    async def _ask(self, query: str, **arguments: object) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = await self._database.execute_query_all_async(query, **arguments)
        return rows


@asynccontextmanager
async def failing() -> AsyncIterator[None]:
    """Says in a line what failed; what libpq says names no password."""
    try:
        yield
    except (ConnectorException, Error, OSError) as error:
        cause = error.__cause__ if isinstance(error, ConnectorException) and error.__cause__ else error
        said = str(cause).strip().partition("\n")[0] or type(cause).__name__
        raise StoreError(f"the jobs in the store: {said}") from error


async def _search(connection: AsyncConnection[object]) -> None:
    """Where unqualified names are looked for (procrastinate's statements hold no schema), and for how long at most."""
    await connection.execute(
        f"{SEARCHED}; SET statement_timeout = '{STATEMENT}s'; SET lock_timeout = '{LOCK}s'".encode()
    )
    await connection.commit()


def _row(job: Job) -> dict[str, object]:
    named = str(job.name)
    return {
        "queue": _queue(job.place),
        "priority": 0 if job.why is Why.DUE else 1,
        "lock": named,
        "waits": f"{job.why.value} {named}",
        "args": {**job.name._asdict(), "why": job.why.value, "at": job.at, "asked": job.asked},
    }


def _job(row: Row) -> Job:
    said = {key: str(value) for key, value in row.task_kwargs.items()}
    name = ApplicationName(said["instance"], said["namespace"], said["name"])
    return Job(name, Why(said["why"]), _place(row.queue), said["at"], said["asked"])


def _queue(place: Place) -> str:
    return ".".join(place)


def _place(queue: str) -> Place:
    instance, _, cluster = queue.partition(".")
    return Place(instance, cluster)
