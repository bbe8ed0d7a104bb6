"""Creating strategic merge patches (k8s.io/apimachinery pkg/util/strategicpatch/patch.go :: diffMaps)."""

from __future__ import annotations

from typing import NamedTuple

from whydrift.core.compare.merge.merge_lists import (
    DELETE,
    DIRECTIVE,
    REPLACE,
    deduplicated,
    equal,
    in_order,
    items_are_objects,
    key_of,
    objects,
    printed,
    sorted_by_key,
    sorted_scalars,
)
from whydrift.core.compare.merge.patch_tags import MERGE, Schema, Tags
from whydrift.core.model.values import Json, JsonObject, same
from whydrift.errors import NotComparable

RETAIN_KEYS = "$retainKeys"
ELEMENT_ORDER = "$setElementOrder/"
DELETE_FROM_LIST = "$deleteFromPrimitiveList/"


class Parts(NamedTuple):
    """Which parts of a difference go into a patch."""

    additions: bool = True
    """What is new or changed."""
    deletions: bool = True
    """What is gone."""


class _ListPatch(NamedTuple):
    changes: list[Json]
    deletions: list[Json]
    """Values that go out of a list of scalars; objects that go are among the changes."""
    order: list[Json]


def difference(original: JsonObject, modified: JsonObject, schema: Schema, parts: Parts, *, retain: bool) -> JsonObject:
    """The patch that makes `modified` of `original`; with `retain` it lists the keys that stay ($retainKeys)."""
    patch: JsonObject = {}
    for key, value in modified.items():
        if key not in original:
            if parts.additions:
                patch[key] = value
        elif key == DIRECTIVE:
            patch.update(_directive_difference(original[key], value))
        else:
            patch.update(_value_difference(key, original[key], value, schema, parts))
    if parts.deletions:
        patch.update({key: None for key in original if key not in modified})
    kept: list[Json] = [key for key, value in modified.items() if value is not None]
    if retain and kept and (patch or any(value is not None and key not in modified for key, value in original.items())):
        patch[RETAIN_KEYS] = sorted_scalars(kept)
    return patch


def _directive_difference(original: Json, modified: Json) -> JsonObject:
    if not isinstance(original, str) or not isinstance(modified, str):
        raise NotComparable(f"invalid value for special key {DIRECTIVE}")
    return {} if original == modified else {DIRECTIVE: modified}


def _value_difference(key: str, original: Json, modified: Json, schema: Schema, parts: Parts) -> JsonObject:
    if isinstance(original, dict) and isinstance(modified, dict):
        return _object_difference(key, original, modified, schema, parts)
    if isinstance(original, list) and isinstance(modified, list):
        return _list_field_difference(key, original, modified, schema, parts)
    if parts.additions and not equal(original, modified):
        return {key: modified}
    return {}


def _object_difference(
    key: str, original: JsonObject, modified: JsonObject, schema: Schema, parts: Parts
) -> JsonObject:
    found = _tags_unless_equal(key, original, modified, schema)
    if found is None:
        return {}
    below, tags = found
    if tags.strategy == REPLACE:
        return {key: modified} if parts.additions else {}
    patch = difference(original, modified, below, parts, retain=tags.retain_keys)
    return {key: patch} if patch else {}


def _tags_unless_equal(key: str, original: Json, modified: Json, schema: Schema) -> tuple[Schema, Tags] | None:
    """The field's tags, or None where the struct has no such field and both values are equal: nothing to patch."""
    try:
        return schema.of_list(key) if isinstance(original, list) else schema.of_map(key)
    except NotComparable:
        if same(original, modified):
            return None
        raise


def _list_field_difference(
    key: str, original: list[Json], modified: list[Json], schema: Schema, parts: Parts
) -> JsonObject:
    found = _tags_unless_equal(key, original, modified, schema)
    if found is None:
        return {}
    below, tags = found
    if tags.strategy != MERGE:
        return {key: modified} if parts.additions and not same(original, modified) else {}
    patch = _list_difference(original, modified, below, tags, parts)
    fields = {key: patch.changes, DELETE_FROM_LIST + key: patch.deletions, ELEMENT_ORDER + key: patch.order}
    return {name: values for name, values in fields.items() if values}


def _list_difference(
    original: list[Json], modified: list[Json], schema: Schema, tags: Tags, parts: Parts
) -> _ListPatch:
    if not original:
        return _ListPatch(modified if parts.additions else [], [], [])
    if items_are_objects(original, modified):
        return _object_list_difference(original, modified, schema, tags, parts)
    return _scalar_list_difference(original, modified, parts)


def _object_list_difference(
    original: list[Json], modified: list[Json], schema: Schema, tags: Tags, parts: Parts
) -> _ListPatch:
    key = tags.merge_key
    changes, deletions = _item_differences(objects(original), objects(modified), schema, tags, parts)
    patch = in_order(changes, modified, key, of_objects=True)
    same_order = len(original) == len(modified) and all(
        equal(key_of(a, key), key_of(b, key)) for a, b in zip(objects(original), objects(modified), strict=True)
    )
    patch += deletions
    order: list[Json] = []
    if (parts.additions and (patch or not same_order)) or (parts.deletions and patch):
        order = [{key: item.get(key)} for item in objects(modified)]
    return _ListPatch(patch, [], order)


def _item_differences(
    original: list[JsonObject], modified: list[JsonObject], schema: Schema, tags: Tags, parts: Parts
) -> tuple[list[Json], list[Json]]:
    """The changed and new items, and a deletion for each that is gone; the lists are walked side by side by key."""
    changes: list[Json] = []
    deletions: list[Json] = []
    key = tags.merge_key
    olds, news = sorted_by_key(original, key), sorted_by_key(modified, key)
    while olds or news:
        old_text = printed(key_of(olds[0], key)) if olds else None
        new_text = printed(key_of(news[0], key)) if news else None
        if old_text is not None and old_text == new_text:
            patch = difference(olds.pop(0), news[0], schema, parts, retain=tags.retain_keys)
            new = news.pop(0)
            if patch:
                changes.append(patch | {key: new[key]})
        elif old_text is None or (new_text is not None and old_text > new_text):
            new = news.pop(0)
            if parts.additions:
                changes.append(new)
        else:
            old = olds.pop(0)
            if parts.deletions:
                deletions.append({key: old[key], DIRECTIVE: DELETE})
    return changes, deletions


def _scalar_list_difference(original: list[Json], modified: list[Json], parts: Parts) -> _ListPatch:
    olds, news = sorted_scalars(original), sorted_scalars(modified)
    # Go sorts the original list in place and compares it with the modified one only then: an original that git merely
    # put into sorted order counts as unchanged.
    changed = not same(list(olds), modified)
    added: list[Json] = []
    gone: list[Json] = []
    while olds or news:
        old_text = printed(olds[0]) if olds else None
        new_text = printed(news[0]) if news else None
        if old_text is not None and old_text == new_text:
            olds.pop(0)
            news.pop(0)
        elif old_text is None or (new_text is not None and old_text > new_text):
            added.append(news.pop(0))
        else:
            gone.append(olds.pop(0))
    added = in_order(added, modified, "", of_objects=False) if parts.additions else []
    gone = deduplicated(gone) if parts.deletions else []
    ordered = (parts.deletions and gone) or (parts.additions and changed)
    return _ListPatch(added, gone, modified if ordered else [])
