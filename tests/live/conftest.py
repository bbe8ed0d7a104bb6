"""Real servers for the tests in this folder; without WHYDRIFT_LIVE, which names their folder, each is skipped."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from tests.live.ground import Deployed, Ground

from whydrift.core.model.values import Json

LIVE = os.environ.get("WHYDRIFT_LIVE", "")

Deploy = Callable[..., Deployed]
"""`deploy(files, **spec)`: an application with these files in git, synced."""


@pytest.fixture(scope="session")
def ground() -> Ground:
    """The servers. Skips where no environment names them; fails where it does and they are not there."""
    if not LIVE:
        pytest.skip("no real servers: WHYDRIFT_LIVE=FOLDER names the folder of their env file")
    found = Ground.at(Path(LIVE))
    found.argocd("GET", "/api/version")
    return found


@pytest.fixture
def deploy(ground: Ground) -> Iterator[Deploy]:
    """Makes applications with names of their own, and removes them after the test."""
    made: list[Deployed] = []

    def one(files: Mapping[str, str], **spec: Json) -> Deployed:
        deployed = Deployed(ground, f"live-{uuid.uuid4().hex[:10]}", spec)
        made.append(deployed)
        deployed.commit(files, "first version")
        deployed.create()
        deployed.sync()
        return deployed

    yield one
    for deployed in made:
        deployed.remove()
