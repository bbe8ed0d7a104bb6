"""A process that tells until it is killed: `python -m tests.usecases.telling_process FOLDER URL AHEAD`.

Its clock is AHEAD seconds ahead, so that claims of one that was killed have ended. It prints a line when it begins.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import datetime, timedelta
from pathlib import Path

from whydrift.adapters.clock import SystemClock
from whydrift.adapters.notify import open_notifier
from whydrift.adapters.store.store import SqlStore
from whydrift.core.notice.lines import Telling
from whydrift.core.notice.routes import Route
from whydrift.usecases.announce import Channel
from whydrift.usecases.deliver import Pace, keep_telling


class AheadClock(SystemClock):
    """The machine's clock, put forward."""

    def __init__(self, seconds: int) -> None:
        self._ahead = timedelta(seconds=seconds)

    def now(self) -> str:
        """RFC 3339 in UTC, to the second."""
        return (datetime.fromisoformat(super().now()) + self._ahead).strftime("%Y-%m-%dT%H:%M:%SZ")


def main() -> None:
    """Tell for ever."""
    folder, url, ahead = sys.argv[1:]
    store = SqlStore("", Path(folder))
    channels = [Channel(Route(name="chat"), open_notifier("webhook", url, "", "", "", {}))]
    sys.stdout.write("begun\n")
    sys.stdout.flush()
    clock = AheadClock(int(ahead))
    asyncio.run(keep_telling(store, channels, Telling(), clock, Pace(0, 0.02, 0.02), lambda said: None))


if __name__ == "__main__":
    main()
