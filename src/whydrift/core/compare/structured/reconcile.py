"""Managed fields brought up to the schema of today (structured-merge-diff: typed/reconcile_schema.go)."""

from __future__ import annotations

from whydrift.core.compare.structured.atoms import Atom, MapAtom
from whydrift.core.model.fieldsets import FieldSet, PathElement


def reconciled(fields: FieldSet, atom: Atom) -> FieldSet:
    """The set in which everything below a place that has become atomic is folded into that place."""
    members = set(fields.members)
    children: dict[PathElement, FieldSet] = {}
    for element, below in fields.children.items():
        inner = _below(atom, element)
        if inner is None:
            children[element] = below
        elif _is_atomic(inner):
            members.add(element)
        else:
            children[element] = reconciled(below, inner)
    return FieldSet(frozenset(members), children)


def _below(atom: Atom, element: PathElement) -> Atom | None:
    """The type below an element, None where a set stays as it is: an untyped place, a field that the schema lacks."""
    if atom.map:
        if _is_untyped(atom.map):
            return None
        named = atom.map.field(element[2:]) if element.startswith("f:") else None
        return named or atom.map.element
    return atom.list.element if atom.list and not atom.scalar else None


def _is_atomic(atom: Atom) -> bool:
    if atom.map:
        return atom.map.atomic and not _is_untyped(atom.map)
    return atom.list is not None and not atom.scalar and atom.list.atomic


def _is_untyped(atom: MapAtom) -> bool:
    return atom.source is None and atom.element is not None and atom.element.scalar == "untyped"
