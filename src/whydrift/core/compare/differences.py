"""Two sides of one object → its differences, leaf by leaf, each addressed in both sides.

Argo CD's own two sides (`predictedLiveState`, `normalizedLiveState`) decide *what* differs; git's and the cluster's raw
objects give the values. Laws (tests/laws): equal sides have no difference; applying all to the target gives live.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from whydrift.core.compare.alignment import Pairs, align, locate, successor
from whydrift.core.compare.renamed import gone_items, is_renamed, is_swapped
from whydrift.core.model.drift import Difference, Kind
from whydrift.core.model.paths import Path, starts_with
from whydrift.core.model.values import ABSENT, Json, MaybeJson, child, same

SPREAD = ("annotations", "labels")
"""Maps whose entries are told one by one, also where the whole map is missing on one side."""


class Change(NamedTuple):
    """A place where two sides differ: its address and value in each, and whether only the order of its items does.

    The addresses end alike. An item that one side lacks has the other side's index in both.
    """

    left: Path
    right: Path
    on_left: MaybeJson
    on_right: MaybeJson
    order: bool = False


def changes(left: MaybeJson, right: MaybeJson, at: tuple[Path, Path] = ((), ())) -> Iterator[Change]:
    """Every place where `left` and `right` differ, deepest common containers first entered."""
    if isinstance(left, dict) and isinstance(right, dict):
        for key in () if same(left, right) else (*left, *(key for key in right if key not in left)):
            below = ((*at[0], key), (*at[1], key))
            yield from changes(left.get(key, ABSENT), right.get(key, ABSENT), below)
    elif isinstance(left, list) and isinstance(right, list):
        yield from () if same(left, right) else _list_changes(left, right, at)
    elif _spread(left, right, at[0]):
        yield from changes({} if left is ABSENT else left, {} if right is ABSENT else right, at)
    elif not same(left, right):
        yield Change(*at, left, right)


def _spread(left: MaybeJson, right: MaybeJson, path: Path) -> bool:
    values = [side for side in (left, right) if side is not ABSENT]
    return len(values) == 1 and isinstance(values[0], dict) and bool(values[0]) and path[-1:] in {(x,) for x in SPREAD}


def _list_changes(left: list[Json], right: list[Json], at: tuple[Path, Path]) -> Iterator[Change]:
    pairs = align(left, right)
    if _moved(pairs):
        yield Change(*at, left, right, order=True)
    for i, j in pairs:
        if i is None:
            assert j is not None
            yield Change((*at[0], j), (*at[1], j), ABSENT, right[j])
        elif j is None:
            yield Change((*at[0], i), (*at[1], i), left[i], ABSENT)
        else:
            yield from changes(left[i], right[j], ((*at[0], i), (*at[1], j)))


def _moved(pairs: Pairs) -> bool:
    places = [j for i, j in pairs if i is not None and j is not None]
    return places != sorted(places)


def differences(target: MaybeJson, live: MaybeJson) -> tuple[Difference, ...]:
    """The differences between a target and a live object as they stand; ABSENT is an object that does not exist."""
    return shown_differences(target, live, target, live)


def shown_differences(
    predicted: MaybeJson, normalized_live: MaybeJson, target: MaybeJson, live: MaybeJson
) -> tuple[Difference, ...]:
    """What Argo CD shows as different, with the values and addresses of the raw target and live."""
    found = [
        _difference(change, predicted, normalized_live, target, live)
        for change in _changes_of(predicted, normalized_live)
    ]
    added = {d.live_path for d in found if d.kind is Kind.EXTRA}
    told = (part for whole in found for part in _in_place(whole, added, target, live))
    return tuple({(d.path, d.live_path, d.kind, d.order): d for d in told}.values())


def _changes_of(left: MaybeJson, right: MaybeJson) -> Iterator[Change]:
    if left is ABSENT or right is ABSENT:
        if left is not right:
            yield Change((), (), left, right)
    else:
        yield from changes(left, right)


def _difference(change: Change, left: MaybeJson, right: MaybeJson, target: MaybeJson, live: MaybeJson) -> Difference:
    path, git = _in_raw(change.left, left, target, change.on_left)
    live_path, cluster = _in_raw(change.right, right, live, change.on_right)
    if git is ABSENT and cluster is ABSENT:
        git, cluster = change.on_left, change.on_right
    if git is ABSENT:
        path = _mixed(path, live_path, target, live)
    if cluster is ABSENT:
        live_path = _mixed(live_path, path, live, target)
    kind = Kind.EXTRA if git is ABSENT else Kind.MISSING if cluster is ABSENT else Kind.MODIFIED
    return Difference(path=path, live_path=live_path, kind=kind, target=git, live=cluster, order=change.order)


def _in_place(found: Difference, added: set[Path], target: MaybeJson, live: MaybeJson) -> Iterator[Difference]:
    """The difference itself; for an item whose key was changed in place, the fields in which it is another one."""
    gone = found.kind is Kind.MISSING and bool(found.path) and isinstance(found.path[-1], int)
    place = successor(found.path, target, live) if gone else None
    item = ABSENT if place is None else child(live, *place)
    if place is None or place in added or not is_renamed(found.target, item):
        yield found
        return
    for change in changes(found.target, item, (found.path, place)):
        if change.on_left is not ABSENT:
            kind = Kind.MISSING if change.on_right is ABSENT else Kind.MODIFIED
            yield Difference(change.left, change.right, kind, change.on_left, change.on_right, change.order)


def _in_raw(path: Path, compared: MaybeJson, raw: MaybeJson, value: MaybeJson) -> tuple[Path, MaybeJson]:
    """Address and value in the raw object of what stands at `path` in the compared one.

    A field that the compared side lacks may stand in the raw one (re-encoding drops zeros); an item may not: at its
    index stands another one.
    """
    if value is ABSENT and (not path or isinstance(path[-1], int)):
        return path, ABSENT
    place = locate(path, compared, raw)
    return (path, ABSENT) if place is None else (place, child(raw, *place))


def _mixed(path: Path, other: Path, own: MaybeJson, theirs: MaybeJson) -> Path:
    """The address of a place that `own` lacks: `own`'s indices as far as it goes, then the other side's."""
    for length in range(len(other) - 1, -1, -1):
        prefix = locate(other[:length], theirs, own)
        if prefix is not None and (child(own, *prefix) is not ABSENT or not prefix):
            return (*prefix, *other[length:])
    return other if other else path


SERVER_OWNED = (
    ("status",),
    ("metadata", "managedFields"),
    ("metadata", "uid"),
    ("metadata", "resourceVersion"),
    ("metadata", "generation"),
    ("metadata", "creationTimestamp"),
    ("metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration"),
)


def hidden_differences(
    target: MaybeJson, live: MaybeJson, shown: tuple[Difference, ...], *, extras: bool = True
) -> tuple[Difference, ...]:
    """What differs between the raw sides and is not shown; without what only the server writes and nobody states.

    Without `extras` what only live has is left out: nearly all of it is defaults, and most objects have nothing else.
    """
    if target is ABSENT or live is ABSENT:
        return ()
    told, whole = {d.path for d in shown}, {d.path for d in shown if not d.order}
    above, gone = set(_prefixes(told)), gone_items(shown)
    wanted = (change for change in changes(target, live) if extras or change.on_left is not ABSENT)
    found = (_hidden(change, target, live) for change in wanted if not is_server_owned(change.right))
    unseen = (d for d in found if is_swapped(d, gone) or d.path not in above)
    return tuple(d for d in unseen if is_swapped(d, gone) or whole.isdisjoint(_prefixes([d.path])))


def _hidden(change: Change, target: MaybeJson, live: MaybeJson) -> Difference:
    """A difference of the raw sides, whose addresses need no translation."""
    path, live_path, git, cluster, order = change
    if git is ABSENT:
        return Difference(
            _mixed(path, live_path, target, live), live_path, Kind.EXTRA, git, cluster, order, shown=False
        )
    if cluster is ABSENT:
        return Difference(path, _mixed(live_path, path, live, target), Kind.MISSING, git, cluster, order, shown=False)
    return Difference(path, live_path, Kind.MODIFIED, git, cluster, order, shown=False)


def is_server_owned(live_path: Path) -> bool:
    """Whether only the server writes this place of a live object."""
    return any(starts_with(live_path, prefix) for prefix in SERVER_OWNED)


def _prefixes(paths: Iterable[Path]) -> Iterator[Path]:
    """Every path with all that lie above it, itself included."""
    return (path[:length] for path in paths for length in range(len(path) + 1))


def apply(target: MaybeJson, found: tuple[Difference, ...], live: MaybeJson) -> MaybeJson:
    """The target with all its differences carried out; `live` gives the order of items. Equals live (a law)."""
    return _Rebuilding.of(found).value(target, live, ((), ()))


@dataclass(frozen=True, slots=True)
class _Rebuilding:
    """Differences by address: what is written (by place in live), what is gone (by place in the target)."""

    written: dict[Path, MaybeJson]
    touched: frozenset[Path]
    gone: frozenset[Path]

    @classmethod
    def of(cls, found: tuple[Difference, ...]) -> _Rebuilding:
        """The differences sorted by what they do; those of order say nothing that the addresses do not."""
        written = {d.live_path: d.live for d in found if d.kind is not Kind.MISSING and not d.order}
        gone = frozenset(d.path for d in found if d.kind is Kind.MISSING)
        return cls(written, frozenset(_prefixes(written)), gone)

    def value(self, target: MaybeJson, live: MaybeJson, at: tuple[Path, Path]) -> MaybeJson:
        """What becomes of one place."""
        if at[0] in self.gone and at[1] not in self.touched:
            return ABSENT
        if at[1] in self.written:
            return self.written[at[1]]
        if isinstance(target, list) and isinstance(live, list):
            return self._list(target, live, at)
        if isinstance(target, dict) and (isinstance(live, dict) or _spread(target, live, at[0])):
            return self._map(target, live if isinstance(live, dict) else {}, at) or (ABSENT if live is ABSENT else {})
        if target is ABSENT and isinstance(live, dict) and at[1] in self.touched:
            return self._map({}, live, at)
        return target

    def _map(self, target: dict[str, Json], live: dict[str, Json], at: tuple[Path, Path]) -> dict[str, Json]:
        keys = (*target, *(key for key in live if key not in target))
        rebuilt = {
            key: self.value(target.get(key, ABSENT), live.get(key, ABSENT), ((*at[0], key), (*at[1], key)))
            for key in keys
        }
        return {key: value for key, value in rebuilt.items() if value is not ABSENT}

    def _list(self, target: list[Json], live: list[Json], at: tuple[Path, Path]) -> list[Json]:
        pairs = sorted(((j, i) for i, j in align(target, live) if j is not None), key=lambda pair: pair[0])
        rebuilt = [
            self.written.get((*at[1], j), ABSENT)
            if i is None
            else self.value(target[i], live[j], ((*at[0], i), (*at[1], j)))
            for j, i in pairs
        ]
        return [value for value in rebuilt if value is not ABSENT]
