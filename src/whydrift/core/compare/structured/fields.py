"""Which fields a value states (structured-merge-diff: typed/tofieldset.go; fieldpath/set.go for named fields)."""

from __future__ import annotations

from collections import Counter

from whydrift.core.compare.structured.atoms import NOTHING, Atom, ListAtom, MapAtom
from whydrift.core.compare.structured.elements import item_element_or_nothing
from whydrift.core.model.fieldsets import EMPTY, FieldSet, PathElement, field_element
from whydrift.core.model.values import Json


def stated_fields(value: Json, atom: Atom) -> FieldSet:
    """The fields that applying a value would own; the value fits its type."""
    return _stated(value, atom)[0]


def _stated(value: Json, atom: Atom) -> tuple[FieldSet, bool]:
    """The fields below a place, and whether the place itself is one."""
    form = atom.for_value(value)
    if form.map:
        return (EMPTY, True) if form.map.atomic else (_stated_in_map(value, form.map), False)
    if form.scalar:
        return EMPTY, True
    if form.list:
        return (EMPTY, True) if form.list.atomic else (_stated_in_list(value, form.list), False)
    return EMPTY, False


def _stated_in_map(value: Json, atom: MapAtom) -> FieldSet:
    members: set[PathElement] = set()
    children: dict[PathElement, FieldSet] = {}
    for name, below in value.items() if isinstance(value, dict) else ():
        element = field_element(name)
        children[element], owned = _stated(below, atom.below(name))
        if owned or below is None or below == {} or atom.field(name) is None:
            members.add(element)
    return FieldSet(frozenset(members), children)


def _stated_in_list(value: Json, atom: ListAtom) -> FieldSet:
    named = [(item_element_or_nothing(item, atom), item) for item in value] if isinstance(value, list) else []
    counts = Counter(element for element, _ in named)
    children = {element: _stated(item, atom.element)[0] for element, item in named if counts[element] == 1}
    return FieldSet(frozenset(counts), children)


def with_named_fields(fields: FieldSet, atom: Atom) -> FieldSet:
    """The set with every named field on the way to a member: owning `a.b.c` means owning the struct fields a and b."""
    members = set(fields.members)
    children: dict[PathElement, FieldSet] = {}
    for element, below in fields.children.items():
        inner = NOTHING
        if element.startswith("f:") and atom.map:
            inner = atom.map.below(element[2:])
            if atom.map.field(element[2:]) is not None:
                members.add(element)
        elif element.startswith("k:") and atom.list:
            inner = atom.list.element
        children[element] = with_named_fields(below, inner)
    return FieldSet(frozenset(members), children)
