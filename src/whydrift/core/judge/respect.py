"""The target that is applied under RespectIgnoreDifferences=true: what the rules ignore is taken from live.

Source: controller/sync.go :: normalizeTargetResources, getMergePatch. Both sides are normalised by the rules; the patch
that makes live of the normalised live is applied to the normalised target (held to the vectors `sync/respect`).
"""

from __future__ import annotations

from whydrift.core.compare.ignore import check, ignore
from whydrift.core.compare.merge import json_merge, strategic
from whydrift.core.compare.merge.patch_tags import Schema
from whydrift.core.compare.rules import find_rules
from whydrift.core.compare.structured import drop_trusted_differences
from whydrift.core.compare.terms import Terms
from whydrift.core.compare.typed.remarshal import remarshal
from whydrift.core.model.values import ABSENT, JsonObject, MaybeJson, child, is_object, items
from whydrift.errors import NotComparable

RESPECT = "RespectIgnoreDifferences=true"


def respected(target: JsonObject, live: JsonObject, terms: Terms) -> JsonObject:
    """The target with the live values of what the rules ignore; NotComparable where the sync fails on the rules."""
    terms = terms.of_object(target)
    check(terms.all_rules, terms.knowledge.jq)
    managers = frozenset(find_rules(target, terms.rules, terms.settings.overrides).managers)
    git, cluster = target, live
    if managers:
        git, cluster = drop_trusted_differences(target, live, managers, terms.knowledge.schemas)
    wanted, seen, whole = (_normalized(git, terms), _normalized(cluster, terms), _encoded(live, terms))
    struct = terms.knowledge.types.of(target)
    if struct is None:
        return json_merge.apply(json_merge.two_way_patch(seen, whole), wanted)
    schema = Schema(terms.knowledge.types, struct)
    patch = _copied(strategic.two_way_patch(seen, whole, schema), whole, seen, wanted)
    return strategic.apply(patch, wanted, schema)


def _encoded(obj: JsonObject, terms: Terms) -> JsonObject:
    return {key: part for key, part in remarshal(obj, terms.knowledge.types).items() if key != "status"}


def _normalized(obj: JsonObject, terms: Terms) -> JsonObject:
    left = ignore(_encoded(obj, terms), terms.all_rules, terms.knowledge.jq, terms.settings.jq_seconds).document
    if not isinstance(left, dict):
        raise NotComparable("an ignore rule removes the whole object")
    return left


def _copied(patch: JsonObject, live: MaybeJson, seen: MaybeJson, target: MaybeJson) -> JsonObject:
    """The patch as it reaches the target.

    Items that a rule takes away whole are not copied (measured.md 12); of a map that a patch replaces, git keeps what
    no rule names; what git states as `stringData` is not copied as `data`.
    """
    kept: JsonObject = {}
    for key, part in patch.items():
        here, before, git = child(live, key), child(seen, key), child(target, key)
        if key.startswith("$setElementOrder/") or (key == "data" and child(target, "stringData") is not ABSENT):
            continue
        if part == here and is_object(here) and is_object(before) and is_object(git):
            kept[key] = json_merge.apply(json_merge.two_way_patch(before, here), git)
        elif isinstance(part, dict) and isinstance(here, dict):
            kept[key] = _copied(part, here, before, git)
        elif not (isinstance(part, list) and isinstance(before, list) and len(items(live, key)) > len(before)):
            kept[key] = part
    return kept
