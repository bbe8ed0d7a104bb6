"""What commands that read the store share: the store, open for a moment, and times in the past."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from whydrift.core.model.times import later, spelled
from whydrift.errors import UsageError
from whydrift.settings import read_settings

if TYPE_CHECKING:
    from whydrift.ports.watching import Store

SPAN = re.compile(r"(\d{1,5})([hdw])")
HOURS = {"h": 1, "d": 24, "w": 168}


@contextmanager
def open_store(url: str) -> Iterator[Store]:
    """The store that is named, else the user's own."""
    from whydrift import wiring

    store = wiring.open_store(read_settings(os.environ, Path.home(), Path.cwd()), url)
    try:
        yield store
    finally:
        store.close()


def now() -> str:
    """The time, in UTC."""
    return spelled(datetime.now(UTC))


def back_to(stated: str, at: str) -> str:
    """A time before `at`: `30d`, `12h`, `2w`, a date or a time (RFC 3339). UsageError where it is none of these."""
    span = SPAN.fullmatch(stated)
    try:
        if span:
            return later(at, -int(span[1]) * HOURS[span[2]] * 3600)
        found = datetime.fromisoformat(stated)
        return spelled(found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC))
    except (ValueError, OverflowError) as error:
        raise UsageError(f"--since {stated}: write 30d, 12h, 2w, a date or a time: 2026-11-01T08:00:00Z") from error
