"""Errands: each application once, changes first, one more where it changes during a run; and where a stream stands."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from whydrift.core.model.finding import ApplicationName
from whydrift.usecases.watch.errands import Errand, Errands

PATIENCE = 60.0


def name(number: int) -> ApplicationName:
    return ApplicationName("", "argocd", f"app-{number}")


async def _burst() -> list[str]:
    errands = Errands()
    for _ in range(100):
        errands.put(name(1), forced=False)
    running = await errands.next()
    for _ in range(100):
        errands.put(name(1), forced=True)
    assert errands.waiting == 1
    errands.done(running)
    second = await errands.next()
    errands.done(second)
    await asyncio.wait_for(errands.all_done(), PATIENCE)
    return [str(running.forced), str(second.forced)]


def test_a_burst_is_one_run_and_one_more() -> None:
    assert asyncio.run(_burst()) == ["False", "True"]


async def _order() -> list[str]:
    errands = Errands()
    for number in (1, 2, 3):
        errands.put(name(number), forced=True, urgent=False)
    errands.put(name(3), forced=False)
    errands.put(name(9), forced=False)
    found = []
    for _ in range(4):
        errand = await errands.next()
        found.append(f"{errand.name.name} {errand.forced}")
        errands.done(errand)
    return found


def test_what_changed_comes_before_what_is_only_due() -> None:
    assert asyncio.run(_order()) == ["app-3 True", "app-9 False", "app-1 True", "app-2 True"]


STEPS = st.lists(st.tuples(st.sampled_from(["put", "due", "next", "done", "fail"]), st.integers(0, 4)), max_size=60)


@dataclass
class Desk:
    """Errands, those that run, and what was asked for and not run since, with where the stream stood before."""

    errands: Errands = field(default_factory=Errands)
    running: list[Errand] = field(default_factory=list)
    owed: dict[ApplicationName, int] = field(default_factory=dict)
    position: int = 0

    async def put(self, number: int) -> None:
        self.errands.put(name(number), forced=False, before=str(self.position))
        self.owed.setdefault(name(number), self.position)
        self.position += 1

    async def due(self, number: int) -> None:
        self.errands.put(name(number), forced=True, urgent=False)

    async def next(self, number: int) -> None:
        with suppress(TimeoutError):
            errand = await asyncio.wait_for(self.errands.next(), 0.001)
            assert errand.name not in [one.name for one in self.running]
            self.running.append(errand)

    async def done(self, number: int) -> None:
        if self.running:
            errand = self.running.pop(0)
            self.errands.done(errand)
            if not self.errands.has(errand.name):
                self.owed.pop(errand.name, None)

    async def fail(self, number: int) -> None:
        if self.running:
            errand = self.running.pop(0)
            self.errands.done(errand)
            self.errands.put_back(errand)
            assert self.errands.has(errand.name)

    def check(self) -> None:
        assert all(self.errands.has(each) for each in self.owed)
        stands = self.errands.stands("", str(self.position))
        assert int(stands) <= min(self.owed.values(), default=self.position)
        assert self.owed or stands == str(self.position)


async def _law(steps: list[tuple[str, int]]) -> None:
    desk = Desk()
    for step, number in steps:
        await getattr(desk, step)(number)
        desk.check()
    while desk.running or desk.errands.waiting:
        for errand in desk.running:
            desk.errands.done(errand)
        desk.running = [await asyncio.wait_for(desk.errands.next(), PATIENCE)] if desk.errands.waiting else []
    await asyncio.wait_for(desk.errands.all_done(), PATIENCE)


@given(STEPS)
def test_nothing_that_was_asked_for_is_lost_and_nothing_runs_twice_at_once(steps: list[tuple[str, int]]) -> None:
    asyncio.run(_law(steps))


async def _position() -> list[str]:
    errands = Errands()
    found = [errands.stands("", "10")]
    errands.put(name(1), forced=False, before="10")
    errands.put(name(2), forced=False, before="11")
    errands.put(name(3), forced=True, urgent=False)
    found.append(errands.stands("", "12"))
    first = await errands.next()
    second = await errands.next()
    errands.done(second)
    found.append(errands.stands("", "12"))
    errands.put(name(1), forced=False, before="12")
    errands.done(first)
    found.append(errands.stands("", "13"))
    errands.done(await errands.next())
    found.append(errands.stands("", "13"))
    return found


def test_a_stream_stands_before_the_oldest_errand_that_it_asked_for() -> None:
    assert asyncio.run(_position()) == ["10", "10", "10", "12", "13"]
