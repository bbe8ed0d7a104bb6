"""A change of a map or a list as changes of its parts."""

from __future__ import annotations

from collections.abc import Iterator

from whydrift.core.model.paths import Path
from whydrift.core.model.remedy import Change
from whydrift.core.model.values import ABSENT, Absent, Json, MaybeJson, child, same


def partial_changes(path: Path, old: Json, new: Json) -> Iterator[Change]:
    """What must change below a path, so that `old` becomes `new`."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in [*old, *(key for key in new if key not in old)]:
            yield from _difference((*path, key), old.get(key, ABSENT), new.get(key, ABSENT))
    elif isinstance(old, list) and isinstance(new, list):
        for place in range(max(len(old), len(new))):
            yield from _difference((*path, place), child(old, place), child(new, place))


def _difference(path: Path, old: MaybeJson, new: MaybeJson) -> Iterator[Change]:
    if old is ABSENT or new is ABSENT or type(old) is not type(new) or not isinstance(old, dict | list):
        if not same(old, new):
            yield Change(path, new)
    elif not isinstance(new, Absent):
        yield from partial_changes(path, old, new)
