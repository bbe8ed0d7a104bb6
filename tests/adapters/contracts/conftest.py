"""A store in each of the databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.postgres import Postgres

from whydrift.adapters.store.store import SqlStore


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database."""
    if request.param == "sqlite":
        return str(tmp_path / "whydrift.db")
    server: Postgres = request.getfixturevalue("postgres")
    return server.database()


@pytest.fixture
def store(url: str, tmp_path: Path) -> Iterator[SqlStore]:
    """A store in it."""
    opened = SqlStore(url, tmp_path)
    yield opened
    opened.close()
