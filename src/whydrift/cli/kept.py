"""What commands that read the store share: the store, open for a moment, and the time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from whydrift.core.model.times import spelled
from whydrift.settings import read_settings

if TYPE_CHECKING:
    from whydrift.ports.watching import Store


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
