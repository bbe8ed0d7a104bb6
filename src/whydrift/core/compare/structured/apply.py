"""What a server-side apply of the target would make of the live object (structured-merge-diff: merge/update.go).

Argo CD runs the API server's own algorithm on its side, as manager argocd-controller with force (gitops-engine
pkg/diff/diff.go, structuredMergeDiff and apply). Managed fields written in another API version do not count there: its
converter knows no internal versions, so every conversion fails as "not registered" and the entry is passed over.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import NamedTuple

from whydrift.core.compare.structured.atoms import Atom, root_atom
from whydrift.core.compare.structured.comparison import check_comparable
from whydrift.core.compare.structured.elements import validate
from whydrift.core.compare.structured.fields import NamedFields, with_named_fields
from whydrift.core.compare.structured.merge import merge
from whydrift.core.compare.structured.reconcile import reconciled
from whydrift.core.compare.structured.removal import without
from whydrift.core.compare.structured.restated import holds, states_all
from whydrift.core.model.fieldsets import EMPTY, FieldSet
from whydrift.core.model.managers import Entry, ManagedFields
from whydrift.core.model.schema import Schemas
from whydrift.core.model.values import Json, JsonObject, same, text
from whydrift.errors import NotComparable

ARGOCD_MANAGER = "argocd-controller"


class _Manager(NamedTuple):
    """What makes two entries one manager (fieldmanager.BuildManagerIdentifier)."""

    name: str
    operation: str
    subresource: str
    api_version: str


_ARGOCD = _Manager(ARGOCD_MANAGER, "Apply", "", "")


def structured_merge(target: JsonObject, live: JsonObject, schemas: Schemas) -> JsonObject | None:
    """The live object as a sync would leave it, before defaulting; None when nothing changes; raises NotComparable."""
    atom = type_of_object(target, schemas)
    validate(live, atom)
    validate(target, atom)
    owned = _owned_by_managers(live)
    predicted = merge(live, target, atom)
    last = reconciled(owned.get(_ARGOCD, EMPTY), atom)
    if not states_all(target, last, atom):  # what is stated again is not removed, whoever else owns what
        others = [reconciled(fields, atom) for who, fields in owned.items() if who != _ARGOCD]
        predicted = _pruned(predicted, target, last, others, atom)
        check_comparable(live, predicted, atom)
    if not isinstance(predicted, dict):
        raise NotComparable("a sync would leave nothing of the object")
    return None if same(live, predicted) else predicted


def surely_applied(target: JsonObject, live: JsonObject, applied: Iterable[FieldSet], schemas: Schemas) -> bool:
    """Whether live surely stays as it is where what was applied is stated again; raises NotComparable."""
    atom = type_of_object(target, schemas)
    validate(target, atom)
    return holds(live, target, atom) and all(states_all(target, reconciled(fields, atom), atom) for fields in applied)


def type_of_object(obj: JsonObject, schemas: Schemas) -> Atom:
    """The type of an object's own apiVersion and kind; raises NotComparable when the cluster has none."""
    api_version, kind = text(obj, "apiVersion"), text(obj, "kind")
    atom = root_atom(schemas, api_version, kind)
    if atom is None:
        raise NotComparable(f"unable to resolve parseableType for GroupVersionKind: {api_version}, Kind={kind}")
    return atom


def fields_of(entry: Entry) -> FieldSet:
    """The fields that an entry owns; raises NotComparable when they cannot be read."""
    try:
        return entry.fields
    except ValueError as error:
        raise NotComparable(f"error decoding managed fields of {entry.manager}: {error}") from error


def _owned_by_managers(live: JsonObject) -> dict[_Manager, FieldSet]:
    owned: dict[_Manager, FieldSet] = {}
    for entry in ManagedFields.parse(live).entries:
        _check(entry)
        key = "" if entry.operation == "Apply" else entry.api_version
        fields = fields_of(entry)
        if entry.api_version == text(live, "apiVersion"):
            owned[_Manager(entry.manager, entry.operation, entry.subresource, key)] = fields
    return owned


def _check(entry: Entry) -> None:
    if entry.operation not in ("Apply", "Update"):
        raise NotComparable("error decoding managed fields: operation must be `Apply` or `Update`")
    if not entry.api_version:
        raise NotComparable("error decoding managed fields: apiVersion must not be empty")
    if entry.fields_type != "FieldsV1":
        raise NotComparable(f"error decoding managed fields: invalid fieldsType {entry.fields_type!r}")


def _pruned(merged: Json, target: Json, last: FieldSet, others: Iterable[FieldSet], atom: Atom) -> Json:
    """The merged object without what this manager applied last time, not now, and nobody else owns."""
    fields = NamedFields()
    last_named = with_named_fields(last, atom)
    all_owned = with_named_fields(reduce(or_, others, EMPTY), atom) | fields.of(target, atom)
    before = fields.of(merged, atom)
    bare = without(merged, last_named, atom)
    kept = without(merged, before - (fields.of(bare, atom) | all_owned), atom)
    return without(merged, (before - fields.of(kept, atom)) & last_named, atom)
