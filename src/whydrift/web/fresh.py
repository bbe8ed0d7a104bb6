"""Pages that many ask for are made once, and shown for a moment.

Whoever comes to a page gets one that is at most SHOWN seconds old, at once, while a newer one is made: once a second at
most, and a tenth of the time at most is spent on it. A page that is told of a change asks for one of the last second.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple

AGE = 1.0
SHOWN = 10.0
PART = 0.1
"""Of the time that may be spent on making one page again and again."""
MOST_BYTES = 16 * 1024**2
AT_ONCE = 2
"""Pages that are made at a time: more threads than that only wait for each other."""


class Made(NamedTuple):
    """A page, when it was begun, and for how long it counts as new."""

    begun: float
    young: float
    page: bytes


class Fresh:
    """Keeps pages by what they show and to whom; bounded in bytes."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._made: OrderedDict[tuple[str, ...], Made] = OrderedDict()
        self._making: dict[tuple[str, ...], asyncio.Future[bytes]] = {}
        self._bytes = 0

    async def get(self, key: tuple[str, ...], make: Callable[[], bytes], newest: bool = False) -> bytes:
        """The page: one that is kept and young enough, one that is being made, or a new one, made in a thread."""
        kept = self._made.get(key)
        age = self._clock() - kept.begun if kept is not None else SHOWN
        if kept is not None and age <= (AGE if newest else kept.young):
            return kept.page
        making = self._begin(key, make)
        if kept is not None and age < SHOWN and not newest:
            return kept.page
        return await asyncio.shield(making)

    def _begin(self, key: tuple[str, ...], make: Callable[[], bytes]) -> asyncio.Future[bytes]:
        """The page that is being made."""
        making = self._making.get(key)
        if making is None:
            making = self._making[key] = asyncio.ensure_future(self._make(key, make))
            making.add_done_callback(lambda done: self._ended(key, done))
        return making

    def _ended(self, key: tuple[str, ...], done: asyncio.Future[bytes]) -> None:
        """Forget that it is being made; who waits for it sees why it failed, and where nobody does, the next will."""
        self._making.pop(key, None)
        if not done.cancelled():
            done.exception()

    async def _make(self, key: tuple[str, ...], make: Callable[[], bytes]) -> bytes:
        async with self._turn:
            begun = self._clock()
            made = await asyncio.to_thread(make)
        young = min(max(AGE, (self._clock() - begun) / PART), SHOWN)
        self._keep(key, Made(begun, young, made))
        return made

    def _keep(self, key: tuple[str, ...], made: Made) -> None:
        before = self._made.pop(key, None)
        self._bytes += len(made.page) - (len(before.page) if before else 0)
        self._made[key] = made
        while self._bytes > MOST_BYTES:
            _, forgotten = self._made.popitem(last=False)
            self._bytes -= len(forgotten.page)
