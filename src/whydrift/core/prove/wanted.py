"""What an edit is wanted to make of git's object, and how two objects are said to differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from whydrift.core.compare.differences import changes as changed_places
from whydrift.core.model.paths import Path, starts_with
from whydrift.core.model.remedy import Change
from whydrift.core.model.values import ABSENT, JsonObject, MaybeJson


def wanted(target: MaybeJson, changes: Sequence[Change]) -> MaybeJson:
    """The target with all changes made. Paths address it as it was, so items go last and from the end."""
    made = target
    for change in sorted((c for c in changes if c.value is not ABSENT), key=lambda c: _order(c.path)):
        made = _with(made, change.path, change.value)
    for change in sorted((c for c in changes if c.value is ABSENT), key=lambda c: _order(c.path), reverse=True):
        made = _with(made, change.path, ABSENT)
    return made


def _order(path: Path) -> tuple[tuple[bool, int, str], ...]:
    """Items of a list in their order, whatever lies beside them."""
    return tuple((isinstance(s, int), s, "") if isinstance(s, int) else (False, 0, s) for s in path)


def _with(value: MaybeJson, path: Path, new: MaybeJson) -> MaybeJson:
    """A copy of a value with something else at a path; what lacks on the way is made, unless it is for a drop."""
    if not path:
        return new
    step, rest = path[0], path[1:]
    if isinstance(step, int):
        here = list(value) if isinstance(value, list) else []
        inner = _with(here[step] if step < len(here) else ABSENT, rest, new)
        return [*here[:step], *([] if inner is ABSENT else [inner]), *here[step + 1 :]]
    if value is ABSENT and new is ABSENT:
        return ABSENT
    fields: JsonObject = dict(value) if isinstance(value, dict) else {}
    inner = _with(fields.get(step, ABSENT), rest, new)
    if inner is ABSENT:
        return {key: part for key, part in fields.items() if key != step}
    return {**fields, step: inner}


def outside(left: MaybeJson, right: MaybeJson, allowed: Sequence[Path]) -> Iterator[Path]:
    """Every place where two objects differ that is neither at nor below an allowed path."""
    if left is ABSENT or right is ABSENT:
        yield from () if left is right else [()]
        return
    for change in changed_places(left, right):
        if not any(starts_with(change.left, path) or starts_with(change.right, path) for path in allowed):
            yield change.left if change.on_left is not ABSENT else change.right
