"""Two- and three-way comparison of one object (gitops-engine/pkg/diff/diff.go :: ThreeWayDiff, TwoWayDiff).

Target and live come re-encoded and normalised; the caller falls back from three-way to two-way where Argo CD does.
The sides may share parts with the objects that went in; neither are ever changed.
"""

from __future__ import annotations

from typing import NamedTuple

from whydrift.core.compare.merge import json_merge, strategic
from whydrift.core.compare.merge.patch_tags import Schema
from whydrift.core.compare.typed.defaults import apply_defaults_of
from whydrift.core.compare.typed.gojson import items_without_unstated, without_unstated
from whydrift.core.compare.typed.table import TypeTable
from whydrift.core.model.values import JsonObject, child, mapping, same
from whydrift.errors import NotComparable


class Sides(NamedTuple):
    """What Argo CD shows next to each other; the object differs where the two do."""

    normalized_live: JsonObject
    predicted_live: JsonObject


def two_way(target: JsonObject, live: JsonObject, types: TypeTable) -> Sides:
    """Compare without last-applied: what only live has is no difference. NotComparable where Argo CD's code fails."""
    return three_way(target, target, live, types)


def three_way(last_applied: JsonObject, target: JsonObject, live: JsonObject, types: TypeTable) -> Sides:
    """Compare with last-applied: what it has and target does not is taken out of live.

    NotComparable where Argo CD's code fails.
    """
    patch = three_way_patch(last_applied, target, live, types)
    struct = types.of(last_applied)
    if struct is None:
        return Sides(live, json_merge.apply(patch, live))
    predicted = strategic.apply(patch, live, Schema(types, struct))
    shown = apply_defaults_of(struct, live, types)
    return Sides(shown, shown if same(predicted, live) else apply_defaults_of(struct, predicted, types))


def three_way_patch(last_applied: JsonObject, target: JsonObject, live: JsonObject, types: TypeTable) -> JsonObject:
    """The patch that Argo CD applies to live: strategic where last-applied is of a built-in kind, else JSON merge."""
    last_applied, target = _without_namespace(last_applied), _without_namespace(target)
    struct = types.of(last_applied)
    if struct is None:
        # What live has and last-applied lacks is no difference, not even inside a list.
        return json_merge.three_way_patch(last_applied, target, without_unstated(last_applied, live))
    live = _without_claim_defaults(last_applied, live)
    return strategic.three_way_patch(last_applied, target, live, Schema(types, struct))


def _without_namespace(obj: JsonObject) -> JsonObject:
    """The object without its namespace and without annotations that are empty (removeNamespaceAnnotation)."""
    metadata = obj.get("metadata")
    if metadata is None:
        return obj
    if not isinstance(metadata, dict):
        raise NotComparable("metadata is not an object")
    empty = metadata.get("annotations") in (None, {})
    dropped = ("namespace", "annotations") if empty else ("namespace",)
    return obj | {"metadata": {key: value for key, value in metadata.items() if key not in dropped}}


def _without_claim_defaults(last_applied: JsonObject, live: JsonObject) -> JsonObject:
    """A stateful set's live volume claims with only the fields that last-applied has (statefulSetWorkaround)."""
    group = str(last_applied.get("apiVersion")).partition("/")[0]
    if group not in ("apps", "extensions") or last_applied.get("kind") != "StatefulSet":
        return live
    stated = child(last_applied, "spec", "volumeClaimTemplates")
    claims = child(live, "spec", "volumeClaimTemplates")
    if not isinstance(stated, list) or not isinstance(claims, list):
        return live
    reduced = items_without_unstated(stated, claims)
    return live | {"spec": mapping(live, "spec") | {"volumeClaimTemplates": reduced}}
