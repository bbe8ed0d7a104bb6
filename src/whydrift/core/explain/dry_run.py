"""What the server's dry run says of a difference: git's object, applied, comes back as live has it."""

from __future__ import annotations

from whydrift.core.compare.alignment import at
from whydrift.core.explain.evidence import quoted
from whydrift.core.explain.subject import Subject
from whydrift.core.model.drift import Difference
from whydrift.core.model.explanation import Evidence
from whydrift.core.model.fact_kinds import DRY_RUN
from whydrift.core.model.values import ABSENT, same


def returned(subject: Subject, difference: Difference) -> Evidence | None:
    """That the server turns what git states into what live has.

    Only where git states a value: what git leaves out stays as it is in live, whoever wrote it, and proves nothing.
    """
    answer = subject.facts.maybe(DRY_RUN)
    if answer is None or difference.whole or difference.target is ABSENT or difference.live is ABSENT:
        return None
    if not same(at(difference.live_path, subject.object.live, answer), difference.live):
        return None
    return Evidence(
        "dry run", f"applied with {quoted(difference.target)}, the server answers {quoted(difference.live)}"
    )
