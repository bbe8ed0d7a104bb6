"""Which item of one list is which item of the other: by key where items have one, else by equality, else by place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from whydrift.core.model.identity import Identity
from whydrift.core.model.paths import ITEM_KEYS, Path
from whydrift.core.model.values import ABSENT, Json, MaybeJson, child

Pairs: TypeAlias = list[tuple[int | None, int | None]]
"""(index in the first list, index in the second list); None where an item has no partner. In the first list's order."""

COMPOSITE_KEYS = (("containerPort", "protocol"), ("port", "protocol"))
MOST_COMPARED = 10_000
"""How many pairs of changed items are scored by likeness; in a larger stretch they are paired by place."""


def align(a: list[Json], b: list[Json]) -> Pairs:
    """Pair the items of two lists; each index occurs once. Takes time linear in the lists where few items differ."""
    return _aligned(Identity(a), Identity(b)).pairs


class _Alignment(NamedTuple):
    pairs: Pairs
    partners: dict[int, int]
    """Index in the first list → index in the second."""


# Every difference of an object is looked up through the same few lists.
@lru_cache(maxsize=256)
def _aligned(a: Identity[list[Json]], b: Identity[list[Json]]) -> _Alignment:
    keys = _identities(a.value, b.value)
    pairs = _by_equality(a.value, b.value) if keys is None else _by_identity(*keys)
    return _Alignment(pairs, {i: j for i, j in pairs if i is not None and j is not None})


def _identities(a: list[Json], b: list[Json]) -> tuple[list[str], list[str]] | None:
    if not all(isinstance(item, dict) for item in (*a, *b)):
        return None
    for names in (*((key,) for key in ITEM_KEYS), *COMPOSITE_KEYS):
        left, right = _unique(a, names), _unique(b, names)
        if left is not None and right is not None:
            return left, right
    return None


def _unique(items: list[Json], names: tuple[str, ...]) -> list[str] | None:
    """The identities of all items by some fields; None where one has none or two share one."""
    found: dict[str, None] = {}
    for item in items:
        identity = _identity(item, names)
        if identity is None or identity in found:
            return None
        found[identity] = None
    return list(found)


def _identity(item: Json, names: tuple[str, ...]) -> str | None:
    values = [child(item, name) for name in names]
    if isinstance(values[0], str | int):
        return "\0".join("" if value is ABSENT else str(value) for value in values)
    return None


def _by_identity(left: list[str], right: list[str]) -> Pairs:
    places = {key: index for index, key in enumerate(right)}
    pairs: Pairs = [(index, places.pop(key, None)) for index, key in enumerate(left)]
    return pairs + [(None, index) for index in places.values()]


def _by_equality(a: list[Json], b: list[Json]) -> Pairs:
    partners = _equal_items([_spelling(item) for item in a], [_spelling(item) for item in b])
    if len(partners) < min(len(a), len(b)):
        _pair_rest([_spelling(item, loose=True) for item in a], [_spelling(item, loose=True) for item in b], partners)
    for olds, news in _stretches(len(a), len(b), partners):
        partners |= _similar_items(a, b, olds, news)
    taken = set(partners.values())
    pairs: Pairs = [(i, partners.get(i)) for i in range(len(a))]
    return pairs + [(None, j) for j in range(len(b)) if j not in taken]


def _equal_items(left: list[str], right: list[str]) -> dict[int, int]:
    """Equal items, moved ones too: those that occur once, equal neighbours of pairs, then by order (Heckel 1978)."""
    once_left, once_right = Counter(left), Counter(right)
    places = {spelling: j for j, spelling in enumerate(right) if once_right[spelling] == 1}
    partners = {i: places[s] for i, s in enumerate(left) if once_left[s] == 1 and s in places}
    taken = set(partners.values())
    for step, start, end in ((1, -1, -1), (-1, len(left), len(right))):
        _spread_to_neighbours(left, right, partners, taken, step, {**partners, start: end})
    _pair_rest(left, right, partners)
    return partners


def _pair_rest(left: list[str], right: list[str], partners: dict[int, int]) -> None:
    """Pair what is spelled alike and has no partner yet, in order."""
    taken = set(partners.values())
    free: dict[str, list[int]] = {}
    for j in range(len(right) - 1, -1, -1):
        if j not in taken:
            free.setdefault(right[j], []).append(j)
    for i, spelling in enumerate(left):
        if i not in partners and free.get(spelling):
            partners[i] = free[spelling].pop()


def _spread_to_neighbours(
    left: list[str], right: list[str], partners: dict[int, int], taken: set[int], step: int, known: dict[int, int]
) -> None:
    for start, end in sorted(known.items(), reverse=step < 0):
        i, j = start + step, end + step
        while 0 <= i < len(left) and 0 <= j < len(right) and left[i] == right[j] and i not in partners:
            if j in taken:
                break
            partners[i] = j
            taken.add(j)
            i, j = i + step, j + step


def _stretches(size_a: int, size_b: int, partners: dict[int, int]) -> list[tuple[list[int], list[int]]]:
    """The items without partner on both sides, by the pair that they stand behind."""
    olds = _behind(size_a, partners.get)
    back = {j: i for i, j in partners.items()}
    news = _behind(size_b, lambda j: j if j in back else None)
    return [(olds[anchor], news[anchor]) for anchor in olds if anchor in news]


def _behind(size: int, anchor_of: Callable[[int], int | None]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    anchor = -1
    for index in range(size):
        own = anchor_of(index)
        if own is None:
            found.setdefault(anchor, []).append(index)
        else:
            anchor = own
    return found


def _similar_items(a: list[Json], b: list[Json], olds: list[int], news: list[int]) -> dict[int, int]:
    """Pair what is left of one changed stretch, the most alike first; scalars, and very long stretches, by place."""
    if len(olds) * len(news) > MOST_COMPARED:
        return {i: j for i, j in zip(olds, news, strict=False) if _comparable(a[i], b[j])}
    scores = [(-likeness(a[i], b[j]), abs(x - y), i, j) for x, i in enumerate(olds) for y, j in enumerate(news)]
    partners: dict[int, int] = {}
    taken: set[int] = set()
    for _, _, i, j in sorted(scores):
        if i not in partners and j not in taken and _comparable(a[i], b[j]):
            partners[i] = j
            taken.add(j)
    return partners


def _comparable(a: Json, b: Json) -> bool:
    """Whether one may be the other, changed: maps that share a key (or lost all), or two values that are no maps."""
    if isinstance(a, dict) and isinstance(b, dict):
        return not a or not b or not a.keys().isdisjoint(b.keys())
    return not isinstance(a, dict) and not isinstance(b, dict)


def likeness(a: Json, b: Json) -> int:
    """How many leaves two values share: 0 for none."""
    if isinstance(a, dict) and isinstance(b, dict):
        return sum(1 + likeness(value, b[key]) for key, value in a.items() if key in b)
    if isinstance(a, list) and isinstance(b, list):
        return sum(likeness(x, y) for x, y in zip(a, b, strict=False))
    return 3 if a == b and type(a) is type(b) else 0


def _spelling(item: Json, loose: bool = False) -> str:
    """A text that equal values share; a `loose` one does not depend on the order of items in lists below."""
    if isinstance(item, dict):
        return "{" + ",".join(f"{key!r}:{_spelling(item[key], loose)}" for key in sorted(item)) + "}"
    if isinstance(item, list):
        parts = [_spelling(part, loose) for part in item]
        return "[" + ",".join(sorted(parts) if loose else parts) + "]"
    return repr(int(item)) if isinstance(item, float) and item.is_integer() else repr(item)


def locate(path: Path, there: MaybeJson, here: MaybeJson) -> Path | None:
    """The address in `here` of what stands at `path` in `there`; None where `here` has no such place.

    Lists are aligned on the way, so an index may change. The last step may be a map key that `here` lacks: then the
    place exists and is empty.
    """
    found: list[str | int] = []
    for depth, step in enumerate(path):
        if isinstance(step, int):
            step_here = _partner(step, there, here)
            if step_here is None:
                return None
            found.append(step_here)
        else:
            if not isinstance(here, dict) or (step not in here and depth < len(path) - 1):
                return None
            found.append(step)
        there, here = child(there, step), child(here, found[-1])
    return tuple(found)


def successor(path: Path, there: MaybeJson, here: MaybeJson) -> Path | None:
    """Where `here` has the item that took the place of one of `there`: of the same name, or the only one added."""
    place, around = locate(path, there, here), locate(path[:-1], there, here)
    if place is not None or around is None:
        return place
    theirs, own = child(there, *path[:-1]), child(here, *around)
    pairs = align(theirs, own) if isinstance(theirs, list) and isinstance(own, list) else []
    added = [j for i, j in pairs if i is None and j is not None]
    only = len(added) == 1 and [i for i, j in pairs if j is None] == [path[-1]]
    return (*around, added[0]) if only else None


def _partner(index: int, there: MaybeJson, here: MaybeJson) -> int | None:
    if not isinstance(there, list) or not isinstance(here, list):
        return None
    if there is here:
        return index if 0 <= index < len(here) else None
    return _aligned(Identity(there), Identity(here)).partners.get(index)


def at(path: Path, there: MaybeJson, here: MaybeJson) -> MaybeJson:
    """The value in `here` of what stands at `path` in `there`, or ABSENT."""
    place = locate(path, there, here)
    return ABSENT if place is None else child(here, *place)
