"""Steps of whole plans that a label does not tell."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.replay.recorded import RECORDINGS, corpus
from tests.scenarios.planned import planned_for
from whydrift.core.model.plan import Step
from whydrift.core.model.remedy import Safety
from whydrift.core.remedy.batches import BLOCKING
from whydrift.core.remedy.steps import steps

CARRIED = {path.stem: path for path in RECORDINGS}


def test_an_application_from_a_set_is_changed_where_the_set_is_stated() -> None:
    """By a commit, never by a patch that the set's controller takes back."""

    async def kinds() -> list[tuple[str, str]]:
        async with planned_for(CARRIED["s-generated-by-a-set"]) as made:
            return [(step.kind, step.where) for step in steps(made.plan.offers)]

    assert ("commit", "appsets/ratings.yaml:25") in asyncio.run(kinds())


SHARED = [
    path for path in corpus() if path.name in ("e-cart-exported", "e-front-weight-made-one", "e-quotes-probe-delay")
]


@pytest.mark.skipif(not SHARED, reason="the corpus is not on this machine")
@pytest.mark.parametrize("recording", SHARED, ids=lambda path: path.name)
def test_steps_of_one_object_do_not_claim_what_others_close(recording: Path) -> None:
    """Their proof is made with all of them in place; what is carried out unasked stands on nothing that is left."""

    async def made() -> tuple[Step, ...]:
        async with planned_for(recording) as plan:
            return steps(plan.plan.offers)

    found = asyncio.run(made())
    closes = [line for step in found for line in step.proof.closes]
    assert len(found) > 1 and len(closes) == len(set(closes)) > 0
    commits = [step for step in found if step.kind == "commit" and step.causes[0] not in BLOCKING]
    ranks = [2 if step.proof.why_not else step.safety is not Safety.SAFE for step in commits]
    assert ranks == sorted(ranks)
