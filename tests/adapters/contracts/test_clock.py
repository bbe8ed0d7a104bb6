"""What every clock keeps: it tells RFC 3339 in UTC, and waiting takes as long as was asked for, in its own time."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from tests.fakes import FakeClock

from whydrift.adapters.clock import SystemClock
from whydrift.ports.watching import Clock


@pytest.fixture(params=["the machine's", "a fake"])
def clock(request: pytest.FixtureRequest) -> Clock:
    return SystemClock() if request.param == "the machine's" else FakeClock(runs=True)


def seconds(at: str) -> float:
    return datetime.strptime(at, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp()


def test_waiting_takes_as_long_as_was_asked_for(clock: Clock) -> None:
    async def waited() -> float:
        before = seconds(clock.now())
        await clock.sleep(1.2)
        return seconds(clock.now()) - before

    assert 1 <= asyncio.run(waited()) <= 60


def test_who_waits_for_less_goes_on_first(clock: Clock) -> None:
    async def order() -> list[float]:
        woken: list[float] = []

        async def wait(amount: float) -> None:
            await clock.sleep(amount)
            woken.append(amount)

        await asyncio.gather(wait(0.2), wait(0.1), wait(0.0))
        return woken

    assert asyncio.run(order()) == [0.0, 0.1, 0.2]


def test_a_fake_clock_stands_until_it_is_told() -> None:
    async def told() -> tuple[bool, str]:
        clock = FakeClock("2026-11-01T00:00:00Z")
        waiting = asyncio.create_task(clock.sleep(60))
        await asyncio.sleep(0)
        clock.pass_(59)
        await asyncio.sleep(0)
        early = waiting.done()
        clock.pass_(1)
        await waiting
        return early, clock.now()

    assert asyncio.run(told()) == (False, "2026-11-01T00:01:00Z")
