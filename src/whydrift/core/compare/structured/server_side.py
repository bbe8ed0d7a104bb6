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
from whydrift.core.model.values import Json, JsonObject, text
from whydrift.core.model.versions import Release, Since
from whydrift.errors import NotComparable

SHOWS_REMOVALS = Since(((3, 0, 3),))
"""Since then what the dry run takes away is a difference."""
KEEPS_KEYS = Since(((3, 2, 0),))
"""Since then only the fields of composite keys stay; before, whatever could not go by itself."""
OWNED_BELOW = Since(((3, 4, 6), (3, 5, 0)))
"""Since then a field stays where Argo CD owns something below it (#28818)."""
REMOVES_ITS_OWN = Since(((3, 6, 0),))
"""Since then only what Argo CD owns in live is taken away: the rest somebody else removed after live was read."""


def server_side_predicted(dry_run: JsonObject, live: JsonObject, schemas: Schemas, release: Release) -> JsonObject:
    """The live object as a sync would leave it, before re-encoding and ignore rules; raises NotComparable."""
    atom = type_of_object(dry_run, schemas)
    validate(dry_run, atom)
    validate(live, atom)
    if not ManagedFields.parse(dry_run).entries:
        raise NotComparable(f"the dry run of {text(dry_run, 'kind')} answered without managedFields")
    owned = _argocd_fields(dry_run)
    if not owned:
        raise NotComparable(f"no managed fields found for manager: {ARGOCD_MANAGER}")
    return _without_webhook_changes(dry_run, live, atom, owned, release)


def _argocd_fields(obj: JsonObject) -> FieldSet:
    entries = ManagedFields.parse(obj).entries
    return reduce(or_, (fields_of(entry) for entry in entries if entry.manager == ARGOCD_MANAGER), EMPTY)


def _without_webhook_changes(
    dry_run: JsonObject, live: JsonObject, atom: Atom, owned: FieldSet, release: Release
) -> JsonObject:
    foreign = stated_fields(dry_run, atom) - owned
    if OWNED_BELOW.holds(release):
        foreign = FieldSet.of(*(path for path in foreign if not owned.below(path)))
    removed = compare(live, dry_run, atom).removed - foreign if SHOWS_REMOVALS.holds(release) else EMPTY
    if removed and REMOVES_ITS_OWN.holds(release):
        own = _argocd_fields(live)
        removed = FieldSet.of(*(path for path in removed if path in own or own.below(path)))
    kept = without(dry_run, _that_can_go(foreign, dry_run, atom, release), atom)
    predicted = without(merge(live, kept, atom), removed, atom)
    if not isinstance(predicted, dict):
        raise NotComparable("a sync would leave nothing of the object")
    return predicted


def _that_can_go(foreign: FieldSet, dry_run: JsonObject, atom: Atom, release: Release) -> FieldSet:
    """The fields that are taken out of the answer.

    A field of a composite key goes with its item or not at all: without it the item would be another one.
    """
    if KEEPS_KEYS.holds(release):
        return FieldSet.of(*(path for path in foreign if not _is_part_of_composite_key(path)))
    if _is_valid(without(dry_run, foreign, atom), atom):
        return foreign
    return FieldSet.of(*(path for path in foreign if _is_valid(without(dry_run, FieldSet.of(path), atom), atom)))


def _is_valid(value: Json, atom: Atom) -> bool:
    try:
        validate(value, atom)
    except NotComparable:
        return False
    return True


def _is_part_of_composite_key(path: FieldPath) -> bool:
    name = path[-1][2:]
    return path[-1].startswith("f:") and any(
        len(keys) > 1 and name in keys for keys in map(key_fields, path[:-1]) if keys is not None
    )
