"""How list items are named, and whether a value fits its type (structured-merge-diff: helpers.go, validate.go)."""

from __future__ import annotations

from whydrift.core.compare.structured.atoms import DEDUCED, UNTYPED, Atom, ListAtom, MapAtom, Scalar
from whydrift.core.model.fieldsets import PathElement, index_element, key_element, value_element
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


def validate(value: Json, atom: Atom) -> None:
    """Raise NotComparable when a value does not fit its type, or a list has two items of one key."""
    try:
        _validate(value, atom)
    except _Misfit as misfit:
        place = "".join(reversed(misfit.place)) or "object"
        raise NotComparable(f"{place}: {misfit.why}") from misfit


class _Misfit(Exception):
    """What does not fit, and (innermost first) where: the way there is written down only when it is needed."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why
        self.place: list[str] = []


def _validate(value: Json, atom: Atom) -> None:
    if atom is DEDUCED or atom is UNTYPED:
        return
    form = atom.for_value(value)
    if form.map:
        _validate_map(value, form.map)
    elif form.scalar:
        if not fits_scalar(value, form.scalar):
            raise _Misfit(f"expected {form.scalar}, got {value!r}")
    elif form.list:
        _validate_list(value, form.list)
    else:
        raise _Misfit("field not declared in schema")


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


def _validate_map(value: Json, atom: MapAtom) -> None:
    if value is None:
        return
    if not isinstance(value, dict):
        raise _Misfit(f"expected map, got {value!r}")
    for name, below in value.items():
        try:
            _validate(below, atom.below(name))
        except _Misfit as misfit:
            misfit.place.append(f".{name}")
            raise


def _validate_list(value: Json, atom: ListAtom) -> None:
    if value is None:
        return
    if not isinstance(value, list):
        raise _Misfit(f"expected list, got {value!r}")
    seen: set[PathElement] = set()
    for index, item in enumerate(value):
        element = index_element(index) if atom.atomic else item_element(item, atom)
        if element in seen:
            raise _Misfit(f"duplicate entries for key {element[2:]}")
        seen.add(element)
        try:
            _validate(item, atom.element)
        except _Misfit as misfit:
            misfit.place.append(f"[{element[2:]}]")
            raise
