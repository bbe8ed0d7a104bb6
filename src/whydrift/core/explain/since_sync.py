"""What changed since the last sync at one place: git's side, the cluster's, or both."""

from __future__ import annotations

from typing import Final

from whydrift.core.compare.alignment import align, at
from whydrift.core.compare.typed.quantity import parse_quantity
from whydrift.core.explain.allocations import is_allocated
from whydrift.core.explain.empties import replaces_source
from whydrift.core.explain.subject import Subject
from whydrift.core.explain.writers import others
from whydrift.core.model.drift import Difference, Kind
from whydrift.core.model.values import ABSENT, Json, MaybeJson, child, is_empty, same

_TEXTS: Final = frozenset({"data", "stringData", "binaryData", "annotations", "labels", "env", "args", "command"})


def git_changed(subject: Subject, difference: Difference) -> bool:
    """Whether git says something else here than the last sync wrote; nothing and an empty value are one.

    Not where the API server keeps the empty value apart: `failedJobsHistoryLimit: 0`, `automountServiceAccountToken`.
    """
    base, target = subject.base_at(difference), difference.target
    if same(base, target):
        return False
    return not (_is_blank(base) and _is_blank(target)) or _is_kept_empty(subject, difference, base)


def _is_kept_empty(subject: Subject, difference: Difference, base: MaybeJson) -> bool:
    """Whether one of two blanks is a zero or false that the server stores: live holds it, or a built-in type does."""
    if base is not ABSENT:
        return base in (0, "") and same(base, difference.live)
    stated = difference.target
    kept = stated in (0, "") and same(child(subject.stored, *difference.path), stated)
    return kept and not subject.custom


def cluster_changed(subject: Subject, difference: Difference) -> bool:
    """Whether live no longer holds what the last sync wrote here; what the API server adds to it is no change."""
    base, live, typed = subject.base_at(difference), difference.live, _TEXTS.isdisjoint(difference.path)
    silent = _is_blank(base) and _is_blank(live) and not _overrides_default(subject, difference)
    if (silent and not replaces_source(subject, difference)) or _stays(subject, difference, base):
        return False
    if difference.order and isinstance(base, list) and isinstance(live, list):
        return not _holds_in_order(live, base, typed)
    return not holds(live, base, typed=typed)


def _overrides_default(subject: Subject, difference: Difference) -> bool:
    """Whether live holds a zero where the last sync left it to a default that says something else."""
    filled = at(difference.path, subject.object.target, subject.stored_base)
    return difference.live is not ABSENT and subject.base_at(difference) is ABSENT and not _is_blank(filled)


def _stays(subject: Subject, difference: Difference, base: MaybeJson) -> bool:
    """Whether live has what became of the base: a default or the server's choice for nothing, an item's other key."""
    path, live = difference.path, difference.live
    if base is ABSENT and is_allocated(subject.key, difference.live_path):
        return live is not ABSENT and not others(subject, difference)
    if base is ABSENT and difference.kind is Kind.MODIFIED:
        return same(at(path, subject.object.target, subject.stored_base), live)
    if live is ABSENT and base is not ABSENT and path and isinstance(path[-1], int):
        beside = child(subject.object.live, *difference.live_path[:-1])
        return isinstance(beside, list) and any(holds(item, base, typed=True) for item in beside)
    return False


def _holds_in_order(live: list[Json], written: list[Json], typed: bool) -> bool:
    pairs = zip(live, written, strict=False)
    return len(live) == len(written) and all(holds(item, part, typed=typed) for item, part in pairs)


def holds(live: MaybeJson, written: MaybeJson, *, typed: bool) -> bool:
    """Whether live has all that was written; `typed` values may be respelled as quantities (`1000m` is `1`)."""
    if isinstance(live, dict) and isinstance(written, dict):
        return all(
            _is_blank(part) or holds(live.get(key, ABSENT), part, typed=typed and key not in _TEXTS)
            for key, part in written.items()
        )
    if isinstance(live, list) and isinstance(written, list):
        return len(live) == len(written) and all(
            i is not None and j is not None and holds(live[j], written[i], typed=typed) for i, j in align(written, live)
        )
    return same(live, written) or (typed and _is_same_amount(live, written))


def _is_same_amount(a: MaybeJson, b: MaybeJson) -> bool:
    amounts = [_amount(value) for value in (a, b)]
    return amounts[0] is not None and amounts[0] == amounts[1]


def _amount(value: MaybeJson) -> object:
    if isinstance(value, str):
        return parse_quantity(value)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _is_blank(value: MaybeJson) -> bool:
    return value is ABSENT or is_empty(value)
