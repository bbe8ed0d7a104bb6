"""Pages that many ask for are made once, and shown for a moment.

Whoever comes to a page gets one that is at most SHOWN seconds old, at once, while a newer one is made; a page that is
told of a change asks for one that is at most AGE seconds old.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable

AGE = 1.0
SHOWN = 5.0
MOST_BYTES = 16 * 1024**2
AT_ONCE = 4
"""Pages that are made at a time: more threads than that only wait for each other."""


class Fresh:
    """Keeps pages by what they show and to whom; bounded in bytes."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._made: OrderedDict[tuple[str, ...], tuple[float, bytes]] = OrderedDict()
        self._making: dict[tuple[str, ...], asyncio.Future[bytes]] = {}
        self._bytes = 0

    async def get(self, key: tuple[str, ...], make: Callable[[], bytes], newest: bool = False) -> bytes:
        """The page: one that is kept and young enough, one that is being made, or a new one, made in a thread."""
        kept = self._made.get(key)
        age = self._clock() - kept[0] if kept is not None else SHOWN + 1
        if kept is not None and age <= AGE:
            return kept[1]
        making = self._begin(key, make)
        if kept is not None and age <= SHOWN and not newest:
            return kept[1]
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
        self._keep(key, begun, made)
        return made

    def _keep(self, key: tuple[str, ...], begun: float, made: bytes) -> None:
        before = self._made.pop(key, None)
        self._bytes += len(made) - (len(before[1]) if before else 0)
        self._made[key] = (begun, made)
        while self._bytes > MOST_BYTES:
            _, (_, forgotten) = self._made.popitem(last=False)
            self._bytes -= len(forgotten)
