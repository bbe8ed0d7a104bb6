"""What a document holds once changes are made: values only, no text."""

from __future__ import annotations

from collections.abc import Sequence

from whydrift.core.model.paths import Path
from whydrift.core.model.remedy import Change
from whydrift.core.model.values import ABSENT, Absent, Json, MaybeJson, child, text
from whydrift.errors import NotEditable

GOES_WITH_ITS_LAST_KEY = frozenset({"annotations", "labels", "nodeSelector", "limits", "requests", "resources"})
"""Maps of an object that mean the same empty and absent, and of which the empty one is drift (measured.md 33)."""


def changed(value: MaybeJson, changes: Sequence[Change]) -> MaybeJson:
    """The value with all changes made; their paths are addresses in `value` as it is now. Nothing is mutated.

    What is set comes first, then what is dropped, list items from the last one: so that no path shifts another.
    NotEditable where a path leads through something that is neither map nor list.
    """
    for change in changes:
        if change.value is not ABSENT:
            value = _set(value, change.path, change.value)
    goes = GOES_WITH_ITS_LAST_KEY if text(value, "kind") else frozenset()
    dropped = [change.path for change in changes if change.value is ABSENT]
    for path in sorted(dropped, key=_by_index, reverse=True):
        value = _dropped(value, path, goes)
    return value


def _by_index(path: Path) -> tuple[tuple[int, str], ...]:
    return tuple((step, "") if isinstance(step, int) else (-1, step) for step in path)


def _set(here: MaybeJson, path: Path, value: Json | Absent) -> MaybeJson:
    if not path:
        return value
    step, rest = path[0], path[1:]
    if isinstance(step, int) and (isinstance(here, list) or here is ABSENT or here is None):
        items = list(here) if isinstance(here, list) else []
        if step > len(items):
            raise NotEditable(f"a list of {len(items)} items has no place {step}")
        made = _present(_set(child(items, step), rest, value))
        return [*items[:step], made, *items[step + 1 :]]
    if isinstance(step, str) and (isinstance(here, dict) or here is ABSENT or here is None):
        entries = here if isinstance(here, dict) else {}
        return {**entries, step: _present(_set(child(entries, step), rest, value))}
    raise NotEditable(f"{step} is no place in what is stated there")


def _present(value: MaybeJson) -> Json:
    if isinstance(value, Absent):
        raise NotEditable("nothing is no value")
    return value


def _dropped(here: MaybeJson, path: Path, goes: frozenset[str]) -> MaybeJson:
    if not path:
        return ABSENT
    step, rest = path[0], path[1:]
    inner = child(here, step)
    if inner is ABSENT:
        return here
    left = _dropped(inner, rest, goes)
    if isinstance(here, dict) and isinstance(step, str):
        gone = left is ABSENT or (left == {} and inner != {} and step in goes)
        return {
            key: _present(left) if key == step else value for key, value in here.items() if not (key == step and gone)
        }
    if isinstance(here, list) and isinstance(step, int):
        return [*here[:step], *([] if left is ABSENT else [_present(left)]), *here[step + 1 :]]
    return here
