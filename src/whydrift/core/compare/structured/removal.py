"""A value without some of its fields (structured-merge-diff: typed/remove.go)."""

from __future__ import annotations

from whydrift.core.compare.structured.atoms import Atom, ListAtom, MapAtom
from whydrift.core.compare.structured.elements import item_element_or_nothing
from whydrift.core.model.fieldsets import EMPTY, FieldSet, field_element
from whydrift.core.model.values import Json


def without(value: Json, fields: FieldSet, atom: Atom) -> Json:
    """The value without these fields and all below them.

    A list or map inside that loses everything stays, empty; null when nothing is left of the value itself.
    """
    form = atom.for_value(value)
    if form.map:
        return _map_without(value, fields, form.map)
    if form.scalar:
        return value
    return _list_without(value, fields, form.list) if form.list else None


def _map_without(value: Json, fields: FieldSet, atom: MapAtom) -> Json:
    if not isinstance(value, dict) or not value:
        return None
    kept: dict[str, Json] = {}
    reached = False
    for name, below in value.items():
        element = field_element(name)
        if element in fields.members:
            continue
        inner = fields.children.get(element, EMPTY)
        reached = reached or bool(inner)
        kept[name] = _inside(below, inner, atom.below(name)) if inner else below
    return kept if kept or reached else None


def _list_without(value: Json, fields: FieldSet, atom: ListAtom) -> Json:
    if not isinstance(value, list) or not value or atom.atomic:
        return None
    kept: list[Json] = []
    reached = False
    for item in value:
        element = item_element_or_nothing(item, atom)
        if element in fields.members:
            continue
        inner = fields.children.get(element, EMPTY)
        reached = reached or bool(inner)
        kept.append(_inside(item, inner, atom.element) if inner else item)
    return kept if kept or reached else None


def _inside(value: Json, fields: FieldSet, atom: Atom) -> Json:
    left = without(value, fields, atom)
    if left is None and isinstance(value, dict):
        return {}
    if left is None and isinstance(value, list):
        return []
    return left
