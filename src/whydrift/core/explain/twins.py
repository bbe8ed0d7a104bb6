"""Items of one list that share the key by which a client-side apply merges the list: only one of them can stay.

Sources: patchMergeKey of the Go types (containerPort for ports, name for variables); strategicpatch/patch.go ::
mergeSliceWithoutSpecialElements, which merges each item of a patch into the first one that has its key.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from whydrift.core.compare.alignment import locate
from whydrift.core.compare.merge.patch_tags import MERGE, Schema
from whydrift.core.explain.subject import Subject
from whydrift.core.model.drift import Difference, Kind
from whydrift.core.model.paths import Path
from whydrift.core.model.values import ABSENT, Json, MaybeJson, child, is_object, items, same
from whydrift.errors import NotComparable


@dataclass(frozen=True, slots=True)
class Twins:
    """Items of git's list with one key: `key` is the field, `value` what they share, `places` where they stand."""

    list: Path
    key: str
    value: Json
    places: tuple[int, ...]
    stated: tuple[Json, ...]
    live: tuple[Json, ...]
    """The items of live's list that have the key."""
    live_paths: tuple[Path, ...]

    @property
    def merged(self) -> bool:
        """Whether live holds fewer of them, and in these nothing but what one of git's own states."""
        return 0 < len(self.live) < len(self.stated) and all(map(self._is_made_of, self.live))

    @property
    def running(self) -> tuple[int, ...]:
        """The places of those that live has as git states them, whatever the server filled in."""
        each = zip(self.places, self.stated, strict=True)
        return tuple(place for place, twin in each if any(_states_all_of(item, twin) for item in self.live))

    def _is_made_of(self, item: Json) -> bool:
        if not is_object(item):
            return False
        own = {name for twin in self.stated if is_object(twin) for name in twin}
        return all(self._states(name, part) for name, part in item.items() if name in own)

    def _states(self, name: str, part: Json) -> bool:
        return any(same(child(twin, name), part) for twin in self.stated)


def _states_all_of(item: Json, twin: Json) -> bool:
    return is_object(twin) and all(same(child(item, name), part) for name, part in twin.items())


def twins_at(subject: Subject, difference: Difference) -> Twins | None:
    """The twins that a difference is about; None where git states its item once, or the list is not merged by a key."""
    gone = difference.kind is Kind.EXTRA
    path, side = (difference.live_path, subject.object.live) if gone else (difference.path, subject.object.target)
    for depth, step in enumerate(path):
        if isinstance(step, int):
            found = _twins(subject, path[:depth], child(side, *path[: depth + 1]))
            if found is not None:
                return found
    return None


def _twins(subject: Subject, place: Path, item: MaybeJson) -> Twins | None:
    target, live = subject.object.target, subject.object.live
    key = merge_key(subject, place)
    value = child(item, key) if key else ABSENT
    if value is ABSENT or isinstance(value, dict | list):
        return None
    alike = [(number, each) for number, each in enumerate(items(target, *place)) if child(each, key) == value]
    if len(alike) < 2:
        return None
    there = locate(place, target, live)
    theirs = [] if there is None else list(enumerate(items(live, *there)))
    left = [((*(there or ()), number), each) for number, each in theirs if child(each, key) == value]
    places, stated = zip(*alike, strict=True)
    return Twins(place, key, value, places, stated, tuple(e for _, e in left), tuple(path for path, _ in left))


def merge_key(subject: Subject, place: Path) -> str:
    """The field by which a client-side apply merges a list of a built-in kind; "" where it does not merge it."""
    target = subject.object.target
    struct = subject.knowledge.types.of(target) if is_object(target) else None
    if struct is None or not place or isinstance(place[-1], int):
        return ""
    schema = Schema(subject.knowledge.types, struct)
    try:
        for step, below in pairwise(place):
            if isinstance(step, str):
                schema, _ = schema.of_list(step) if isinstance(below, int) else schema.of_map(step)
        _, tags = schema.of_list(str(place[-1]))
    except NotComparable:
        return ""
    return tags.merge_key if tags.strategy == MERGE else ""
