"""JSON merge patches for all kinds that are not built in.

Sources: k8s.io/apimachinery pkg/util/jsonmergepatch, gopkg.in/evanphx/json-patch.v4.
"""

from __future__ import annotations

from whydrift.core.model.values import Json, JsonObject, same

_EXACT_IN_FLOAT64 = 2**53


def three_way_patch(last_applied: JsonObject, target: JsonObject, live: JsonObject) -> JsonObject:
    """What target adds to or changes in live, and what it no longer has of last-applied."""
    target = _in_float64_object(target)
    changes = _without_nulls(_difference(_in_float64_object(live), target))
    deletions = _only_nulls(_difference(_in_float64_object(last_applied), target))
    return apply(changes, deletions)


def two_way_patch(original: JsonObject, modified: JsonObject) -> JsonObject:
    """The patch that makes `modified` of `original` (jsonpatch.CreateMergePatch)."""
    return _difference(_in_float64_object(original), _in_float64_object(modified))


def apply(patch: JsonObject, obj: JsonObject) -> JsonObject:
    """The object with the patch applied: null deletes, objects merge, all else replaces (MergePatch)."""
    result = dict(obj)
    for key, value in patch.items():
        current = result.get(key)
        if value is None:
            result.pop(key, None)
        elif isinstance(current, dict) and isinstance(value, dict):
            result[key] = apply(value, current)
        else:
            # evanphx/json-patch leaves the nulls in a list that takes the place of an object, and in no other value.
            result[key] = value if isinstance(current, dict) else _pruned(value)
    return result


def _in_float64(value: Json) -> Json:
    """The value with its numbers rounded to what a float64 can hold: json-patch decodes all numbers into those."""
    if isinstance(value, dict):
        return _in_float64_object(value)
    if isinstance(value, list):
        return [_in_float64(item) for item in value]
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > _EXACT_IN_FLOAT64:
        return int(float(value))
    return value


def _in_float64_object(obj: JsonObject) -> JsonObject:
    return {key: _in_float64(item) for key, item in obj.items()}


def _difference(original: JsonObject, modified: JsonObject) -> JsonObject:
    patch: JsonObject = {}
    for key, value in modified.items():
        current = original.get(key)
        if key in original and isinstance(current, dict) and isinstance(value, dict):
            below = _difference(current, value)
            if below:
                patch[key] = below
        elif key not in original or not same(current, value):
            patch[key] = value
    return patch | {key: None for key in original if key not in modified}


def _without_nulls(patch: JsonObject) -> JsonObject:
    """Additions and changes only; an empty object in the patch is a value, one that is emptied here is not."""
    kept: JsonObject = {}
    for key, value in patch.items():
        if isinstance(value, dict) and value:
            below = _without_nulls(value)
            if below:
                kept[key] = below
        elif value is not None:
            kept[key] = value
    return kept


def _only_nulls(patch: JsonObject) -> JsonObject:
    kept: JsonObject = {}
    for key, value in patch.items():
        if isinstance(value, dict):
            below = _only_nulls(value)
            if below:
                kept[key] = below
        elif value is None:
            kept[key] = None
    return kept


def _pruned(value: Json) -> Json:
    """The value without nulls in its objects, those inside lists included; nulls that are list items stay."""
    if isinstance(value, dict):
        return {key: _pruned(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_pruned(item) for item in value]
    return value
