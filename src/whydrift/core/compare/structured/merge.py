"""One value laid over another, list items by their keys (structured-merge-diff: typed/merge.go).

Order of an associative list: the items that both sides have stand as on the right; those that only the left has keep
their place among their neighbours.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from whydrift.core.compare.structured.atoms import Atom, ListAtom, MapAtom
from whydrift.core.compare.structured.elements import fits_scalar, item_element
from whydrift.core.model.fieldsets import PathElement
from whydrift.core.model.values import ABSENT, Json, MaybeJson, same
from whydrift.errors import NotComparable


def merge(left: Json, right: Json, atom: Atom) -> Json:
    """The left value, which fits its type, with everything that the right one states.

    Raises NotComparable, also when nothing is left.
    """
    merged = _merge(left, right, atom)
    if merged is ABSENT:
        raise NotComparable("nothing is left of the object")
    return merged


def _merge(left: MaybeJson, right: MaybeJson, atom: Atom) -> MaybeJson:
    if right is ABSENT or same(left, right):
        return _later(left, right)
    # Where the two sides have different forms (a scalar against a map) the right side's form decides.
    form = atom.for_value(right)
    if form.map:
        return _merge_maps(left, right, form.map)
    if form.scalar:
        if not fits_scalar(left, form.scalar) and not fits_scalar(right, form.scalar):
            raise NotComparable(f"expected {form.scalar}, got {left!r} and {right!r}")
        return _later(left, right)
    if form.list:
        return _merge_lists(left, right, form.list)
    raise NotComparable("field not declared in schema")


def _merge_item(left: MaybeJson, right: MaybeJson, atom: Atom) -> MaybeJson:
    """An item of a list. What cannot be merged inside it is left out: Go loses those errors (a shadowed variable)."""
    if right is ABSENT or same(left, right):
        return _later(left, right)
    form = atom.for_value(right)
    try:
        return _merge_maps(left, right, form.map, below=_merge_item) if form.map else _merge(left, right, atom)
    except NotComparable:
        return ABSENT


def _later(left: MaybeJson, right: MaybeJson) -> MaybeJson:
    return left if right is ABSENT else right


_Merging: TypeAlias = Callable[[MaybeJson, MaybeJson, Atom], MaybeJson]


def _merge_maps(left: MaybeJson, right: MaybeJson, atom: MapAtom, below: _Merging = _merge) -> MaybeJson:
    a = left if isinstance(left, dict) else {}
    b = right if isinstance(right, dict) else {}
    if atom.atomic or not (a or b):
        return _later(left, right)
    merged = {name: below(a.get(name, ABSENT), b.get(name, ABSENT), atom.below(name)) for name in {**a, **b}}
    return {name: value for name, value in merged.items() if value is not ABSENT} or ABSENT


def _merge_lists(left: MaybeJson, right: MaybeJson, atom: ListAtom) -> MaybeJson:
    a = left if isinstance(left, list) else []
    b = right if isinstance(right, list) else []
    if atom.atomic or not (a or b):
        return _later(left, right)
    return _Interleaving(a, b, atom).merged() or ABSENT


class _Interleaving:
    """One pass over both lists at once, as mergingWalker.visitListItems makes it."""

    def __init__(self, left: list[Json], right: list[Json], atom: ListAtom) -> None:
        self._atom = atom
        self._left_items = left
        self._left = [item_element(item, atom) for item in left]
        self._right = [item_element(item, atom) for item in right]
        self._right_by = dict(zip(self._right, right, strict=True))
        if len(self._right_by) < len(right):
            raise NotComparable("duplicate entries for a key")
        # An item of the left whose key is there twice is not merged: null stands for it.
        self._left_by: dict[PathElement, Json] = {}
        for element, item in zip(self._left, left, strict=True):
            self._left_by[element] = None if element in self._left_by else item
        self._shared = iter([element for element in self._right if element in self._left_by])
        self._next_shared = next(self._shared, None)
        self._taken: set[PathElement] = set()
        self._out: list[Json] = []

    def merged(self) -> list[Json]:
        """The merged items."""
        i = j = 0
        while i < len(self._left) or j < len(self._right):
            if i < len(self._left) and j < len(self._right) and self._is_out_of_turn(self._left[i], self._right[j]):
                i += 1
            elif i < len(self._left) and self._left[i] not in self._right_by:
                self._append(_merge_item(self._left_items[i], ABSENT, self._atom.element))
                i += 1
            else:
                i += i < len(self._left) and (
                    self._left[i] in self._taken or self._left[i : i + 1] == self._right[j : j + 1]
                )
                j += self._take_right(j)
        return self._out

    def _is_out_of_turn(self, left: PathElement, right: PathElement) -> bool:
        """Whether the left has an item here that both share, but another shared one comes next."""
        return left != right and left in self._right_by and self._next_shared not in (None, left)

    def _take_right(self, index: int) -> bool:
        """Take the item of the right at an index, merged with the left's of the same key; False when there is none."""
        if index >= len(self._right):
            return False
        element = self._right[index]
        self._taken.add(element)
        self._append(_merge_item(self._left_by.get(element, ABSENT), self._right_by[element], self._atom.element))
        if self._next_shared == element:
            self._next_shared = next(self._shared, None)
        return True

    def _append(self, item: MaybeJson) -> None:
        if item is not ABSENT:
            self._out.append(item)
