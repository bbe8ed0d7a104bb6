"""A worker over a living fleet: what is run again finds nothing to do, and is told of once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from tests.memory_jobs import MemoryJobs
from tests.watched import SECONDS, Watched, drifting

from whydrift import wiring
from whydrift.adapters.store.store import SqlStore
from whydrift.core.model.finding import ApplicationName
from whydrift.ports.jobs import Job, Why
from whydrift.settings import Connection, Settings
from whydrift.usecases.watch.asking import place_of
from whydrift.usecases.watch.attend import How
from whydrift.usecases.watch.worker import Worker
from whydrift.wiring.watching import worker

SHOP, GONE = ApplicationName("", "argocd", "shop"), ApplicationName("", "argocd", "gone")


class Working:
    """A worker at a fleet, and the jobs that it is given."""

    def __init__(self, watched: Watched) -> None:
        self.watched, self.jobs = watched, MemoryJobs()
        self.store = SqlStore("", watched.folder / "state")
        how = How(lambda _: True, wiring.analysis(Settings(), hidden=True), lambda answer: answer)
        self.worker: Worker = worker(Connection(no_git=True), self.store, self.jobs, how)

    async def run(self, name: ApplicationName, why: Why, at: str = "") -> int:
        """Run a job; how many looks that took."""
        before, began = self.worker.status.looks, time.monotonic()
        await self.jobs.defer([Job(name, why, place_of(name, ""), at, "2026-11-01T00:00:00Z")])
        while self.jobs.waits or self.jobs.held:
            assert time.monotonic() - began < SECONDS, self.worker.status
            await asyncio.sleep(0.02)
        return self.worker.status.looks - before

    @property
    def at(self) -> str:
        """When the shop was looked at last."""
        return next(known.at for known in self.store.applications() if known.application == SHOP)


def play(watched: Watched, monkeypatch: pytest.MonkeyPatch, scene: Callable[[Working], Awaitable[None]]) -> None:
    """Let a worker run while a scene is played."""
    for key, value in watched.environ.items():
        monkeypatch.setenv(key, value)

    async def played() -> None:
        working = Working(watched)
        running = asyncio.create_task(working.worker.run())
        try:
            await scene(working)
            assert not working.worker.status.errors, working.worker.status.troubles
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            working.store.close()

    try:
        asyncio.run(played())
    finally:
        watched.end()


def test_a_job_that_is_run_again_finds_nothing_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene(working: Working) -> None:
        assert await working.run(SHOP, Why.CHANGED) == 1
        assert await working.run(SHOP, Why.CHANGED) == 0, "its worker died after it had kept the look"
        first = working.at
        await asyncio.sleep(1.1)
        assert await working.run(SHOP, Why.DUE, first) == 1
        assert await working.run(SHOP, Why.DUE, first) == 0, "somebody else looked at it since it became due"
        assert working.at > first
        assert [event.what.value for event in working.store.recent()] == ["new"]
        working.watched.put(drifting("shop", 9))
        assert await working.run(SHOP, Why.CHANGED) == 1

    play(Watched(tmp_path), monkeypatch, scene)


def test_what_is_gone_is_gone_once_and_what_nobody_knows_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(working: Working) -> None:
        assert await working.run(GONE, Why.CHANGED) == 0
        await working.run(SHOP, Why.CHANGED)
        assert working.watched.replay.living is not None
        working.watched.replay.living.delete("argocd", "shop")
        await working.run(SHOP, Why.DELETED)
        await working.run(SHOP, Why.DELETED)
        assert [event.what.value for event in working.store.recent()] == ["gone", "new"]

    play(Watched(tmp_path), monkeypatch, scene)
