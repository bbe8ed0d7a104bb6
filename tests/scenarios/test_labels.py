"""Plans hold what was proven on real servers: edits, rules, places that do nothing, and what the fix came to."""

from __future__ import annotations

import asyncio

import pytest

from tests.scenarios.disagreements import disagreements
from tests.scenarios.planned import planned_for
from tests.scenarios.proven import Proven, proven

NOT_KNOWN = "the value that it needs is not known: only its author knows it"
COPIES_LISTS = "RespectIgnoreDifferences copies a custom resource's list whole: OutOfSync for good (measured.md 55)"
OTHERWISE: dict[str, tuple[str, str]] = {
    "c-policy-rules-multiply": ("rule", COPIES_LISTS),
    "c-route-weights-move": ("rule fixed", f"{COPIES_LISTS}, until its defaults are pinned: two steps, not one"),
    "e-checkout-bare-values-ssa": ("fixed", "the fix also drops an empty key, which is no difference"),
    "e-quotes-probe-delay": ("fixed", "zeros and spellings that nobody sees are mended as well"),
    "e-worker-reads-own-limits-ssa": ("fixed", "the fix also pins a default that does not show"),
    "o-chart-asks-for-a-value": ("fixed", NOT_KNOWN),
    "o-indent-slipped-in-a-manifest": ("fixed", NOT_KNOWN),
    "o-migration-ran-and-went-away": ("fixed", "another delete policy of a hook that runs once a sync"),
    "o-overlay-names-missing-file": ("fixed", NOT_KNOWN),
    "o-policy-refuses-latest": ("fixed", "git goes back to the tag that runs; which new one was meant is not known"),
    "o-port-out-of-range": ("fixed", "git goes back to the port that was taken; which new one was meant is not known"),
    "o-replicas-in-words": ("fixed", NOT_KNOWN),
    "r-beacon-identity-differs": ("edit fixed", "git keeps the identity that is in use, not another one"),
    "r-cache-password-never-settles": ("edit fixed", NOT_KNOWN),
    "r-rates-has-four-pods": ("edit fixed", "a drop sets 1 at the next client-side sync (measured.md 19)"),
    "s-chart-from-repository": ("unproven", "its chart is in a registry, which is not asked"),
    "s-same-name-in-two-namespaces": ("edit fixed", "a wider Role is taken back, not adopted (decisions.md)"),
}
"""Another right answer, or none: the kinds of disagreement by scenario, and why."""
PROVEN = list(proven())


async def _found(stated: Proven) -> list[str]:
    async with planned_for(stated.recording) as made:
        return await disagreements(made, stated)


@pytest.mark.parametrize("stated", PROVEN, ids=lambda stated: stated.name)
def test_a_plan_holds_what_was_proven(stated: Proven) -> None:
    """What it says otherwise is known by name, and nothing is known that is not so any more."""
    found = asyncio.run(_found(stated))
    kinds = {line[1 : line.index("]")] for line in found}
    assert kinds == set(OTHERWISE.get(stated.name, ("", ""))[0].split()), found
