"""Applying strategic merge patches (k8s.io/apimachinery pkg/util/strategicpatch/patch.go :: mergeMap)."""

from __future__ import annotations

from enum import Enum

from whydrift.core.compare.merge.merge_lists import (
    DELETE,
    DIRECTIVE,
    REPLACE,
    MergedList,
    as_seen_after,
    equal,
    index_of,
    interleaved,
    is_deletion,
    is_replacement,
    items_are_objects,
    key_of,
    objects,
    partitioned,
    scalars_merged,
)
from whydrift.core.compare.merge.patch_tags import MERGE, Schema, Tags
from whydrift.core.compare.merge.strategic_diff import DELETE_FROM_LIST, ELEMENT_ORDER, RETAIN_KEYS
from whydrift.core.model.values import Json, JsonObject, same
from whydrift.errors import NotComparable


class Into(Enum):
    """What a patch is merged into: an object, where its directives act, or another patch, where they are kept."""

    OBJECT = "object"
    PATCH = "patch"


def merged(original: JsonObject, patch: JsonObject, schema: Schema, into: Into) -> JsonObject:
    """The object with the patch applied; NotComparable where Go refuses the patch."""
    if DIRECTIVE in patch:
        return _directed(patch)
    original, patch = _with_retained_keys(original, patch, into)
    original, patch = _with_ordered_lists(original, patch, schema, into)
    result = dict(original)
    for key, value in patch.items():
        if key.startswith(DELETE_FROM_LIST[:-1]):
            _delete_from_list(result, key, value, schema, into)
        else:
            _merge_field(result, key, value, schema, into)
    return result


def _directed(patch: JsonObject) -> JsonObject:
    directive = patch[DIRECTIVE]
    if directive == REPLACE:
        return {key: value for key, value in patch.items() if key != DIRECTIVE}
    if directive == DELETE:
        return {}
    raise NotComparable(f"unknown patch type {directive!r}")


def _with_retained_keys(original: JsonObject, patch: JsonObject, into: Into) -> tuple[JsonObject, JsonObject]:
    """Both sides after $retainKeys: keys that it does not list go out of the original; in a patch it is kept."""
    if RETAIN_KEYS not in patch:
        return original, patch
    retained = patch[RETAIN_KEYS]
    patch = {key: value for key, value in patch.items() if key != RETAIN_KEYS}
    if into is Into.PATCH:
        if RETAIN_KEYS in original and not same(original[RETAIN_KEYS], retained):
            raise NotComparable("two patches state different $retainKeys")
        return original | {RETAIN_KEYS: retained}, patch
    if not isinstance(retained, list):
        raise NotComparable("invalid patch format of $retainKeys")
    for key, value in patch.items():
        about_lists = key.startswith((DELETE_FROM_LIST[:-1], ELEMENT_ORDER[:-1]))
        if value is not None and not about_lists and key not in retained:
            raise NotComparable("invalid patch format of $retainKeys")
    return {key: value for key, value in original.items() if key in retained}, patch


def _with_ordered_lists(
    original: JsonObject, patch: JsonObject, schema: Schema, into: Into
) -> tuple[JsonObject, JsonObject]:
    """Both sides after $setElementOrder: the lists that it names are merged into the original, in order."""
    original, patch = dict(original), dict(patch)
    for directive in [key for key in patch if key.startswith(ELEMENT_ORDER[:-1])]:
        order = patch.pop(directive)
        if into is Into.PATCH and not same(original.setdefault(directive, order), order):
            raise NotComparable("two patches state different $setElementOrder lists")
        if not isinstance(order, list) or not directive.startswith(ELEMENT_ORDER):
            raise NotComparable("invalid patch format of $setElementOrder")
        key = directive.removeprefix(ELEMENT_ORDER)
        merged_list = _ordered_list(original.get(key), patch.get(key), order, schema.of_list(key), into)
        if merged_list is not None:
            original[key] = merged_list
            patch.pop(key, None)
    return original, patch


def _ordered_list(
    original: Json, patch: Json, order: list[Json], found: tuple[Schema, Tags], into: Into
) -> list[Json] | None:
    schema, tags = found
    if not isinstance(original, list | None) or not isinstance(patch, list | None):
        raise NotComparable("$setElementOrder for something that is no list")
    _check_order(patch or [], order, tags.merge_key)
    if original is None and patch is None:
        return None
    seen = original or []
    if patch is None:
        both = seen
    elif original is None:
        both = [_without_directives(item) for item in patch if not _is_directive(item)]
    elif tags.strategy == MERGE:
        both, seen = _merged_list(original, patch, schema, tags, into)
    else:
        both = patch
    inside, outside = partitioned(both, order, tags.merge_key)
    of_objects = items_are_objects(original or [], patch or [])
    return interleaved(inside, outside, order, seen, tags.merge_key, of_objects=of_objects)


def _check_order(patch: list[Json], order: list[Json], merge_key: str) -> None:
    """The items of a patch list must stand in $setElementOrder, in the same order (validatePatchWithSetOrderList)."""
    if not order or not patch:
        return
    left = [item for item in patch if not is_deletion(item)] if merge_key and objects(patch) else patch
    left = [item for item in left if not (isinstance(item, dict) and DIRECTIVE in item)]
    place = 0
    for item in order:
        if place < len(left) and _same_key(left[place], item, merge_key):
            place += 1
    if place < len(left):
        raise NotComparable("the order in a patch list does not match its $setElementOrder list")


def _same_key(left: Json, right: Json, merge_key: str) -> bool:
    if not merge_key:
        return equal(left, right)
    a, b = objects([left, right])
    return equal(key_of(a, merge_key), key_of(b, merge_key))


def _delete_from_list(result: JsonObject, directive: str, values: Json, schema: Schema, into: Into) -> None:
    """Act on $deleteFromPrimitiveList in `result`, or keep it there where `result` is a patch."""
    if into is Into.PATCH:
        result[directive] = values
        return
    if not directive.startswith(DELETE_FROM_LIST):
        raise NotComparable("invalid patch format of $deleteFromPrimitiveList")
    key = directive.removeprefix(DELETE_FROM_LIST)
    current = result.get(key)
    if values is None:
        result.pop(key, None)
    elif isinstance(current, list) and isinstance(values, list):
        schema.of_list(key)
        if (current or values) and items_are_objects(current, values):
            raise NotComparable("$deleteFromPrimitiveList for a list of objects")
        result[key] = [item for item in current if index_of(values, item, "") < 0]


def _merge_field(result: JsonObject, key: str, value: Json, schema: Schema, into: Into) -> None:
    """Merge one field of a patch into `result`."""
    current = result.get(key)
    if value is None:
        result.pop(key, None)
        if into is Into.PATCH:
            result[key] = None
    elif isinstance(current, dict) and isinstance(value, dict):
        below, tags = schema.of_map(key)
        result[key] = value if tags.strategy == REPLACE else merged(current, value, below, into)
    elif isinstance(current, list) and isinstance(value, list):
        below, tags = schema.of_list(key)
        result[key] = _merged_list(current, value, below, tags, into).items if tags.strategy == MERGE else value
    else:
        value = _without_nulls(value) if into is Into.OBJECT else value
        if isinstance(value, dict) and DIRECTIVE in value:
            result.pop(key, None)
        else:
            result[key] = _without_directives(value)


def _merged_list(original: list[Json], patch: list[Json], schema: Schema, tags: Tags, into: Into) -> MergedList:
    if not original and not patch:
        return MergedList(original, original)
    if not items_are_objects(original, patch):
        both, seen = scalars_merged(original, patch)
        inside, outside = partitioned(both, patch, tags.merge_key)
        return MergedList(interleaved(inside, outside, patch, seen, tags.merge_key, of_objects=False), seen)
    if not tags.merge_key:
        raise NotComparable("lists of objects cannot be merged without a merge key")
    kept, additions = _with_list_directives(objects(original), objects(patch), tags.merge_key)
    both = _merged_items(kept, additions, schema, tags.merge_key, into)
    inside, outside = partitioned(both, additions, tags.merge_key)
    ordered = interleaved(inside, outside, additions, kept, tags.merge_key, of_objects=True)
    replaced = any(is_replacement(item) for item in patch)
    return MergedList(ordered, original if replaced else as_seen_after(original, kept, both))


def _with_list_directives(
    original: list[JsonObject], patch: list[JsonObject], merge_key: str
) -> tuple[list[Json], list[Json]]:
    """The list without the items that the patch deletes, and the patch without directives."""
    plain: list[Json] = [item for item in patch if DIRECTIVE not in item]
    kept: list[Json] = list(original)
    for item in patch:
        directive = item.get(DIRECTIVE)
        if directive == DELETE:
            target = key_of(item, merge_key)
            kept = [other for other in objects(kept) if not equal(other.get(merge_key), target)]
        elif DIRECTIVE in item and directive != REPLACE:
            raise NotComparable(f"directive {directive!r} cannot stand in a list")
    if any(is_replacement(item) for item in patch):
        return plain, []
    return kept, plain


def _merged_items(original: list[Json], patch: list[Json], schema: Schema, merge_key: str, into: Into) -> list[Json]:
    result = list(original)
    for item in objects(patch):
        key_of(item, merge_key)
        place = index_of(result, item, merge_key)
        current = result[place] if place >= 0 else None
        if isinstance(current, dict):
            result[place] = merged(current, item, schema, into)
        else:
            result.append(item)
    return result


def _without_nulls(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_without_nulls(item) for item in value]
    return value


def _without_directives(value: Json) -> Json:
    """The value without objects that carry a $patch directive; a value that is one itself stays with the caller."""
    if isinstance(value, dict):
        return {key: _without_directives(item) for key, item in value.items() if not _is_directive(item)}
    if isinstance(value, list):
        return [_without_directives(item) for item in value if not _is_directive(item)]
    return value


def _is_directive(value: Json) -> bool:
    return isinstance(value, dict) and DIRECTIVE in value
