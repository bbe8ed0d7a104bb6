"""The prediction of a server-side diff (gitops-engine pkg/diff/diff.go, serverSideDiff and removeWebhookMutation).

The server's dry run tells what an apply would leave. What admission webhooks (or defaulting) put into it is taken out
again unless the application asks to see it: kept is what some entry of manager argocd-controller owns.
"""

from __future__ import annotations

from functools import reduce
from operator import or_

from whydrift.core.compare.structured.apply import ARGOCD_MANAGER, fields_of, type_of_object
from whydrift.core.compare.structured.atoms import Atom
from whydrift.core.compare.structured.comparison import compare
from whydrift.core.compare.structured.elements import validate
from whydrift.core.compare.structured.fields import stated_fields
from whydrift.core.compare.structured.merge import merge
from whydrift.core.compare.structured.removal import without
from whydrift.core.model.fieldsets import EMPTY, FieldPath, FieldSet, key_fields
from whydrift.core.model.managers import ManagedFields
from whydrift.core.model.schema import Schemas
from whydrift.core.model.values import JsonObject, text
from whydrift.errors import NotComparable


def server_side_predicted(
    dry_run: JsonObject, live: JsonObject, schemas: Schemas, *, include_webhooks: bool
) -> JsonObject:
    """The live object as a sync would leave it, before re-encoding and ignore rules; raises NotComparable."""
    if include_webhooks:
        return dry_run
    atom = type_of_object(dry_run, schemas)
    validate(dry_run, atom)
    validate(live, atom)
    return _without_webhook_changes(dry_run, live, atom, _argocd_fields(dry_run))


def _argocd_fields(dry_run: JsonObject) -> FieldSet:
    entries = ManagedFields.parse(dry_run).entries
    if not entries:
        raise NotComparable(f"the dry run of {text(dry_run, 'kind')} answered without managedFields")
    owned = reduce(or_, (fields_of(entry) for entry in entries if entry.manager == ARGOCD_MANAGER), EMPTY)
    if not owned:
        raise NotComparable(f"no managed fields found for manager: {ARGOCD_MANAGER}")
    return owned


def _without_webhook_changes(dry_run: JsonObject, live: JsonObject, atom: Atom, owned: FieldSet) -> JsonObject:
    foreign = stated_fields(dry_run, atom) - owned
    foreign = FieldSet.of(*(path for path in foreign if not owned.below(path)))
    removed = compare(live, dry_run, atom).removed - foreign
    # A field of a composite key goes with its item or not at all: without it the item would be another one.
    foreign = FieldSet.of(*(path for path in foreign if not _is_part_of_composite_key(path)))
    predicted = without(merge(live, without(dry_run, foreign, atom), atom), removed, atom)
    if not isinstance(predicted, dict):
        raise NotComparable("a sync would leave nothing of the object")
    return predicted


def _is_part_of_composite_key(path: FieldPath) -> bool:
    name = path[-1][2:]
    return path[-1].startswith("f:") and any(
        len(keys) > 1 and name in keys for keys in map(key_fields, path[:-1]) if keys is not None
    )
