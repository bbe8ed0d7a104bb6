"""Which fields differ between two values of one type (structured-merge-diff: typed/compare.go)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from whydrift.core.compare.structured.atoms import Atom, ListAtom, MapAtom
from whydrift.core.compare.structured.elements import fits_scalar, item_element
from whydrift.core.model.fieldsets import FieldPath, FieldSet, PathElement, field_element
from whydrift.core.model.values import ABSENT, Json, MaybeJson, same
from whydrift.errors import NotComparable


class _Change(Enum):
    REMOVED = "removed"
    MODIFIED = "modified"
    ADDED = "added"


@dataclass(frozen=True)
class Comparison:
    """The fields that the right side removes, states otherwise, and adds."""

    removed: FieldSet
    modified: FieldSet
    added: FieldSet


def compare(left: Json, right: Json, atom: Atom) -> Comparison:
    """Compare two values of a type; raises NotComparable where they differ and cannot be read as that type."""
    changes = list(_walk(left, right, atom, ()))
    sets = {kind: FieldSet.of(*(path for change, path in changes if change is kind)) for kind in _Change}
    return Comparison(sets[_Change.REMOVED], sets[_Change.MODIFIED], sets[_Change.ADDED])


def check_comparable(left: Json, right: Json, atom: Atom) -> None:
    """Raise NotComparable where two values differ and cannot be read as a type."""
    for _ in _walk(left, right, atom, ()):
        pass


_Changes = Iterator[tuple[_Change, FieldPath]]


def _walk(left: MaybeJson, right: MaybeJson, atom: Atom, path: FieldPath) -> _Changes:
    if same(left, right):
        return
    forms = [atom.for_value(side) for side in (left, right) if side is not ABSENT]
    leaf = False
    for form in forms if forms[0] != forms[-1] else forms[-1:]:
        leaf = _is_leaf(left, right, form)
        yield from _leaf(left, right, form, path) if leaf else _inside(left, right, form, path)
    if leaf:
        return
    if left is ABSENT:
        yield _Change.ADDED, path
    elif right is ABSENT:
        yield _Change.REMOVED, path


def _is_leaf(left: MaybeJson, right: MaybeJson, form: Atom) -> bool:
    """Whether the values are compared as a whole; two empty lists or maps are, so that empty differs from null."""
    if form.map:
        return form.map.atomic or not (_of(dict, left) or _of(dict, right))
    if form.scalar:
        return True
    if form.list:
        return form.list.atomic or not (_of(list, left) or _of(list, right))
    raise NotComparable("field not declared in schema")


def _of(form: type, value: MaybeJson) -> bool:
    return isinstance(value, form) and bool(value)


def _leaf(left: MaybeJson, right: MaybeJson, form: Atom, path: FieldPath) -> _Changes:
    scalar = form.scalar if not form.map else None
    if scalar and not fits_scalar(left, scalar) and not fits_scalar(right, scalar):
        raise NotComparable(f"expected {scalar}, got {left!r} and {right!r}")
    if left is ABSENT:
        yield _Change.ADDED, path
    elif right is ABSENT:
        yield _Change.REMOVED, path
    elif not same(left, right):
        yield _Change.MODIFIED, path


def _inside(left: MaybeJson, right: MaybeJson, form: Atom, path: FieldPath) -> _Changes:
    if form.map:
        yield from _maps(left, right, form.map, path)
    elif form.list:
        yield from _lists(left, right, form.list, path)


def _maps(left: MaybeJson, right: MaybeJson, atom: MapAtom, path: FieldPath) -> _Changes:
    a = left if isinstance(left, dict) else {}
    b = right if isinstance(right, dict) else {}
    for name in {**a, **b}:
        below = (*path, field_element(name))
        yield from _walk(a.get(name, ABSENT), b.get(name, ABSENT), atom.below(name), below)


def _lists(left: MaybeJson, right: MaybeJson, atom: ListAtom, path: FieldPath) -> _Changes:
    a, b = _by_element(left, atom), _by_element(right, atom)
    for element in {**a, **b}:
        yield from _items(a.get(element, []), b.get(element, []), atom, (*path, element))


def _by_element(value: MaybeJson, atom: ListAtom) -> dict[PathElement, list[Json]]:
    found: dict[PathElement, list[Json]] = {}
    for item in value if isinstance(value, list) else ():
        found.setdefault(item_element(item, atom), []).append(item)
    return found


def _items(left: list[Json], right: list[Json], atom: ListAtom, path: FieldPath) -> _Changes:
    """The changes of the items of one key; two or more of one key are compared as a whole."""
    if len(left) <= 1 and len(right) <= 1:
        yield from _walk(left[0] if left else ABSENT, right[0] if right else ABSENT, atom.element, path)
    elif len(left) >= 2 and len(right) >= 2:
        if not same(left, right):
            yield _Change.MODIFIED, path
    elif len(left) >= 2:
        if right:
            yield from _walk(ABSENT, right[0], atom.element, path)
        yield _Change.REMOVED, path
    else:
        if left:
            yield from _walk(left[0], ABSENT, atom.element, path)
        yield _Change.ADDED, path
