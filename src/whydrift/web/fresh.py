"""Pages that many ask for at once are made once, and shown for a moment: at most AGE seconds old."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable

AGE = 1.0
MOST_BYTES = 16 * 1024**2
AT_ONCE = 4
"""Pages that are made at a time: more threads than that only wait for each other."""


class Fresh:
    """Keeps pages by what they show and to whom; bounded in bytes."""

    def __init__(self, age: float = AGE, clock: Callable[[], float] = time.monotonic) -> None:
        self._age = age
        self._clock = clock
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._made: OrderedDict[tuple[str, ...], tuple[float, bytes]] = OrderedDict()
        self._making: dict[tuple[str, ...], asyncio.Future[bytes]] = {}
        self._bytes = 0

    async def get(self, key: tuple[str, ...], make: Callable[[], bytes]) -> bytes:
        """The page: one that is kept and fresh, one that is being made, or a new one, made in a thread."""
        kept = self._made.get(key)
        if kept is not None and self._clock() - kept[0] <= self._age:
            return kept[1]
        making = self._making.get(key)
        if making is None:
            making = asyncio.ensure_future(self._make(key, make))
            self._making[key] = making
            making.add_done_callback(lambda _: self._making.pop(key, None))
        return await asyncio.shield(making)

    async def _make(self, key: tuple[str, ...], make: Callable[[], bytes]) -> bytes:
        async with self._turn:
            begun = self._clock()
            made = await asyncio.to_thread(make)
        self._keep(key, begun, made)
        return made

    def _keep(self, key: tuple[str, ...], begun: float, made: bytes) -> None:
        before = self._made.pop(key, None)
        self._bytes += len(made) - (len(before[1]) if before else 0)
        self._made[key] = (begun, made)
        while self._bytes > MOST_BYTES:
            _, (_, forgotten) = self._made.popitem(last=False)
            self._bytes -= len(forgotten)
