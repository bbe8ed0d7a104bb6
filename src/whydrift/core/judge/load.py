"""Capacity: what another number of pods means for the CPU that each of them uses."""

from __future__ import annotations

from fractions import Fraction

from whydrift.core.compare.differences import Change
from whydrift.core.explain.load import LIMITS, REQUESTS, cpu_share, unmeasured
from whydrift.core.explain.subject import Subject
from whydrift.core.model.fact_kinds import POD_METRICS


def load_after(subject: Subject, change: Change) -> str:
    """`; CPU per pod 45 % → 75 % of its request, 23 % → 38 % of its limit`; "" where none of it is known."""
    if POD_METRICS in subject.facts.gaps:
        return "; what its pods use was not read"
    lacking = unmeasured(subject)
    if lacking:
        return f"; what {lacking} of its pods use was not read"
    told = (_share(subject, change, bound) for bound in (REQUESTS, LIMITS))
    known = ", ".join(part for part in told if part)
    return f"; CPU per pod {known}" if known else ""


def _share(subject: Subject, change: Change, bound: str) -> str:
    before, after = (cpu_share(subject, number, bound) for number in (change.on_left, change.on_right))
    if before is None or after is None:
        return ""
    more = ", more than there is" if bound == LIMITS and after > 1 else ""
    return f"{_percent(before)} → {_percent(after)} of its {bound.removesuffix('s')}{more}"


def _percent(share: Fraction) -> str:
    return f"{round(share * 100)} %"
