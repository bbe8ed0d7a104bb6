"""Several applications at a time: in their order, and none waits for a large one before it."""

from __future__ import annotations

import asyncio

import pytest

from whydrift import wiring
from whydrift.core.model.application import Application
from whydrift.settings import Connection
from whydrift.usecases.triage import AHEAD, Look, triage

MANY = 3 * AHEAD


async def told(slow: int, until: int, seconds: float) -> tuple[list[str], int]:
    """What comes of many applications, the slow one of which waits until another is begun; most at a time."""
    opened = wiring.open_source(Connection(recording="demo"))
    how = Look(opened.reader(""), wiring.analysis(opened.settings, False))
    begun, running, most = asyncio.Event(), 0, 0

    async def make(application: Application, how: Look) -> str:
        nonlocal running, most
        running, most = running + 1, max(most, running + 1)
        if application.name == str(until):
            begun.set()
        await (begun.wait() if application.name == str(slow) else asyncio.sleep(0))
        running -= 1
        return application.name

    applications = (Application({"metadata": {"name": str(number)}}) for number in range(MANY))
    try:
        async with asyncio.timeout(seconds):
            return [name async for name in triage(applications, how, make)], most
    finally:
        await opened.close()


def test_a_slow_application_holds_up_few_of_those_after_it() -> None:
    """It is told in its place; as many as may wait for it are done meanwhile."""
    names, most = asyncio.run(told(slow=5, until=5 + AHEAD - 1, seconds=20))
    assert names == [str(number) for number in range(MANY)]
    assert most == Look.at_once


def test_no_more_answers_than_that_wait_for_it() -> None:
    """Else a fleet of any size would stand in memory: what comes later is not even begun."""
    with pytest.raises(TimeoutError):
        asyncio.run(told(slow=5, until=5 + AHEAD, seconds=0.5))
