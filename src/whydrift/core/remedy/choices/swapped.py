"""Lists of which live has no item that git states, and others instead: they are taken over as a whole, or not at all.

To adopt that one item is gone would leave an empty list; to adopt that another one was added would leave both.
"""

from __future__ import annotations

from whydrift.core.compare.alignment import align
from whydrift.core.explain.hands import is_hand
from whydrift.core.explain.writers import is_argocd
from whydrift.core.model.drift import Kind
from whydrift.core.model.paths import Path
from whydrift.core.model.remedy import Change
from whydrift.core.model.values import Json, MaybeJson, items
from whydrift.core.remedy.choices.case import Case
from whydrift.core.remedy.choices.changes import towards_live

TAKEN_OVER = frozenset(
    {
        "person-edits-live",
        "ignore-rule-hides-change",
        "both-sides-changed",
        "rolled-back-in-argocd",
        "sync-is-failing",
    }
)
"""The causes of which git may take over that an item is gone."""


def taken_over(case: Case) -> tuple[Change, ...]:
    """What makes git say what live says; none where that would leave a list of git's empty that live's is not."""
    difference = case.difference
    path, target = difference.path[:-1], case.subject.object.target
    stated, there = _items(target, difference.path), _items(case.subject.object.live, difference.live_path)
    if not stated or not there or any(None not in pair for pair in align(stated, there)):
        return towards_live(difference, target)
    if _is_one_swap(case, path, len(stated)) and _is_by_hand(case, len(there)):
        return (Change(path, there),)
    return () if difference.kind is Kind.MISSING else towards_live(difference, target)


def _items(side: MaybeJson, path: Path) -> list[Json]:
    """The items of the list that a path leads into; none where it leads into none."""
    return items(side, *path[:-1]) if path and isinstance(path[-1], int) else []


def _is_one_swap(case: Case, path: Path, stated: int) -> bool:
    """Whether all items of git's are gone for one cause, of which git may take that over."""
    found = [
        finding.cause
        for finding in case.situation.findings.get(case.key, ())
        if finding.difference.kind is Kind.MISSING and finding.difference.path[:-1] == path
    ]
    return len(found) == stated and len(set(found)) == 1 and found[0] in TAKEN_OVER


def _is_by_hand(case: Case, there: int) -> bool:
    """Whether nobody but people and Argo CD owns an item that live has instead."""
    around, subject = case.difference.live_path[:-1], case.subject
    owners = (entry for place in range(there) for entry in subject.object.owners((*around, place)))
    return all(is_hand(subject, entry) or is_argocd(subject, entry) for entry in owners)
