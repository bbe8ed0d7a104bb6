"""A filled store, and a browser on the machine that serves it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.stores import made
from tests.web.fleet import client_of, opened, site_of

from whydrift.adapters.store.store import SqlStore


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlStore]:
    """A filled store that the tests of a module share: they only read."""
    kept = opened(tmp_path_factory.mktemp("store"))
    yield kept
    kept.close()


@pytest.fixture(scope="module")
def client(store: SqlStore) -> TestClient:
    """Somebody on this machine."""
    return client_of(site_of(store))


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[SqlStore]:
    """A store in which nothing is."""
    kept = SqlStore(made(tmp_path), tmp_path)
    yield kept
    kept.close()
