"""Which fields a value states (structured-merge-diff: typed/tofieldset.go; fieldpath/set.go for named fields)."""

from __future__ import annotations

from collections import Counter

from whydrift.core.compare.structured.atoms import NOTHING, Atom, ListAtom, MapAtom
from whydrift.core.compare.structured.elements import item_element_or_nothing
from whydrift.core.model.fieldsets import EMPTY, FieldSet, PathElement, field_element
from whydrift.core.model.values import Json


def stated_fields(value: Json, atom: Atom) -> FieldSet:
    """The fields that applying a value would own; the value fits its type."""
    return _Stated(named=False).at(value, atom)[0]


class NamedFields:
    """The fields that values state, with every named field on the way to one: `with_named_fields(stated_fields(…))`.

    Parts that several of the values share, as the same Python objects, are walked once.
    """

    def __init__(self) -> None:
        self._stated = _Stated(named=True)
        self._values: list[Json] = []

    def of(self, value: Json, atom: Atom) -> FieldSet:
        """The fields of one of the values."""
        self._values.append(value)  # is kept, so that the identity of its parts stays their own
        return self._stated.at(value, atom)[0]


class _Stated:
    """Walks values; what is found below a part is remembered by the part's identity."""

    def __init__(self, *, named: bool) -> None:
        self._named = named
        self._known: dict[tuple[int, int], FieldSet] = {}

    def at(self, value: Json, atom: Atom) -> tuple[FieldSet, bool]:
        """The fields below a place, and whether the place itself is one."""
        form = atom.for_value(value)
        if form.map:
            return (EMPTY, True) if form.map.atomic else (self._map(value, form.map), False)
        if form.scalar:
            return EMPTY, True
        if form.list:
            return (EMPTY, True) if form.list.atomic else (self._list(value, form.list), False)
        return EMPTY, False

    def _map(self, value: Json, atom: MapAtom) -> FieldSet:
        place = (id(value), id(atom))
        if place not in self._known:
            members: set[PathElement] = set()
            children: dict[PathElement, FieldSet] = {}
            for name, part in value.items() if isinstance(value, dict) else ():
                element = field_element(name)
                children[element], owned = self.at(part, atom.below(name))
                named = self._named and bool(children[element])
                if owned or named or part is None or part == {} or atom.field(name) is None:
                    members.add(element)
            self._known[place] = FieldSet(frozenset(members), children)
        return self._known[place]

    def _list(self, value: Json, atom: ListAtom) -> FieldSet:
        place = (id(value), id(atom))
        if place not in self._known:
            named = [(item_element_or_nothing(item, atom), item) for item in value] if isinstance(value, list) else []
            counts = Counter(element for element, _ in named)
            children = {element: self.at(item, atom.element)[0] for element, item in named if counts[element] == 1}
            self._known[place] = FieldSet(frozenset(counts), children)
        return self._known[place]


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
