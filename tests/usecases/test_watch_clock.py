"""A watcher whose clock jumps, and whose servers' logins run out: in this process, over a living fleet."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import pytest
from tests.fakes import FakeClock
from tests.watched import SECONDS, Watched, drifting, settled

from whydrift import wiring
from whydrift.adapters.store.store import SqlStore
from whydrift.core.model.finding import Event, What
from whydrift.settings import Connection, Settings
from whydrift.usecases.watch.attend import How
from whydrift.usecases.watch.errands import Errands
from whydrift.usecases.watch.loop import TICK, Upkeep, Watcher
from whydrift.usecases.watch.status import Status
from whydrift.usecases.watch.world import REST, UNWELL, World, Worlds
from whydrift.wiring.watching import open_world

HOUR, DAY = 3600.0, 86400.0


def test_what_did_not_work_in_the_store_is_over_when_it_works_again(tmp_path: Path) -> None:
    """Also where nothing is looked at meanwhile."""
    store, clock, status = SqlStore("", tmp_path), FakeClock(), Status()
    database = sqlite3.connect(store.name, isolation_level=None)

    async def scene() -> None:
        database.execute("ALTER TABLE notes RENAME TO away")
        keeping = asyncio.create_task(Upkeep(store, clock, HOUR, {}, Errands(), [], 400).run(status))
        for broken in (True, False):
            began = time.monotonic()
            while bool(status.troubles) is not broken:
                assert time.monotonic() - began < SECONDS
                await asyncio.sleep(0.01)
                clock.pass_(TICK)
            if broken:
                database.execute("ALTER TABLE away RENAME TO notes")
        keeping.cancel()

    asyncio.run(scene())
    database.close()
    store.close()


@dataclass
class Kept:
    """A watcher that runs, with a clock that the test moves."""

    watched: Watched
    clock: FakeClock = field(default_factory=FakeClock)
    events: list[Event] = field(default_factory=list)
    opened: int = 0
    later: float = 0.0

    def open(self) -> World:
        """Open the world, and count it."""
        self.opened += 1
        return open_world(Connection(no_git=True))

    async def during(self, scene: Callable[[Kept, Watcher], Awaitable[None]]) -> None:
        """Watch while a scene is played."""
        store = SqlStore("", self.watched.folder / "state")
        how = How(lambda _: True, wiring.analysis(Settings(), hidden=True), lambda answer: answer, every=HOUR)
        tell = lambda seen, events, errand: self.events.extend(events)  # noqa: E731 - a listener
        worlds = Worlds(self.open, self.clock, lambda: time.monotonic() + self.later)
        watcher = Watcher(worlds, store, self.clock, how, tell)
        running = asyncio.create_task(watcher.run())
        try:
            await self.until(lambda: watcher.status.looks == 3, running)
            await scene(self, watcher)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            store.close()

    async def until(
        self, holds: Callable[[], object], running: asyncio.Task[None] | None = None, speed: float = 1
    ) -> None:
        """Wait until something holds, letting seconds pass meanwhile: so many in each."""
        began = time.monotonic()
        while not holds():
            assert running is None or not running.done(), running
            assert time.monotonic() - began < SECONDS
            await asyncio.sleep(0.02)
            self.clock.pass_(0.02 * speed)

    async def jump(self, seconds: float) -> None:
        """Let the clock jump, and time pass after it."""
        self.clock.jump(seconds)
        for _ in range(30):
            await asyncio.sleep(0.03)
            self.clock.pass_(1)


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kept:
    watched = Watched(tmp_path)
    for key, value in watched.environ.items():
        monkeypatch.setenv(key, value)
    monkeypatch.chdir(tmp_path)
    return Kept(watched)


async def _jumps(kept: Kept, watcher: Watcher) -> None:
    looks = 3
    for jump in (HOUR, -DAY, 10 * DAY, -300.0, -365 * DAY):
        looks += 0 if jump == -300.0 else 3
        await kept.jump(jump)
        await kept.until(partial(_has_looked, watcher, looks))
        assert watcher.status.looks == looks, f"after a jump of {jump} s everything is looked at once, if it is due"
    assert {event.what for event in kept.events} == {What.NEW}


def _has_looked(watcher: Watcher, looks: int) -> bool:
    return watcher.status.looks >= looks and not watcher.errands.waiting


def test_a_clock_that_jumps_costs_a_look_and_tells_nothing(kept: Kept) -> None:
    asyncio.run(kept.during(_jumps))


async def _after_a_jump(kept: Kept, watcher: Watcher) -> None:
    await kept.jump(-DAY)
    kept.watched.put(drifting("quiet"))
    await kept.until(lambda: any(e.application.name == "quiet" and e.what is What.NEW for e in kept.events))


def test_a_change_after_the_clock_was_set_back_is_told(kept: Kept) -> None:
    asyncio.run(kept.during(_after_a_jump))


async def _rollout(kept: Kept, watcher: Watcher) -> None:
    living = kept.watched.replay.living
    assert living is not None
    rolling = drifting("quiet")
    rolling.status["health"] = {"status": "Progressing"}
    kept.watched.put(rolling)
    await kept.until(lambda: any(e.application.name == "quiet" for e in kept.events))
    living.slip("quiet", settled("quiet").managed())
    await kept.until(lambda: kept.events[-1].what is What.GONE, speed=50)
    looks = watcher.status.looks
    for _ in range(100):
        await asyncio.sleep(0.01)
        kept.clock.pass_(10)
    assert watcher.status.looks - looks <= 6, "in 1000 s: each time twice as long"
    await kept.until(lambda: watcher.status.looks - looks >= 3, speed=500)


def test_what_a_rollout_comes_to_is_seen_without_a_word_of_argocd(kept: Kept) -> None:
    asyncio.run(kept.during(_rollout))


async def _login(monkeypatch: pytest.MonkeyPatch, kept: Kept, watcher: Watcher) -> None:
    kept.watched.replay.token = "another"
    kept.watched.put(drifting("quiet"))
    await kept.until(lambda: "reading" in watcher.status.troubles)
    monkeypatch.setenv("ARGOCD_AUTH_TOKEN", "another")
    kept.later = REST
    await kept.until(lambda: any(e.application.name == "quiet" for e in kept.events))
    assert kept.opened == 2
    assert not [event for event in kept.events if event.what is What.GONE]


def test_a_login_that_ran_out_is_read_anew(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    kept.watched.kubernetes = False
    monkeypatch.delenv("KUBECONFIG")
    asyncio.run(kept.during(partial(_login, monkeypatch)))


async def _lent(kept: Kept) -> list[bool]:
    closed: list[World] = []

    def opened() -> World:
        world = kept.open()

        async def close() -> None:
            await world.close()
            closed.append(found)

        found = replace(world, close=close)
        return found

    now = [0.0]
    worlds = Worlds(opened, kept.clock, lambda: now[0])
    first = worlds.now
    found = []
    async with worlds.lend():
        await worlds.failed(login=True)
        found.append(worlds.now is first)  # it was opened just now
        now[0] += REST
        await worlds.failed(login=True)
        found += [worlds.now is first, first in closed]
    found.append(first in closed)
    second = worlds.now
    for _ in range(9):
        await worlds.failed()
    now[0] += UNWELL
    found.append(worlds.now is second)  # it is waited for
    await worlds.failed()
    return [*found, worlds.now is second, second in closed]


def test_a_world_is_opened_anew_when_it_fails_for_long_and_closed_when_nobody_uses_it(kept: Kept) -> None:
    assert asyncio.run(_lent(kept)) == [True, False, False, True, True, False, True]
