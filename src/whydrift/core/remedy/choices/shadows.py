"""Which other difference a shadow belongs to: the one whose remedy closes both."""

from __future__ import annotations

from whydrift.core.model.paths import Path
from whydrift.core.model.remedy import Field
from whydrift.core.remedy.choices.case import Case

SHADOWS = frozenset({"engine-repaints-list", "generation-follows-change"})


def shadowed(case: Case) -> Field | None:
    """The nearest difference of the same object that is no shadow itself."""
    found = [
        finding.difference.path
        for finding in case.situation.findings.get(case.key, ())
        if finding.difference.shown and finding.explanations and finding.explanations[0].cause not in SHADOWS
    ]
    near = max(found, key=lambda path: _in_common(path, case.difference.path), default=None)
    return None if near is None else Field(case.key, near)


def _in_common(one: Path, other: Path) -> int:
    """How many steps two paths share from the root."""
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
