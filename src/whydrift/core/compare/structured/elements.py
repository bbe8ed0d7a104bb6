"""How list items are named, and whether a value fits its type (structured-merge-diff: helpers.go, validate.go)."""

from __future__ import annotations

from whydrift.core.compare.structured.atoms import Atom, ListAtom, MapAtom, Scalar
from whydrift.core.model.fieldsets import (
    FieldPath,
    PathElement,
    field_element,
    index_element,
    key_element,
    value_element,
)
from whydrift.core.model.values import ABSENT, Json, JsonObject, MaybeJson
from whydrift.errors import NotComparable


def item_element(item: Json, atom: ListAtom) -> PathElement:
    """The path element of an item of an associative list; raises NotComparable when it cannot be told from others."""
    if atom.atomic:
        raise NotComparable("invalid indexing of non-associative list")
    if atom.keys:
        return key_element(_keys(item, atom))
    if item is None or isinstance(item, dict | list):
        raise NotComparable("a list of distinct values has an item that is null, a map or a list")
    return value_element(item)


def item_element_or_nothing(item: Json, atom: ListAtom) -> PathElement:
    """The path element of an item, "" when it has lost what would tell it from others."""
    try:
        return item_element(item, atom)
    except NotComparable:
        return ""


def _keys(item: Json, atom: ListAtom) -> JsonObject:
    if not isinstance(item, dict):
        raise NotComparable("a list with keys has an item that is no map")
    if atom.element.map is None:
        raise NotComparable("a list with keys may not have items that are no maps")
    keys: JsonObject = {}
    for name in atom.keys:
        value = item.get(name, ABSENT)
        value = atom.element.map.key_default(name) if value is ABSENT else value
        if value is not ABSENT:
            keys[name] = value
    if not keys:
        raise NotComparable(f"a list with keys has an item that omits all key fields {list(atom.keys)}")
    return keys


def validate(value: Json, atom: Atom, path: FieldPath = ()) -> None:
    """Raise NotComparable when a value does not fit its type, or a list has two items of one key."""
    form = atom.for_value(value)
    if form.map:
        _validate_map(value, form.map, path)
    elif form.scalar:
        if not fits_scalar(value, form.scalar):
            raise NotComparable(f"{_place(path)}: expected {form.scalar}, got {value!r}")
    elif form.list:
        _validate_list(value, form.list, path)
    else:
        raise NotComparable(f"{_place(path)}: field not declared in schema")


def fits_scalar(value: MaybeJson, scalar: Scalar) -> bool:
    """Whether a value may stand where a scalar is expected; null and ABSENT may stand anywhere."""
    if value is None or value is ABSENT:
        return True
    match scalar:
        case "numeric":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "string":
            return isinstance(value, str)
        case "boolean":
            return isinstance(value, bool)
        case _:
            return not isinstance(value, dict | list)


def _validate_map(value: Json, atom: MapAtom, path: FieldPath) -> None:
    if value is None:
        return
    if not isinstance(value, dict):
        raise NotComparable(f"{_place(path)}: expected map, got {value!r}")
    for name, below in value.items():
        validate(below, atom.below(name), (*path, field_element(name)))


def _validate_list(value: Json, atom: ListAtom, path: FieldPath) -> None:
    if value is None:
        return
    if not isinstance(value, list):
        raise NotComparable(f"{_place(path)}: expected list, got {value!r}")
    seen: set[PathElement] = set()
    for index, item in enumerate(value):
        element = index_element(index) if atom.atomic else item_element(item, atom)
        if element in seen:
            raise NotComparable(f"{_place(path)}: duplicate entries for key {element[2:]}")
        seen.add(element)
        validate(item, atom.element, (*path, element))


def _place(path: FieldPath) -> str:
    return (
        "".join("." + element[2:] if element.startswith("f:") else f"[{element[2:]}]" for element in path) or "object"
    )
