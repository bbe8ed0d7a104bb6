"""What is left of a JSON value after Go decoded it into a struct and encoded the struct again (encoding/json)."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import NamedTuple, TypeAlias

from whydrift.core.compare.typed import scalars
from whydrift.core.compare.typed.gojson import copied
from whydrift.core.compare.typed.quantity import canonical
from whydrift.core.compare.typed.table import GoField, TypeTable
from whydrift.core.model.values import Json, JsonObject

Code: TypeAlias = Callable[[Json], Json]
"""Re-encodes values of one type; Undecodable where Go returns an error."""
_RANGES = {"int32": (-(2**31), 2**31 - 1), "int64": (-(2**63), 2**63 - 1)}
_OMITTED_WHEN_EMPTY = frozenset({"string", "bool", "int32", "int64", "bytes", "list", "map"})
_ZEROS: dict[str, Json] = {"string": "", "bool": False, "int32": 0, "int64": 0}
_OWN_ZEROS: dict[str, Json] = {"Quantity": "0", "IntOrString": 0, "Duration": "0s"}


class Undecodable(Exception):
    """Go's decoder would return an error for the value."""


class _Field(NamedTuple):
    """A field of a struct: its name, what re-encodes its value, and when Go leaves it out again."""

    name: str
    code: Code
    without_null: bool
    """omitzero: where it is encoded as null."""
    without_empty: bool
    """omitempty: where it is encoded as empty."""
    without_unstated: bool
    """omitempty of a pointer: where null was given, it stays where anything else was."""


class Reencoder:
    """Decodes values into the types of a table and encodes them again; what does that is made once for each type.

    `strict`: an unknown field is an error (DisallowUnknownFields), else it is dropped. `complete`: fields that the
    value does not state are encoded where Go encodes their zero value, else only what was stated stays. `exact`: names
    count letter by letter.
    """

    def __init__(self, types: TypeTable, *, strict: bool, complete: bool, exact: bool) -> None:
        self._types = types
        self._strict = strict
        self._complete = complete
        self._exact = exact
        self._codes: dict[str, Code] = {}

    def value(self, type_name: str, value: Json) -> Json:
        """The value after the round trip through the type; Undecodable where Go returns an error."""
        return self._code(type_name)(value)

    def _code(self, type_name: str) -> Code:
        if type_name not in self._codes:
            kind = self._types[type_name].kind
            make = _CONTAINERS.get(kind)
            self._codes[type_name] = _scalar(kind) if make is None else make(self, type_name)
        return self._codes[type_name]

    def _pointer(self, type_name: str) -> Code:
        code = self._code(self._types[type_name].elem)
        return lambda value: None if value is None else code(value)

    def _list(self, type_name: str) -> Code:
        code = self._code(self._types[type_name].elem)

        def encode(value: Json) -> Json:
            if isinstance(value, list):
                return [code(item) for item in value]
            if value is None:
                return None
            raise Undecodable(f"not a list: {value!r}")

        return encode

    def _map(self, type_name: str) -> Code:
        code = self._code(self._types[type_name].elem)

        def encode(value: Json) -> Json:
            if isinstance(value, dict):
                return {key: code(item) for key, item in value.items()}
            if value is None:
                return None
            raise Undecodable(f"not a map: {value!r}")

        return encode

    def _struct(self, type_name: str) -> Code:
        fields = self._types[type_name].fields
        always = {name: zero(f.type, self._types) for name, f in fields.items() if not may_be_omitted(f, self._types)}
        known: dict[str, _Field] = {}

        def encode(value: Json) -> Json:
            if value is None:
                return copied(always)
            if not isinstance(value, dict):
                raise Undecodable(f"not an object: {value!r}")
            stated = self._stated_fields(type_name, value, known)
            if not self._complete:
                return {name: stated[name] for name in value if name in stated}
            return {
                name: stated[name] if name in stated else copied(always[name])
                for name in fields
                if name in stated or name in always
            }

        return encode

    def _stated_fields(self, type_name: str, value: JsonObject, known: dict[str, _Field]) -> JsonObject:
        """The stated fields that are encoded again, by their own names; Go reads the keys in byte order."""
        stated: JsonObject = {}
        for key in sorted(value):
            field = known.get(key) or self._field(type_name, key, known)
            if field is None:
                continue
            given = value[key]
            encoded = field.code(given)
            if not encoded and _is_left_out(field, encoded, given):
                stated.pop(field.name, None)
            else:
                stated[field.name] = encoded
        return stated

    def _field(self, type_name: str, key: str, known: dict[str, _Field]) -> _Field | None:
        """The field that a key is decoded into, remembered under its own name; None where it is dropped."""
        found = self._types.field(type_name, key)
        if found is None or (self._exact and found[0] != key):
            if self._strict:
                raise Undecodable(f"unknown field {key!r}")
            return None
        name, field = found
        if name not in known:
            kind = self._types[field.type].kind
            omitted = "e" in field.flags
            without_empty = omitted and kind in _OMITTED_WHEN_EMPTY
            known[name] = _Field(
                name, self._code(field.type), "z" in field.flags, without_empty, omitted and kind == "pointer"
            )
        return known[name]


def _is_left_out(field: _Field, encoded: Json, given: Json) -> bool:
    """Whether Go leaves out a field that is encoded as nothing, zero or empty."""
    null = field.without_null and encoded is None
    return null or field.without_empty or (field.without_unstated and given is None)


@cache
def reencoder(types: TypeTable, *, strict: bool, complete: bool, exact: bool = False) -> Reencoder:
    """The one that re-encodes in this way."""
    return Reencoder(types, strict=strict, complete=complete, exact=exact)


@cache
def may_be_omitted(field: GoField, types: TypeTable) -> bool:
    """Whether Go leaves out the field when it holds its zero value; omitempty says nothing about structs."""
    if "z" in field.flags and zero(field.type, types) is None:
        return True
    return "e" in field.flags and types[field.type].kind in _OMITTED_WHEN_EMPTY | {"pointer"}


@cache
def zero(type_name: str, types: TypeTable) -> Json:
    """The encoded zero value of a type; shared by all callers, who must not change it."""
    kind = types[type_name].kind
    if kind == "struct":
        fields = types[type_name].fields.items()
        return {name: zero(field.type, types) for name, field in fields if not may_be_omitted(field, types)}
    return _ZEROS.get(kind, _OWN_ZEROS.get(kind))


def _scalar(kind: str) -> Code:
    """What re-encodes a value that is no container; null is the zero value, but for a duration."""
    if kind == "string":
        return _string
    code, null = _SCALARS[kind], _ZEROS.get(kind, _OWN_ZEROS.get(kind))

    def encode(value: Json) -> Json:
        if value is not None:
            return code(value)
        if kind == "Duration":
            raise Undecodable("a duration cannot be null")
        return null

    return encode


def _string(value: Json) -> Json:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    raise Undecodable(f"not a string: {value!r}")


def _bool(value: Json) -> Json:
    if not isinstance(value, bool):
        raise Undecodable(f"not a boolean: {value!r}")
    return value


def _int(kind: str) -> Code:
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


def _text(spell: Callable[[str], str | None]) -> Code:
    return lambda value: _spelled(spell(value) if isinstance(value, str) else None, value)


def _time(spell: Callable[[str], str | None]) -> Code:
    return lambda value: _text(spell)(value) or None


def _spelled(text: str | None, value: Json) -> str:
    if text is None:
        raise Undecodable(f"cannot be decoded: {value!r}")
    return text


_CONTAINERS: dict[str, Callable[[Reencoder, str], Code]] = {
    "pointer": Reencoder._pointer,
    "list": Reencoder._list,
    "map": Reencoder._map,
    "struct": Reencoder._struct,
}
_SCALARS: dict[str, Code] = {
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
    "FieldsV1": lambda value: value,
}
