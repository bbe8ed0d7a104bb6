"""Capacity: what another number of pods means for the CPU that each of them uses."""

from __future__ import annotations

from fractions import Fraction

from whydrift.core.compare.differences import Change
from whydrift.core.explain.load import cpu_share
from whydrift.core.explain.subject import Subject


def load_after(subject: Subject, change: Change) -> str:
    """`; CPU per pod 45 % → 75 % of its request`; "" where the pods' metrics or requests are not known."""
    before, after = cpu_share(subject, change.on_left), cpu_share(subject, change.on_right)
    if before is None or after is None:
        return ""
    return f"; CPU per pod {_percent(before)} → {_percent(after)} of its request"


def _percent(share: Fraction) -> str:
    return f"{round(share * 100)} %"
