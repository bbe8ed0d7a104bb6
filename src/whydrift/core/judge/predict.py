"""One object after a sync: predicted from the way it is applied, then from what the API server makes of that.

Client-side: kubectl's three-way patch from last-applied (pkg/util/apply); server-side: the API server's own merge by
ownership, as manager argocd-controller with force; replace: what git states and nothing else.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum

from whydrift.core.compare.last_applied import LAST_APPLIED, last_applied
from whydrift.core.compare.merge import json_merge, strategic
from whydrift.core.compare.merge.patch_tags import Schema
from whydrift.core.compare.structured import ARGOCD_MANAGER, stated_fields, structured_merge, type_of_object
from whydrift.core.compare.terms import Terms
from whydrift.core.judge.server import admitted
from whydrift.core.model.values import Json, JsonObject, is_object, items, mapping, text
from whydrift.errors import NotComparable

OWN = frozenset({ARGOCD_MANAGER})
"""Whose client-side entries a server-side apply takes over in any case (measured.md 20)."""
KUBECTL = "kubectl-client-side-apply"


class Way(StrEnum):
    """How an object is brought to the cluster; the values are the calls that the sync engine makes."""

    CLIENT_SIDE = "apply-client-side"
    SERVER_SIDE = "apply-server-side"
    REPLACE = "replace"
    UPDATE = "update"
    CREATE = "create"


@dataclass(frozen=True, slots=True)
class Predicted:
    """An object before and after a sync, both as the server stores them."""

    before: JsonObject
    after: JsonObject


def predicted(
    target: JsonObject, live: JsonObject, way: Way, terms: Terms, migrated: frozenset[str] = OWN | {KUBECTL}
) -> Predicted:
    """The object after a sync. Raises NotComparable, with the reason, where the API server or the merge refuses it.

    `migrated` are the managers whose client-side entries a server-side apply takes over.
    """
    before = admitted(live, None, terms) or live
    sent = _sent(target, live, way, terms, migrated)
    if sent is live:
        return Predicted(before, before)
    after = admitted(sent, before, terms)
    if after is None:
        raise NotComparable(f"it cannot be decoded as {text(target, 'kind')}")
    return Predicted(before, after)


def created(target: JsonObject, terms: Terms) -> JsonObject:
    """A new object as the server stores it; NotComparable where it cannot be decoded."""
    found = admitted(target, None, terms)
    if found is None:
        raise NotComparable(f"it cannot be decoded as {text(target, 'kind')}")
    return found


def _sent(target: JsonObject, live: JsonObject, way: Way, terms: Terms, migrated: frozenset[str]) -> JsonObject:
    match way:
        case Way.SERVER_SIDE:
            return merged_by_server(target, live, terms, migrated)
        case Way.CLIENT_SIDE:
            return _client_side(target, live, terms)
        case Way.REPLACE | Way.UPDATE | Way.CREATE:
            return target


def _client_side(target: JsonObject, live: JsonObject, terms: Terms) -> JsonObject:
    """The patch that `kubectl apply` sends, applied to live, with the new last-applied annotation."""
    stated = last_applied(live)
    original = stated if is_object(stated) else {}
    modified = _annotated(target)
    struct = terms.knowledge.types.of(target)
    current = {**live, "apiVersion": target.get("apiVersion")}
    if struct is None:
        patch = json_merge.three_way_patch(original, modified, current)
        return json_merge.apply(patch, current)
    schema = Schema(terms.knowledge.types, struct)
    patch = strategic.three_way_patch(original, modified, current, schema)
    return strategic.apply(patch, current, schema)


def _annotated(target: JsonObject) -> JsonObject:
    """The target with its own text as the last-applied annotation, as it is sent (util.GetModifiedConfiguration)."""
    bare = _with_annotations(
        target, {k: v for k, v in mapping(target, "metadata", "annotations").items() if k != LAST_APPLIED}
    )
    encoded = json.dumps(bare, separators=(",", ":"), sort_keys=True) + "\n"
    return _with_annotations(target, {**mapping(bare, "metadata", "annotations"), LAST_APPLIED: encoded})


def _with_annotations(obj: JsonObject, annotations: JsonObject) -> JsonObject:
    return {**obj, "metadata": {**mapping(obj, "metadata"), "annotations": annotations}}


def merged_by_server(target: JsonObject, live: JsonObject, terms: Terms, migrated: frozenset[str]) -> JsonObject:
    """What the API server merges; the live object itself where nothing changes."""
    owned = _with_one_owner({**live, "apiVersion": target.get("apiVersion")}, migrated)
    merged = structured_merge(target, owned, terms.knowledge.schemas)
    if merged is None:
        return live
    annotations = mapping(merged, "metadata", "annotations")
    if LAST_APPLIED in annotations and KUBECTL in migrated and _taken_over(live):
        left = {key: value for key, value in annotations.items() if key != LAST_APPLIED}
        merged = _with_annotations(merged, left)
    return merged


def owned_by_apply(after: JsonObject, target: JsonObject, terms: Terms) -> JsonObject:
    """The object with Argo CD's entry as its server-side apply of the target writes it: what git states, as stated."""
    owned = stated_fields(target, type_of_object(target, terms.knowledge.schemas))
    rest = [entry for entry in items(after, "metadata", "managedFields") if not is_ours(entry, OWN)]
    return _managed(after, [*rest, _applied_entry(text(after, "apiVersion"), owned.to_json())])


def _applied_entry(version: str, fields: Json) -> Json:
    return {
        "manager": ARGOCD_MANAGER,
        "operation": "Apply",
        "apiVersion": version,
        "fieldsType": "FieldsV1",
        "fieldsV1": fields,
    }


def _managed(obj: JsonObject, entries: list[Json]) -> JsonObject:
    return {**obj, "metadata": {**mapping(obj, "metadata"), "managedFields": entries}}


def _with_one_owner(live: JsonObject, migrated: frozenset[str]) -> JsonObject:
    """Live with the entries of client-side applies as entries of Argo CD's server-side apply, all of one version."""
    entries: list[Json] = [
        _entry(entry, text(live, "apiVersion")) for entry in items(live, "metadata", "managedFields")
    ]
    mine = [entry for entry in entries if is_ours(entry, migrated)]
    rest = [entry for entry in entries if not is_ours(entry, migrated)]
    fields: Json = {}
    for entry in mine:
        fields = _united(fields, mapping(entry, "fieldsV1"))
    managed = [*rest, _applied_entry(text(live, "apiVersion"), fields)] if mine else rest
    return _managed(live, managed)


def _entry(entry: Json, version: str) -> Json:
    """An entry in the version of the object: the server converts them, field names stay."""
    return {**entry, "apiVersion": version} if is_object(entry) and text(entry, "apiVersion") else entry


def is_ours(entry: Json, migrated: frozenset[str]) -> bool:
    """Whether a server-side apply counts a managed-fields entry as Argo CD's own, or takes it over."""
    who, how = text(entry, "manager"), text(entry, "operation")
    if text(entry, "subresource"):
        return False
    return (who, how) == (ARGOCD_MANAGER, "Apply") or (how == "Update" and who in migrated)


def _taken_over(live: JsonObject) -> bool:
    entries = items(live, "metadata", "managedFields")
    return any(text(e, "manager") == KUBECTL and text(e, "operation") == "Update" for e in entries)


def _united(a: Json, b: Json) -> Json:
    if not a or not b or not isinstance(a, dict) or not isinstance(b, dict):
        return a or b
    return {key: _united(a.get(key, {}), b.get(key, {})) for key in (*a, *(key for key in b if key not in a))}
