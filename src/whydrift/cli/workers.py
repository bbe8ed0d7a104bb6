"""Worker processes of `serve --workers`: started beside, again where they die, and ended with the one that started."""

from __future__ import annotations

import asyncio
import multiprocessing
import signal
import sys
from multiprocessing.process import BaseProcess
from typing import TYPE_CHECKING

from whydrift.cli.interrupts import run_interruptibly
from whydrift.cli.lines import Lines
from whydrift.cli.watch import Asked, first_to_end, how_of
from whydrift.core.report.words import plain
from whydrift.errors import UsageError, WhydriftError

if TYPE_CHECKING:
    from whydrift.ports.watching import Store
    from whydrift.usecases.watch.asking import Asking

TICK, PAUSE = 0.5, 5.0
"""Seconds between two looks at the processes; and before one that died is started again."""
PATIENCE = 10.0
"""Seconds in which a process may give back what it holds."""


async def work_only(asked: Asked, url: str, workers: int) -> None:
    """Work until a signal comes. UsageError where there is nothing to do, or no PostgreSQL."""
    if workers < 1:
        raise UsageError("--no-web needs --workers N, at least 1: nothing else is left to do")
    from whydrift.wiring.watching import open_jobs

    stopping = _stopped_by(signal.SIGTERM)
    jobs = await open_jobs(asked.settings, url)  # what is wrong with it is said here, once
    await jobs.close()
    await first_to_end(keep_workers(asked, url, workers), _wait(stopping))


async def open_asking(asked: Asked, store: Store, url: str) -> Asking:
    """What gives errands to workers. UsageError where there is no PostgreSQL."""
    from whydrift.wiring.watching import asking, open_jobs

    return asking(await open_jobs(asked.settings, url), store)


async def keep_workers(asked: Asked, url: str, number: int) -> None:
    """Keep so many processes at work, for ever."""
    spawning = multiprocessing.get_context("spawn")

    def start() -> BaseProcess:
        process = spawning.Process(target=_process, args=(asked, url))
        process.start()
        return process

    running: list[BaseProcess] = []
    try:
        while True:
            running += [start() for _ in range(number - len(running))]
            await asyncio.sleep(TICK)
            died = [process for process in running if not process.is_alive()]
            if died:
                Lines("none", asked.colour).say(f"{len(died)} of {number} workers ended: started again")
                running = [process for process in running if process not in died]
                await asyncio.sleep(PAUSE)
    finally:
        _end(running)


def _end(running: list[BaseProcess]) -> None:
    for process in running:
        process.terminate()
    for process in running:
        process.join(PATIENCE)
        process.kill()


def _process(asked: Asked, url: str) -> None:
    """The body of a worker process. It ends with SIGTERM, Ctrl-C, or when the process that started it is gone."""
    try:
        run_interruptibly(_work(asked, url))
    except (WhydriftError, OSError) as error:
        sys.stderr.write(f"{plain(f'error: {error}')}\n")
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)


async def _work(asked: Asked, url: str) -> None:
    from whydrift import wiring
    from whydrift.wiring.watching import open_jobs, worker

    stopping = _stopped_by(signal.SIGTERM, signal.SIGINT)
    starter = multiprocessing.parent_process()
    if starter is not None:
        asyncio.get_running_loop().add_reader(starter.sentinel, stopping.set)
    store = await asyncio.to_thread(wiring.open_store, asked.settings, url)
    try:
        jobs = await open_jobs(asked.settings, url)
        working = worker(asked.connection, store, jobs, how_of(asked, 0))
        lines = Lines("none", asked.colour)
        await first_to_end(working.run(), lines.show_troubles(working.status), _wait(stopping))
    finally:
        store.close()


async def _wait(stopping: asyncio.Event) -> None:
    await stopping.wait()


def _stopped_by(*signals: signal.Signals) -> asyncio.Event:
    """An event that signals set."""
    stopping = asyncio.Event()
    for each in signals:
        asyncio.get_running_loop().add_signal_handler(each, stopping.set)
    return stopping
