"""What an edit in git makes of target so that a difference goes away: changes at addresses of the target."""

from __future__ import annotations

from collections.abc import Sequence

from whydrift.core.compare.alignment import align, at
from whydrift.core.model.drift import Difference, Kind
from whydrift.core.model.paths import Path
from whydrift.core.model.remedy import Change
from whydrift.core.model.secrets import masked
from whydrift.core.model.values import ABSENT, Json, MaybeJson, child, items
from whydrift.core.remedy.text.wanted import changed


def towards_live(difference: Difference, target: MaybeJson) -> tuple[Change, ...]:
    """git says what live says: the live value, the live order, or nothing where live has nothing."""
    if difference.kind is Kind.MISSING or difference.live is ABSENT:
        return (Change(difference.path, ABSENT),)
    if difference.order and isinstance(difference.target, list) and isinstance(difference.live, list):
        return (Change(difference.path, _in_order_of(difference.live, difference.target)),)
    return (Change(_added_at(difference, target), difference.live),)


def without(difference: Difference) -> tuple[Change, ...]:
    """git says nothing here."""
    return (Change(difference.path, ABSENT),)


def empties(changes: Sequence[Change], target: MaybeJson, live: MaybeJson) -> bool:
    """Whether changes take every item out of a list of target's in which live has some."""
    made, lists = changed(target, changes), {change.path[:-1] for change in changes if change.value is ABSENT}
    return any(child(made, *path) == [] and at(path, target, live) not in ([], None, ABSENT) for path in lists)


def holds_secret(value: MaybeJson) -> bool:
    """Whether a value is masked, in whole or in part: then nobody but its owner can write it."""
    if isinstance(value, dict):
        return any(holds_secret(part) for part in value.values())
    if isinstance(value, list):
        return any(holds_secret(item) for item in value)
    return isinstance(value, str) and (masked(value) or (len(value) > 1 and set(value) == {"+"}))


def _in_order_of(live: list[Json], target: list[Json]) -> list[Json]:
    """git's own items in live's order; what live lacks stays last."""
    places = {mine: theirs for mine, theirs in align(target, live) if mine is not None and theirs is not None}
    ordered = sorted(range(len(target)), key=lambda mine: (places.get(mine, len(live)), mine))
    return [target[mine] for mine in ordered]


def _added_at(difference: Difference, target: MaybeJson) -> Path:
    """Where it stands in target: an item that only live has is appended to git's list."""
    if difference.kind is not Kind.EXTRA or not difference.path or not isinstance(difference.path[-1], int):
        return difference.path
    parent = difference.path[:-1]
    return (*parent, len(items(target, *parent))) if isinstance(child(target, *parent), list) else difference.path
