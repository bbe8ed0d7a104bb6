"""The target that is applied under RespectIgnoreDifferences=true: what the rules ignore is taken from live.

Source: controller/sync.go :: normalizeTargetResources, getMergePatch, restoreNonIgnoredFields. Both sides are
normalised by the rules; the patch that makes live of the normalised live is applied to the normalised target; what that
changed beside the rules is taken back (held to the vectors `sync/respect`).
"""

from __future__ import annotations

from whydrift.core.compare.ignore import check, ignore
from whydrift.core.compare.merge import json_merge, strategic
from whydrift.core.compare.merge.patch_tags import Schema
from whydrift.core.compare.rules import find_rules
from whydrift.core.compare.structured import drop_trusted_differences
from whydrift.core.compare.terms import Terms
from whydrift.core.compare.typed.remarshal import remarshal
from whydrift.core.explain.ignoring import RESTORES
from whydrift.core.model.values import ABSENT, JsonObject, is_object, mapping, same
from whydrift.errors import NotComparable


def respected(target: JsonObject, live: JsonObject, terms: Terms) -> JsonObject:
    """The target with the live values of what the rules ignore; NotComparable where the sync fails on the rules."""
    terms = terms.of_object(target)
    check(terms.all_rules, terms.knowledge.jq)
    managers = frozenset(find_rules(target, terms.rules, terms.settings.overrides).managers)
    git, cluster = target, live
    if managers:
        git, cluster = drop_trusted_differences(target, live, managers, terms.knowledge.schemas)
    wanted, seen, whole = (_normalized(git, terms), _normalized(cluster, terms), _encoded(live, terms))
    copied = _copied(wanted, seen, whole, terms)
    return _restored(copied, target, wanted, seen) if RESTORES.holds(terms.settings.release) else copied


def _copied(wanted: JsonObject, seen: JsonObject, whole: JsonObject, terms: Terms) -> JsonObject:
    """The normalised target with what the rules take from live, and all that goes with it in one patch."""
    struct = terms.knowledge.types.of(wanted)
    if struct is None:
        return json_merge.apply(json_merge.two_way_patch(seen, whole), wanted)
    schema = Schema(terms.knowledge.types, struct)
    return strategic.apply(strategic.two_way_patch(seen, whole, schema), wanted, schema)


def _restored(copied: JsonObject, target: JsonObject, wanted: JsonObject, seen: JsonObject) -> JsonObject:
    """The copy with git's own value wherever no rule changes what git states, and without what no rule takes from live.

    A list counts as one value: an item that only live has is not copied into a list of git that no rule reaches into
    (measured.md 12).
    """
    kept = {key: part for key, part in copied.items() if key in target or key not in seen}
    for key, part in target.items():
        here, left = kept.get(key, ABSENT), wanted.get(key, ABSENT)
        if is_object(here) and is_object(part) and is_object(left):
            kept[key] = _restored(here, part, left, mapping(seen, key))
        elif same(left, part):
            kept[key] = part
    return kept


def _encoded(obj: JsonObject, terms: Terms) -> JsonObject:
    return {key: part for key, part in remarshal(obj, terms.knowledge.types).items() if key != "status"}


def _normalized(obj: JsonObject, terms: Terms) -> JsonObject:
    left = ignore(_encoded(obj, terms), terms.all_rules, terms.knowledge.jq, terms.settings.jq_seconds).document
    if not isinstance(left, dict):
        raise NotComparable("an ignore rule removes the whole object")
    return left
