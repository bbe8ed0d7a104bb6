"""Where two renders of one object are unlike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from whydrift.core.compare.differences import changes as changed_places
from whydrift.core.model.paths import Path, starts_with
from whydrift.core.model.remedy import Change
from whydrift.core.model.values import ABSENT, MaybeJson, child, is_empty


def outside(left: MaybeJson, right: MaybeJson, allowed: Sequence[Path]) -> Iterator[Path]:
    """Every place where two objects differ that is neither at nor below an allowed path."""
    if left is ABSENT or right is ABSENT:
        yield from () if left is right else [()]
        return
    for change in changed_places(left, right):
        if not any(starts_with(change.left, path) or starts_with(change.right, path) for path in allowed):
            yield change.left if change.on_left is not ABSENT else change.right


def unwanted(made: MaybeJson, aim: MaybeJson, changes: Sequence[Change]) -> Iterator[Path]:
    """Every place where a render is not what was aimed at; what a drop empties may also go, or be null."""
    emptied = {change.path[:-1] for change in changes if change.value is ABSENT and change.path}
    for place in outside(made, aim, ()):
        nothing = all(side is ABSENT or is_empty(side) for side in (child(made, *place), child(aim, *place)))
        if not (nothing and place in emptied):
            yield place
