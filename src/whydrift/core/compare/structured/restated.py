"""Whether an apply states only what is there already: told by walking what git states, without merging anything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from whydrift.core.compare.structured.atoms import Atom, ListAtom, MapAtom
from whydrift.core.compare.structured.elements import item_element_or_nothing
from whydrift.core.model.fieldsets import FieldSet
from whydrift.core.model.values import Json, JsonObject, same


def holds(live: Json, target: Json, atom: Atom) -> bool:
    """Whether merging the target, which fits its type, into live surely gives live; lists in one order only."""
    return same(live, target) or _holds_parts(live, target, atom)


def _holds_parts(live: Json, target: Json, atom: Atom) -> bool:
    """The same of two values that differ."""
    form = atom.for_value(target)
    if form.map and not form.map.atomic and isinstance(live, dict) and isinstance(target, dict):
        within = form.map
        return all(
            name in live and (same(live[name], part) or _holds_parts(live[name], part, within.below(name)))
            for name, part in target.items()
        )
    if form.list and form.list.keys and isinstance(live, list) and isinstance(target, list):
        return len(live) == len(target) and _same_items(live, target, form.list)
    return False


def _same_items(live: Iterable[Json], target: Iterable[Json], atom: ListAtom) -> bool:
    return all(
        item_element_or_nothing(there, atom) == item_element_or_nothing(item, atom) != ""
        and holds(there, item, atom.element)
        for there, item in zip(live, target, strict=True)
    )


def states_all(value: Json, fields: FieldSet, atom: Atom) -> bool:
    """Whether `with_named_fields(stated_fields(value, atom), atom)` has all of these fields, told without making it."""
    form = atom.for_value(value)
    if form.map and not form.map.atomic and isinstance(value, dict):
        return _entries_state_all(value, fields, form.map)
    if form.list and not form.list.atomic and isinstance(value, list):
        return _items_state_all(value, fields, form.list)
    return not fields


def _entries_state_all(value: JsonObject, fields: FieldSet, within: MapAtom) -> bool:
    for element in fields.members:
        name = element[2:]
        if name not in value or element[:2] != "f:" or not _is_field(name, value[name], within):
            return False
    for element, below in fields.children.items():
        name = element[2:]
        if name not in value or not states_all(value[name], below, within.below(name)):
            return False
    return True


def _is_field(name: str, value: Json, within: MapAtom) -> bool:
    """Whether an entry of a map is a field of it: as a leaf, under a free name, or for what it states below."""
    return value is None or value == {} or within.field(name) is None or _states_any(value, within.below(name))


def _states_any(value: Json, atom: Atom) -> bool:
    """Whether a value is a field, or states any."""
    form = atom.for_value(value)
    if form.map:
        within = form.map
        parts = value.items() if isinstance(value, dict) else ()
        return within.atomic or any(_is_field(name, part, within) for name, part in parts)
    return bool(form.scalar) or (form.list is not None and (form.list.atomic or bool(value)))


def _items_state_all(value: list[Json], fields: FieldSet, atom: ListAtom) -> bool:
    named = [(item_element_or_nothing(item, atom), item) for item in value]
    counts = Counter(element for element, _ in named)
    below = {element: item for element, item in named if counts[element] == 1 and element.startswith("k:")}
    return fields.members <= counts.keys() and all(
        element in below and states_all(below[element], inner, atom.element)
        for element, inner in fields.children.items()
    )
