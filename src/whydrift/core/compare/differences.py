"""Two sides of one object → its differences, leaf by leaf, each addressed in both sides.

Argo CD's own two sides (`predictedLiveState`, `normalizedLiveState`) decide *what* differs; git's and the cluster's raw
objects give the values. Laws (tests/laws): equal sides have no difference; applying all to the target gives live.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from whydrift.core.compare.alignment import Pairs, align, locate
from whydrift.core.model.drift import Difference, Kind
from whydrift.core.model.paths import Path, starts_with
from whydrift.core.model.values import ABSENT, Json, MaybeJson, child, same

SPREAD = ("annotations", "labels")
"""Maps whose entries are told one by one, also where the whole map is missing on one side."""


class Change(NamedTuple):
    """A place where two sides differ: its address in each (both end alike), and whether only the order does."""

    left: Path
    right: Path
    order: bool = False


def changes(left: MaybeJson, right: MaybeJson, at: tuple[Path, Path] = ((), ())) -> Iterator[Change]:
    """Every place where `left` and `right` differ, deepest common containers first entered."""
    if isinstance(left, dict) and isinstance(right, dict):
        for key in (*left, *(key for key in right if key not in left)):
            below = ((*at[0], key), (*at[1], key))
            yield from changes(left.get(key, ABSENT), right.get(key, ABSENT), below)
    elif isinstance(left, list) and isinstance(right, list):
        yield from _list_changes(left, right, at)
    elif _spread(left, right, at[0]):
        yield from changes({} if left is ABSENT else left, {} if right is ABSENT else right, at)
    elif not same(left, right):
        yield Change(*at)


def _spread(left: MaybeJson, right: MaybeJson, path: Path) -> bool:
    values = [side for side in (left, right) if side is not ABSENT]
    return len(values) == 1 and isinstance(values[0], dict) and bool(values[0]) and path[-1:] in {(x,) for x in SPREAD}


def _list_changes(left: list[Json], right: list[Json], at: tuple[Path, Path]) -> Iterator[Change]:
    pairs = align(left, right)
    if _moved(pairs):
        yield Change(*at, order=True)
    for i, j in pairs:
        if i is None:
            assert j is not None
            yield Change((*at[0], j), (*at[1], j))
        elif j is None:
            yield Change((*at[0], i), (*at[1], i))
        else:
            yield from changes(left[i], right[j], ((*at[0], i), (*at[1], j)))


def _moved(pairs: Pairs) -> bool:
    places = [j for i, j in pairs if i is not None and j is not None]
    return places != sorted(places)


def differences(target: MaybeJson, live: MaybeJson) -> tuple[Difference, ...]:
    """The differences between a target and a live object as they stand; ABSENT is an object that does not exist."""
    return tuple(_difference(change, target, live, target, live) for change in _changes_of(target, live))


def shown_differences(
    predicted: MaybeJson, normalized_live: MaybeJson, target: MaybeJson, live: MaybeJson
) -> tuple[Difference, ...]:
    """What Argo CD shows as different, with the values and addresses of the raw target and live."""
    found = (
        _difference(change, predicted, normalized_live, target, live)
        for change in _changes_of(predicted, normalized_live)
    )
    return tuple({(d.path, d.live_path, d.order): d for d in found}.values())


def _changes_of(left: MaybeJson, right: MaybeJson) -> Iterator[Change]:
    if left is ABSENT or right is ABSENT:
        if left is not right:
            yield Change((), ())
    else:
        yield from changes(left, right)


def _difference(change: Change, left: MaybeJson, right: MaybeJson, target: MaybeJson, live: MaybeJson) -> Difference:
    on_left, on_right = _value(left, right, change.left, change.right)
    path, git = _in_raw(change.left, left, target, on_left)
    live_path, cluster = _in_raw(change.right, right, live, on_right)
    if git is ABSENT and on_left is not ABSENT and on_right is not ABSENT and cluster is ABSENT:
        git, cluster = on_left, on_right
    if git is ABSENT:
        path = _mixed(path, live_path, target, live)
    if cluster is ABSENT:
        live_path = _mixed(live_path, path, live, target)
    kind = Kind.EXTRA if git is ABSENT else Kind.MISSING if cluster is ABSENT else Kind.MODIFIED
    return Difference(path=path, live_path=live_path, kind=kind, target=git, live=cluster, order=change.order)


def _value(left: MaybeJson, right: MaybeJson, at_left: Path, at_right: Path) -> tuple[MaybeJson, MaybeJson]:
    """The values of a change; an item that one side lacks is not the one that happens to stand at its index there."""
    a, b = child(left, *at_left), child(right, *at_right)
    if at_left and isinstance(at_left[-1], int):
        partners = align(*_parents(left, right, at_left, at_right))
        if not any(i == at_left[-1] and j == at_right[-1] for i, j in partners):
            only_left = any(i == at_left[-1] and j is None for i, j in partners)
            only_right = any(j == at_right[-1] and i is None for i, j in partners)
            if only_left and only_right:
                return a, ABSENT
            return (a, ABSENT) if only_left else (ABSENT, b)
    return a, b


def _parents(left: MaybeJson, right: MaybeJson, at_left: Path, at_right: Path) -> tuple[list[Json], list[Json]]:
    a, b = child(left, *at_left[:-1]), child(right, *at_right[:-1])
    assert isinstance(a, list) and isinstance(b, list)
    return a, b


def _in_raw(path: Path, compared: MaybeJson, raw: MaybeJson, value: MaybeJson) -> tuple[Path, MaybeJson]:
    """Address and value in the raw object of what stands at `path` in the compared one; ABSENT where `value` is."""
    if value is ABSENT:
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


def hidden_differences(target: MaybeJson, live: MaybeJson, shown: tuple[Difference, ...]) -> tuple[Difference, ...]:
    """What differs between the raw sides and is not shown; without what only the server writes and nobody states."""
    if target is ABSENT or live is ABSENT:
        return ()
    raw = differences(target, live)
    return tuple(
        replace(d, shown=False) for d in raw if not _server_owned(d) and not any(_overlap(d, s) for s in shown)
    )


def _server_owned(difference: Difference) -> bool:
    return any(starts_with(difference.live_path, prefix) for prefix in SERVER_OWNED)


def _overlap(a: Difference, b: Difference) -> bool:
    return starts_with(a.path, b.path) or starts_with(b.path, a.path)


def apply(target: MaybeJson, found: tuple[Difference, ...], live: MaybeJson) -> MaybeJson:
    """The target with every difference carried out; `live` gives the place of what only it has. Equals live (a law)."""
    if any(difference.whole for difference in found):
        return found[0].live
    by_live = {difference.live_path: difference for difference in found if not difference.order}
    return _rebuild(target, live, by_live, ())


def _rebuild(target: MaybeJson, live: MaybeJson, found: dict[Path, Difference], path: Path) -> MaybeJson:
    if path in found and found[path].kind is not Kind.MISSING:
        return found[path].live
    if isinstance(target, dict) and isinstance(live, dict):
        kept = {key: value for key, value in target.items() if not _gone(found, (*path, key))}
        keys = (
            *(key for key in live if key in kept or _below(found, (*path, key))),
            *(key for key in kept if key not in live),
        )
        rebuilt = {key: _rebuild(target.get(key, ABSENT), live.get(key, ABSENT), found, (*path, key)) for key in keys}
        return {key: value for key, value in rebuilt.items() if value is not ABSENT}
    if isinstance(target, list) and isinstance(live, list):
        partner = {j: i for i, j in align(target, live) if i is not None and j is not None}
        pairs = [(target[partner[j]] if j in partner else ABSENT, item, j) for j, item in enumerate(live)]
        rebuilt_items = [_rebuild(mine, item, found, (*path, j)) for mine, item, j in pairs]
        return [item for item in rebuilt_items if item is not ABSENT]
    if target is ABSENT and isinstance(live, dict) and any(_below(found, (*path, key)) for key in live):
        return _rebuild({}, live, found, path)
    return target


def _gone(found: dict[Path, Difference], path: Path) -> bool:
    return path in found and found[path].kind is Kind.MISSING


def _below(found: dict[Path, Difference], path: Path) -> bool:
    return any(place[: len(path)] == path for place in found)
