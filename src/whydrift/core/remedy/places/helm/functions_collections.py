"""Functions of templates over lists and maps (Masterminds/sprig, list.go and dict.go)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from whydrift.core.remedy.places.helm.evaluation import entry, is_true
from whydrift.core.remedy.places.helm.functions import number, text
from whydrift.core.remedy.places.helm.layers import merged, overridable
from whydrift.core.remedy.places.helm.traced import NOTHING, Method, Traced, plain

Given = Sequence[Traced]

MOST_NUMBERS = 10_000
"""How many numbers a template may count at once."""


def _items(value: Traced) -> list[Traced]:
    return value.data if isinstance(value.data, list) else []


def _map(value: Traced) -> dict[str, Traced]:
    return value.data if isinstance(value.data, dict) else {}


def _dict(given: Given) -> Traced:
    return Traced({text(key): value for key, value in zip(given[::2], given[1::2], strict=False)})


def _set(given: Given) -> Traced:
    """`set` changes the map that it is given (sprig, dict.go): templates rely on it."""
    _map(given[0])[text(given[1])] = given[2]
    return given[0]


def _unset(given: Given) -> Traced:
    _map(given[0]).pop(text(given[1]), None)
    return given[0]


def _merge(given: Given) -> Traced:
    """`merge` changes its first map as well; what stands first counts."""
    for source in given[1:]:
        _map(given[0]).update(_map(_both(given[0], source)))
    return given[0]


def _both(over: Traced, under: Traced) -> Traced:
    """Two maps: what only the second one states could be stated in the first one, which counts before it."""
    return merged(over, overridable(under, over.stated) if over.stated else under)


def _overwrite(given: Given) -> Traced:
    for source in given[1:]:
        _map(given[0]).update(_map(_both(source, given[0])))
    return given[0]


def _copy(given: Given) -> Traced:
    value = given[0]
    data = value.data
    if isinstance(data, dict):
        return replace(value, data={key: _copy((item,)) for key, item in data.items()})
    return replace(value, data=list(data)) if isinstance(data, list) else value


def _dig(given: Given) -> Traced:
    value = given[-1]
    for key in given[:-2]:
        if text(key) not in _map(value):
            return given[-2]
        value = _map(value)[text(key)]
    return value


def _keys(given: Given) -> Traced:
    return Traced([Traced(key) for value in given for key in sorted(_map(value))])


def _omit(given: Given) -> Traced:
    gone = set(map(text, given[1:]))
    return replace(given[0], data={key: item for key, item in _map(given[0]).items() if key not in gone})


def _pick(given: Given) -> Traced:
    kept = set(map(text, given[1:]))
    return replace(given[0], data={key: item for key, item in _map(given[0]).items() if key in kept})


def _has(given: Given) -> Traced:
    return Traced(any(plain(item) == plain(given[0]) for item in _items(given[1])))


def _uniq(given: Given) -> Traced:
    kept: list[Traced] = []
    for item in _items(given[0]):
        if all(plain(item) != plain(other) for other in kept):
            kept.append(item)
    return Traced(kept)


def _slice(given: Given) -> Traced:
    bounds = [number(value) for value in given[1:]]
    return Traced(_items(given[0])[slice(bounds[0] if bounds else 0, bounds[1] if len(bounds) > 1 else None)])


def _until(given: Given) -> Traced:
    steps = range(*(number(value) for value in given))
    if len(steps) > MOST_NUMBERS:
        raise ValueError("more numbers than a template would count")
    return Traced([Traced(place) for place in steps])


def _length(given: Given) -> Traced:
    data = given[0].data
    return Traced(len(data) if isinstance(data, str | list | dict) else 0)


COLLECTIONS: Mapping[str, Method] = {
    "len": _length,
    "until": _until,
    "untilStep": _until,
    "list": lambda given: Traced(list(given)),
    "tuple": lambda given: Traced(list(given)),
    "first": lambda given: next(iter(_items(given[0])), NOTHING),
    "last": lambda given: next(reversed(_items(given[0])), NOTHING),
    "rest": lambda given: Traced(_items(given[0])[1:]),
    "initial": lambda given: Traced(_items(given[0])[:-1]),
    "append": lambda given: Traced([*_items(given[0]), given[1]]),
    "prepend": lambda given: Traced([given[1], *_items(given[0])]),
    "concat": lambda given: Traced([item for value in given for item in _items(value)]),
    "uniq": _uniq,
    "without": lambda given: Traced([v for v in _items(given[0]) if plain(v) not in [plain(o) for o in given[1:]]]),
    "compact": lambda given: Traced([value for value in _items(given[0]) if is_true(value)]),
    "has": _has,
    "sortAlpha": lambda given: Traced(sorted(_items(given[0]), key=text)),
    "reverse": lambda given: Traced(_items(given[0])[::-1]),
    "slice": _slice,
    "dict": _dict,
    "get": lambda given: _map(given[0]).get(text(given[1]), Traced("", entry(given[0], text(given[1])).stated)),
    "set": _set,
    "unset": _unset,
    "hasKey": lambda given: Traced(text(given[1]) in _map(given[0])),
    "keys": _keys,
    "values": lambda given: Traced([item for value in given for _, item in sorted(_map(value).items())]),
    "pick": _pick,
    "omit": _omit,
    "pluck": lambda given: Traced([_map(v)[text(given[0])] for v in given[1:] if text(given[0]) in _map(v)]),
    "merge": _merge,
    "mergeOverwrite": _overwrite,
    "deepCopy": _copy,
    "dig": _dig,
    "lookup": lambda given: Traced({}),
}
"""Functions by name."""
