"""A store in each of the databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from whydrift.adapters.store.store import SqlStore


@pytest.fixture
def store(url: str, tmp_path: Path) -> Iterator[SqlStore]:
    """A store in it."""
    opened = SqlStore(url, tmp_path)
    yield opened
    opened.close()
