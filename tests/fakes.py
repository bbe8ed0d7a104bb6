"""Ports that are real, but need no time and no network."""

from __future__ import annotations

import asyncio
import heapq
from datetime import datetime, timedelta

START = "2026-11-01T00:00:00Z"


class FakeClock:
    """`ports.watching.Clock` whose time passes when it is told to, or `runs`: waits end in their order, at once."""

    def __init__(self, at: str = START, runs: bool = False) -> None:
        self._now = datetime.fromisoformat(at)
        self._set = timedelta(0)
        self._runs = runs
        self._waiting: list[tuple[datetime, int, asyncio.Future[None]]] = []
        self._waits = 0

    def now(self) -> str:
        """RFC 3339 in UTC, to the second."""
        return (self._now + self._set).strftime("%Y-%m-%dT%H:%M:%SZ")

    async def sleep(self, seconds: float) -> None:
        """Wait until so much time was let pass."""
        self._waits += 1
        future = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (self._now + timedelta(seconds=seconds), self._waits, future))
        if self._runs:
            asyncio.get_running_loop().call_soon(self._wake_next)
        await future

    def pass_(self, seconds: float) -> None:
        """Let time pass (or jump back, where it is negative); who waited for less goes on."""
        self._now += timedelta(seconds=seconds)
        while self._waiting and self._waiting[0][0] <= self._now:
            self._wake(heapq.heappop(self._waiting)[2])

    def jump(self, seconds: float) -> None:
        """Set the clock forth or back: nobody has waited any longer or shorter for that."""
        self._set += timedelta(seconds=seconds)

    def _wake_next(self) -> None:
        if self._waiting:
            due, _, future = heapq.heappop(self._waiting)
            self._now = max(self._now, due)
            self._wake(future)

    def _wake(self, future: asyncio.Future[None]) -> None:
        if not future.done():
            future.set_result(None)
