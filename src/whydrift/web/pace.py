"""How fast one client may ask: a bucket of tokens each, a bounded number of buckets."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable

MOST_CLIENTS = 10_000


class Buckets:
    """A bucket a client: `burst` requests at once, `rate` a second on the long run."""

    def __init__(self, rate: float, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._burst = float(burst)
        self._clock = clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, client: str) -> int:
        """Take a token: 0 where there was one, else the seconds until there is."""
        now = self._clock()
        left, at = self._left.pop(client, (self._burst, now))
        left = min(self._burst, left + max(now - at, 0.0) * self._rate)
        taken = left >= 1
        self._left[client] = (left - 1 if taken else left, now)
        while len(self._left) > MOST_CLIENTS:
            self._left.popitem(last=False)
        return 0 if taken else max(1, math.ceil((1 - left) / self._rate))
