"""Drops the differences that a trusted manager made (argo-cd util/argo/managedfields/managed_fields.go, Normalize)."""

from __future__ import annotations

from whydrift.core.compare.structured.apply import fields_of
from whydrift.core.compare.structured.atoms import DEDUCED, Atom, root_atom
from whydrift.core.compare.structured.comparison import compare
from whydrift.core.compare.structured.elements import validate
from whydrift.core.compare.structured.removal import without
from whydrift.core.model.fieldsets import FieldSet
from whydrift.core.model.managers import ManagedFields
from whydrift.core.model.schema import Schemas
from whydrift.core.model.values import JsonObject, text
from whydrift.errors import NotComparable


def drop_trusted_differences(
    target: JsonObject, live: JsonObject, managers: frozenset[str], schemas: Schemas
) -> tuple[JsonObject, JsonObject]:
    """Target and live without the fields that both have, that differ, and that one of these managers owns.

    A kind without a known type is read as it stands (maps by key, lists as a whole). Objects that do not fit their type
    come back unchanged. Raises NotComparable when managed fields cannot be read or nothing of an object is left.
    """
    atom = root_atom(schemas, text(target, "apiVersion"), text(target, "kind")) or DEDUCED
    modified = _modified(target, live, atom)
    for entry in ManagedFields.parse(live).entries if modified else ():
        if entry.manager in managers:
            dropped = fields_of(entry) & modified
            target, live = _without(target, dropped, atom), _without(live, dropped, atom)
    return target, live


def _modified(target: JsonObject, live: JsonObject, atom: Atom) -> FieldSet:
    try:
        validate(live, atom)
        validate(target, atom)
        return compare(live, target, atom).modified
    except NotComparable:
        return FieldSet()


def _without(obj: JsonObject, fields: FieldSet, atom: Atom) -> JsonObject:
    left = without(obj, fields, atom) if fields else obj
    if not isinstance(left, dict):
        raise NotComparable("trusted managers own everything that the object has")
    return left
