"""Where a place of the rendered object is in something that states a part of it: items of lists found by their key."""

from __future__ import annotations

from whydrift.core.model.paths import Path, item_key
from whydrift.core.model.remedy import Change
from whydrift.core.model.values import ABSENT, Json, MaybeJson, child, items, same


def located(target: MaybeJson, path: Path, value: MaybeJson) -> Path:
    """As much of a path of `target` as `value` states, as a path in `value`."""
    found: list[str | int] = []
    for depth, step in enumerate(path):
        own = step if isinstance(step, str) else _item(child(target, *path[:depth]), step, value)
        if own is None or child(value, own) is ABSENT:
            break
        found.append(own)
        value = child(value, own)
    return tuple(found)


def _item(siblings: MaybeJson, index: int, stated: MaybeJson) -> int | None:
    """Which item is meant by an index of the rendered list: the one of its key, else the very same, else the index."""
    if not isinstance(siblings, list) or not isinstance(stated, list) or index >= len(siblings):
        return None
    key = item_key(siblings[index], siblings)
    if key is not None:
        name = child(siblings[index], key)
        return next((place for place, item in enumerate(stated) if same(child(item, key), name)), None)
    alike = next((place for place, item in enumerate(stated) if same(item, siblings[index])), None)
    return alike if alike is not None else index if len(stated) == len(siblings) else None


def change_in(target: MaybeJson, change: Change, value: MaybeJson) -> Change | None:
    """A change of `target` as one of something that states a part of it; None where there is nothing to drop.

    What it does not state yet is stated around the new value; an item of a list brings the key that it is found by.
    """
    place = located(target, change.path, value)
    rest = change.path[len(place) :]
    if not rest:
        return Change(place, change.value)
    if change.value is ABSENT:
        return None
    known = change.path[: len(place)]
    here = child(value, *place)
    first: str | int = len(items(value, *place)) if isinstance(rest[0], int) else rest[0]
    if isinstance(first, int) and not isinstance(here, list):
        return None
    return Change((*place, first), _around(target, (*known, rest[0]), rest[1:], change.value))


def _around(target: MaybeJson, path: Path, rest: Path, new: Json) -> Json:
    """The value for `path` that holds nothing but the new one at `rest` below it."""
    key = _key(target, path)
    if not rest:
        return new
    inner = _around(target, (*path, rest[0]), rest[1:], new)
    return {**key, rest[0]: inner} if isinstance(rest[0], str) else [inner]


def _key(target: MaybeJson, path: Path) -> dict[str, Json]:
    """The key that an item of a list is found by, with its value; {} where a path is no item's."""
    siblings, item = child(target, *path[:-1]), child(target, *path)
    if not path or not isinstance(path[-1], int) or not isinstance(siblings, list) or item is ABSENT:
        return {}
    key = item_key(item, siblings)
    value = child(item, key) if key is not None else ABSENT
    return {} if key is None or value is ABSENT else {key: value}
