"""One pace for all requests to a server: how many at once, and when everybody waits."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


@dataclass(frozen=True, slots=True)
class Patience:
    """How often a request is repeated, and the waits between, in seconds: `first` doubles up to `longest`."""

    retries: int = 4
    first: float = 0.5
    longest: float = 30.0

    def wait(self, attempt: int) -> float:
        """The wait after a failed attempt (0 is the first), with jitter, where the server names none."""
        return min(self.longest, self.first * 2.0**attempt) * random.uniform(0.75, 1.0)


class Pace:
    """Bounds requests in flight, and makes all of them wait when the server asks one to slow down.

    Once a request has used up its repetitions, further ones get a single attempt each until one succeeds: a server that
    is gone costs one patience, not one for each question.
    """

    def __init__(self, at_once: int = 8, patience: Patience | None = None) -> None:
        self.at_once = at_once
        self.patience = patience or Patience()
        self.slowed: Counter[str] = Counter()
        self._running = 0
        self._turn = asyncio.Condition()
        self._open_at = 0.0
        self._tired = False

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a free place and for the end of a pause; holds the place meanwhile."""
        async with self._turn:
            await self._turn.wait_for(lambda: self._running < self.at_once)
            self._running += 1
        try:
            while (left := self._open_at - asyncio.get_running_loop().time()) > 0:
                await asyncio.sleep(left)
            yield
        finally:
            self._running -= 1
            async with self._turn:
                self._turn.notify()

    def repeats(self, attempt: int) -> bool:
        """Whether a request may be repeated after a failed attempt (0 is the first)."""
        allowed = attempt < (0 if self._tired else self.patience.retries)
        self._tired = self._tired or not allowed
        return allowed

    def pause(self, seconds: float, why: str) -> None:
        """Make every request wait; a server that is too busy gets half as many at once from now on."""
        now = asyncio.get_running_loop().time()
        if now >= self._open_at and why in TOO_BUSY:  # one burst of refusals counts once
            self.at_once = max(1, self.at_once // 2)
        self._open_at = max(self._open_at, now + seconds)
        self.slowed[why] += 1

    def succeeded(self) -> None:
        """Be patient again: the server answers."""
        self._tired = False

    def notes(self) -> list[str]:
        """What slowed the reading down, for people."""
        return [
            f"{why} ({count} ×): {f'slowed down to {self.at_once} at a time' if why in TOO_BUSY else 'asked again'}"
            for why, count in sorted(self.slowed.items())
        ]


TOO_BUSY = ("429", "503")


def retry_after(header: str) -> float | None:
    """Seconds that a Retry-After header asks for (a number or a date, RFC 9110 10.2.3); None where it says nothing."""
    header = header.strip()
    if header.isdigit():
        return float(header)
    try:
        when = parsedate_to_datetime(header)
    except ValueError:
        return None
    return max(0.0, (when.replace(tzinfo=when.tzinfo or UTC) - datetime.now(UTC)).total_seconds())
