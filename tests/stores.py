"""Stores whose tables are made: making them takes a hundred times as long as opening one, and has tests of its own."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from whydrift.adapters.store.engine import FILE
from whydrift.adapters.store.store import SqlStore


@cache
def _empty() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        SqlStore("", Path(folder)).close()
        return (Path(folder) / FILE).read_bytes()


def made(folder: Path) -> str:
    """An empty SQLite store of this version in a folder, where none is in it; its path."""
    place = folder / FILE
    if not place.exists():
        folder.mkdir(parents=True, exist_ok=True)
        place.write_bytes(_empty())
    return str(place)
