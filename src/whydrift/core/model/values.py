"""JSON values as the core sees them, and the one value that JSON lacks: ABSENT."""

from __future__ import annotations

import marshal
from enum import Enum
from typing import Final, TypeAlias, TypeGuard

Json: TypeAlias = bool | int | float | str | list["Json"] | dict[str, "Json"] | None
JsonObject: TypeAlias = dict[str, Json]


class Absent(Enum):
    """The type of ABSENT: a path that does not exist, which is not the same as one that holds null."""

    ABSENT = "absent"

    def __repr__(self) -> str:
        return "ABSENT"

    def __bool__(self) -> bool:
        return False


ABSENT: Final = Absent.ABSENT

MaybeJson: TypeAlias = Json | Absent


def is_object(value: object) -> TypeGuard[JsonObject]:
    """Whether a value is a JSON object."""
    return isinstance(value, dict)


def child(value: MaybeJson, *keys: str | int) -> MaybeJson:
    """The value below `value` at `keys` (map keys, list indices), or ABSENT where a step does not exist."""
    for key in keys:
        if type(value) is dict:
            value = value.get(key, ABSENT)  # type: ignore[arg-type]  # an index is no key of a map: ABSENT
        elif type(value) is list and type(key) is int and 0 <= key < len(value):
            value = value[key]
        else:
            return ABSENT
    return value


def text(value: MaybeJson, *keys: str | int) -> str:
    """The string below `value` at `keys`, or "" where there is none."""
    for key in keys:
        value = value.get(key) if type(value) is dict else child(value, key)  # type: ignore[arg-type]  # as in child
    return value if isinstance(value, str) else ""


def mapping(value: MaybeJson, *keys: str | int) -> JsonObject:
    """The object below `value` at `keys`, or an empty one where there is none."""
    found = child(value, *keys)
    return found if isinstance(found, dict) else {}


def items(value: MaybeJson, *keys: str | int) -> list[Json]:
    """The list below `value` at `keys`, or an empty one where there is none."""
    found = child(value, *keys)
    return found if isinstance(found, list) else []


def same(a: MaybeJson, b: MaybeJson) -> bool:
    """Whether two values are one JSON value: 1 and 1.0 are, true and 1 are not."""
    return a is b or (a == b and (type(a) is str or _spelled_alike(a, b) or _alike(a, b)))


def _spelled_alike(a: MaybeJson, b: MaybeJson) -> bool:
    """Whether two values have the same types and order all through: told at once, and nearly always so."""
    return a is not ABSENT and b is not ABSENT and marshal.dumps(a, 2) == marshal.dumps(b, 2)


def _alike(a: MaybeJson, b: MaybeJson) -> bool:
    """Whether two values that Python holds as equal are equal as JSON: no boolean stands for a number."""
    if type(a) is dict and type(b) is dict:
        return all(_alike(part, b[key]) for key, part in a.items() if type(part) is not str)
    if type(a) is list and type(b) is list:
        return all(map(_alike, a, b))
    return a is b if type(a) is bool or type(b) is bool else True


def is_empty(value: MaybeJson) -> bool:
    """Whether a value is its type's zero: null, "", 0, false, [] or {}."""
    return value is None or (value is not ABSENT and value in ("", 0, False, [], {}))
