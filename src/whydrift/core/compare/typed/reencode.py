"""What is left of a JSON value after Go decoded it into a struct and encoded the struct again (encoding/json)."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from whydrift.core.compare.typed import scalars
from whydrift.core.compare.typed.gojson import copied
from whydrift.core.compare.typed.quantity import canonical
from whydrift.core.compare.typed.table import GoField, TypeTable
from whydrift.core.model.values import Json, JsonObject

_RANGES = {"int32": (-(2**31), 2**31 - 1), "int64": (-(2**63), 2**63 - 1)}
_OMITTED_WHEN_EMPTY = frozenset({"string", "bool", "int32", "int64", "bytes", "list", "map"})
_ZEROS: dict[str, Json] = {"string": "", "bool": False, "int32": 0, "int64": 0}
_OWN_ZEROS: dict[str, Json] = {"Quantity": "0", "IntOrString": 0, "Duration": "0s"}


class Undecodable(Exception):
    """Go's decoder would return an error for the value."""


class Reencoder:
    """Decodes values into the types of a table and encodes them again.

    `strict`: an unknown field is an error (DisallowUnknownFields), else it is dropped. `complete`: fields that the
    value does not state are encoded where Go encodes their zero value, else only what was stated stays.
    """

    def __init__(self, types: TypeTable, *, strict: bool, complete: bool) -> None:
        self._types = types
        self._strict = strict
        self._complete = complete

    def value(self, type_name: str, value: Json) -> Json:
        """The value after the round trip through the type; Undecodable where Go returns an error."""
        kind = self._types[type_name].kind
        if value is None:
            return self._null(type_name, kind)
        container = _CONTAINERS.get(kind)
        if container is not None:
            return container(self, type_name, value)
        return _SCALARS[kind](value)

    def _null(self, type_name: str, kind: str) -> Json:
        if kind == "Duration":
            raise Undecodable("a duration cannot be null")
        return copied(zero(type_name, self._types))

    def _pointer(self, type_name: str, value: Json) -> Json:
        return self.value(self._types[type_name].elem, value)

    def _list(self, type_name: str, value: Json) -> Json:
        if not isinstance(value, list):
            raise Undecodable(f"not a list: {value!r}")
        elem = self._types[type_name].elem
        return [self.value(elem, item) for item in value]

    def _map(self, type_name: str, value: Json) -> Json:
        if not isinstance(value, dict):
            raise Undecodable(f"not a map: {value!r}")
        elem = self._types[type_name].elem
        return {key: self.value(elem, item) for key, item in value.items()}

    def _struct(self, type_name: str, value: Json) -> Json:
        if not isinstance(value, dict):
            raise Undecodable(f"not an object: {value!r}")
        stated = self._stated_fields(type_name, value)
        if not self._complete:
            return {name: stated[name] for name in value if name in stated}
        encoded: JsonObject = {}
        for name, field in self._types[type_name].fields.items():
            if name in stated:
                encoded[name] = stated[name]
            elif not may_be_omitted(field, self._types):
                encoded[name] = copied(zero(field.type, self._types))
        return encoded

    def _stated_fields(self, type_name: str, value: JsonObject) -> JsonObject:
        """The stated fields that are encoded again, by their own names; Go reads the keys in byte order."""
        stated: JsonObject = {}
        for key in sorted(value):
            found = self._types.field(type_name, key)
            if found is None:
                if self._strict:
                    raise Undecodable(f"unknown field {key!r}")
                continue
            name, field = found
            encoded = self.value(field.type, value[key])
            if _is_omitted(field, encoded, self._types, given=value[key] is not None):
                stated.pop(name, None)
            else:
                stated[name] = encoded
        return stated


@cache
def may_be_omitted(field: GoField, types: TypeTable) -> bool:
    """Whether Go leaves out the field when it holds its zero value; omitempty says nothing about structs."""
    return _is_omitted(field, zero(field.type, types), types, given=False)


def _is_omitted(field: GoField, encoded: Json, types: TypeTable, *, given: bool) -> bool:
    """Whether Go leaves out the field that encodes to that value; a pointer stays where anything but null was given."""
    if "z" in field.flags and encoded is None:
        return True
    if "e" not in field.flags:
        return False
    kind = types[field.type].kind
    return not given if kind == "pointer" else kind in _OMITTED_WHEN_EMPTY and not encoded


@cache
def zero(type_name: str, types: TypeTable) -> Json:
    """The encoded zero value of a type; shared by all callers, who must not change it."""
    kind = types[type_name].kind
    if kind == "struct":
        fields = types[type_name].fields.items()
        return {name: zero(field.type, types) for name, field in fields if not may_be_omitted(field, types)}
    return _ZEROS.get(kind, _OWN_ZEROS.get(kind))


def _string(value: Json) -> Json:
    if not isinstance(value, str):
        raise Undecodable(f"not a string: {value!r}")
    return value


def _bool(value: Json) -> Json:
    if not isinstance(value, bool):
        raise Undecodable(f"not a boolean: {value!r}")
    return value


def _int(kind: str) -> Callable[[Json], Json]:
    low, high = _RANGES[kind]

    def decode(value: Json) -> Json:
        # A number without a fraction reaches Go's decoder without one, however it was written: 1.0 is encoded as 1.
        if isinstance(value, bool) or not isinstance(value, int | float) or value != value // 1:
            raise Undecodable(f"not a whole number: {value!r}")
        if not low <= value <= high:
            raise Undecodable(f"out of range: {value!r}")
        return int(value)

    return decode


def _int_or_string(value: Json) -> Json:
    return value if isinstance(value, str) else _int("int32")(value)


def _quantity(value: Json) -> Json:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Undecodable(f"not a quantity: {value!r}")
    return _spelled(canonical(value.strip() if isinstance(value, str) else scalars.number_text(value)), value)


def _text(spell: Callable[[str], str | None]) -> Callable[[Json], Json]:
    return lambda value: _spelled(spell(value) if isinstance(value, str) else None, value)


def _time(spell: Callable[[str], str | None]) -> Callable[[Json], Json]:
    return lambda value: _text(spell)(value) or None


def _spelled(text: str | None, value: Json) -> str:
    if text is None:
        raise Undecodable(f"cannot be decoded: {value!r}")
    return text


_CONTAINERS: dict[str, Callable[[Reencoder, str, Json], Json]] = {
    "pointer": Reencoder._pointer,
    "list": Reencoder._list,
    "map": Reencoder._map,
    "struct": Reencoder._struct,
}
_SCALARS: dict[str, Callable[[Json], Json]] = {
    "string": _string,
    "bool": _bool,
    "int32": _int("int32"),
    "int64": _int("int64"),
    "bytes": _text(scalars.bytes_text),
    "Quantity": _quantity,
    "IntOrString": _int_or_string,
    "Time": _time(scalars.time_text),
    "MicroTime": _time(scalars.micro_time_text),
    "Duration": _text(scalars.duration_text),
    "RawExtension": copied,
    "FieldsV1": copied,
}
