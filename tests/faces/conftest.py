"""What the tests of `apply` share: a process that runs it, and a fleet to run it on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faces import command
from tests.small_fleet.mortal import Runner
from tests.small_fleet.server import small_fleet
from tests.small_fleet.situation import Situation


@pytest.fixture
def runner() -> Runner:
    """A process that runs whydrift many times."""
    return command.runner()


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Situation]:
    """A fleet with the shop in it."""
    with small_fleet() as fleet:
        yield Situation(fleet, tmp_path)
