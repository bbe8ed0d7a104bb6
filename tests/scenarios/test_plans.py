"""Steps of whole plans that a label does not tell."""

from __future__ import annotations

import asyncio

from tests.replay.recorded import RECORDINGS
from tests.scenarios.planned import planned_for
from whydrift.core.remedy.steps import steps

CARRIED = {path.stem: path for path in RECORDINGS}


def test_an_application_from_a_set_is_changed_where_the_set_is_stated() -> None:
    """By a commit, never by a patch that the set's controller takes back."""

    async def kinds() -> list[tuple[str, str]]:
        async with planned_for(CARRIED["s-generated-by-a-set"]) as made:
            return [(step.kind, step.where) for step in steps(made.plan.offers)]

    assert ("commit", "appsets/ratings.yaml:25") in asyncio.run(kinds())
