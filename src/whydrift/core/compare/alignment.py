"""Which item of one list is which item of the other: by key where items have one, else by equality, else by place."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TypeAlias

from whydrift.core.model.paths import ITEM_KEYS, Path
from whydrift.core.model.values import ABSENT, Json, MaybeJson, child

Pairs: TypeAlias = list[tuple[int | None, int | None]]
"""(index in the first list, index in the second list); None where an item has no partner. In the first list's order."""


def align(a: list[Json], b: list[Json]) -> Pairs:
    """Pair the items of two lists; each index occurs once."""
    keys = _identities(a, b)
    if keys is not None:
        return _by_identity(*keys)
    return _by_equality(a, b)


def _identities(a: list[Json], b: list[Json]) -> tuple[list[str], list[str]] | None:
    if not all(isinstance(item, dict) for item in (*a, *b)):
        return None
    for names in (*((key,) for key in ITEM_KEYS), ("containerPort", "protocol"), ("port", "protocol")):
        left, right = [_identity(item, names) for item in a], [_identity(item, names) for item in b]
        if None not in left and None not in right and len(set(left)) == len(left) and len(set(right)) == len(right):
            return [str(x) for x in left], [str(x) for x in right]
    return None


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
    left, right = [_spelling(item) for item in a], [_spelling(item) for item in b]
    partner: dict[int, int] = {}
    rest: list[tuple[list[int], list[int]]] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if tag == "equal":
            partner.update(zip(range(i1, i2), range(j1, j2), strict=True))
        else:
            rest.append((list(range(i1, i2)), list(range(j1, j2))))
    _pair_moved(left, right, partner)
    for olds, news in rest:
        _pair_similar(
            a, b, [i for i in olds if i not in partner], [j for j in news if j not in partner.values()], partner
        )
    taken = set(partner.values())
    pairs: Pairs = [(i, partner.get(i)) for i in range(len(a))]
    return pairs + [(None, j) for j in range(len(b)) if j not in taken]


def _pair_moved(left: list[str], right: list[str], partner: dict[int, int]) -> None:
    taken = set(partner.values())
    free: dict[str, list[int]] = {}
    for j, spelling in enumerate(right):
        if j not in taken:
            free.setdefault(spelling, []).append(j)
    for i, spelling in enumerate(left):
        if i not in partner and free.get(spelling):
            partner[i] = free[spelling].pop(0)


def _pair_similar(a: list[Json], b: list[Json], olds: list[int], news: list[int], partner: dict[int, int]) -> None:
    """Pair what is left of one changed stretch, the most alike first; scalars of one stretch by place."""
    scores = [(-likeness(a[i], b[j]), abs(x - y), i, j) for x, i in enumerate(olds) for y, j in enumerate(news)]
    taken: set[int] = set()
    for score, _, i, j in sorted(scores):
        if i not in partner and j not in taken and (score < 0 or not isinstance(a[i], dict)):
            partner[i] = j
            taken.add(j)


def likeness(a: Json, b: Json) -> int:
    """How many leaves two values share: 0 for none."""
    if isinstance(a, dict) and isinstance(b, dict):
        return sum(1 + likeness(value, b[key]) for key, value in a.items() if key in b)
    if isinstance(a, list) and isinstance(b, list):
        return sum(likeness(x, y) for x, y in zip(a, b, strict=False))
    return 3 if a == b and type(a) is type(b) else 0


def _spelling(item: Json) -> str:
    if isinstance(item, dict):
        return "{" + ",".join(f"{key!r}:{_spelling(item[key])}" for key in sorted(item)) + "}"
    if isinstance(item, list):
        return "[" + ",".join(map(_spelling, item)) + "]"
    return repr(float(item)) if isinstance(item, int | float) and not isinstance(item, bool) else repr(item)


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


def _partner(index: int, there: MaybeJson, here: MaybeJson) -> int | None:
    if not isinstance(there, list) or not isinstance(here, list):
        return None
    return next((j for i, j in align(there, here) if i == index), None)


def at(path: Path, there: MaybeJson, here: MaybeJson) -> MaybeJson:
    """The value in `here` of what stands at `path` in `there`, or ABSENT."""
    place = locate(path, there, here)
    return ABSENT if place is None else child(here, *place)
