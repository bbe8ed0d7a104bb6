"""An empty database of each kind that a store may be in."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.postgres import Postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database."""
    if request.param == "sqlite":
        return str(tmp_path / "whydrift.db")
    server: Postgres = request.getfixturevalue("postgres")
    return server.database()
