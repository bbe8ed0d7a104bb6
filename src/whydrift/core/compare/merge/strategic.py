"""Strategic merge patches for built-in kinds: create them two- and three-way, apply them (pkg/util/strategicpatch).

What comes out may share parts with what went in; neither is ever changed.
"""

from __future__ import annotations

from whydrift.core.compare.merge.patch_tags import Schema
from whydrift.core.compare.merge.strategic_apply import Into, merged
from whydrift.core.compare.merge.strategic_diff import Parts, difference
from whydrift.core.model.values import JsonObject


def three_way_patch(last_applied: JsonObject, target: JsonObject, live: JsonObject, schema: Schema) -> JsonObject:
    """What target adds to or changes in live, and what it no longer has of last-applied (CreateThreeWayMergePatch).

    NotComparable where Go returns an error.
    """
    changes = difference(live, target, schema, Parts(deletions=False), retain=False)
    deletions = difference(last_applied, target, schema, Parts(additions=False), retain=False)
    return merged(deletions, changes, schema, Into.PATCH)


def two_way_patch(original: JsonObject, modified: JsonObject, schema: Schema) -> JsonObject:
    """The patch that makes `modified` of `original` (CreateTwoWayMergePatch); NotComparable where Go fails."""
    return difference(original, modified, schema, Parts(), retain=False)


def apply(patch: JsonObject, obj: JsonObject, schema: Schema) -> JsonObject:
    """The object with the patch applied (StrategicMergePatch); NotComparable where Go returns an error."""
    return merged(obj, patch, schema, Into.OBJECT)
