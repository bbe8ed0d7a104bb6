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
    if difference.target is ABSENT or difference.live is ABSENT or not answers_as_live(subject, difference):
        return None
    return Evidence(
        "dry run", f"applied with {quoted(difference.target)}, the server answers {quoted(difference.live)}"
    )


def answers_as_live(subject: Subject, difference: Difference) -> bool | None:
    """Whether the dry run's answer has live's value here; None where there was none."""
    answer = subject.facts.maybe(DRY_RUN)
    if answer is None or difference.whole:
        return None
    return same(at(difference.live_path, subject.object.live, answer), difference.live)
