"""A store in each of the databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.postgres import Postgres
from tests.stores import made

from whydrift.adapters.store.store import SqlStore


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database with the tables of a store, of each kind that it may be in."""
    if request.param == "sqlite":
        return made(tmp_path)
    server: Postgres = request.getfixturevalue("postgres")
    return server.store()


@pytest.fixture
def store(url: str, tmp_path: Path) -> Iterator[SqlStore]:
    """A store in it."""
    opened = SqlStore(url, tmp_path)
    yield opened
    opened.close()
