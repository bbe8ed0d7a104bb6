"""Lists in strategic merge patches: items by merge key, and the order that Go gives them.

Source: k8s.io/apimachinery pkg/util/strategicpatch/patch.go. Its orders are part of Argo CD's answer, the odd ones too.
"""

from __future__ import annotations

from typing import NamedTuple

from whydrift.core.compare.typed.scalars import number_text
from whydrift.core.model.values import Json, JsonObject
from whydrift.errors import NotComparable

DIRECTIVE = "$patch"
DELETE = "delete"
REPLACE = "replace"


def printed(value: Json) -> str:
    """A scalar as Go's %v prints it, the text by which patches sort."""
    if value is None:
        return "<nil>"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return number_text(value)
    return str(value)


def equal(a: Json, b: Json) -> bool:
    """Whether two scalars are one value of one type, as Go compares interfaces: 1 and 1.0 are, 1 and true are not."""
    return _type_of(a) is _type_of(b) and a == b


def _type_of(value: Json) -> type:
    """The type as which Go reads a value: a whole number is an integer, however it is written."""
    return int if isinstance(value, float) and value.is_integer() else type(value)


def items_are_objects(*lists: list[Json]) -> bool:
    """Whether the items are objects; NotComparable where they are of several types, lists, nulls or none at all."""
    types = {_type_of(item) for values in lists for item in values}
    if len(types) != 1:
        raise NotComparable("list element types are not identical" if types else "no elements in any of the lists")
    (found,) = types
    if found in (list, type(None)):
        raise NotComparable("lists of lists or of nulls cannot be merged")
    return found is dict


def objects(values: list[Json]) -> list[JsonObject]:
    """The items of a list of objects; NotComparable where one is no object."""
    found = [item for item in values if isinstance(item, dict)]
    if len(found) != len(values):
        raise NotComparable("a list item is not an object")
    return found


def key_of(item: JsonObject, merge_key: str) -> Json:
    """The value of an item's merge key; NotComparable where it has none."""
    if merge_key not in item:
        raise NotComparable(f"a list item does not contain its merge key {merge_key!r}")
    return item[merge_key]


def index_of(values: list[Json], wanted: Json, merge_key: str) -> int:
    """The index of the first item with the same merge key (the same value in a list of scalars), or -1."""
    target = wanted.get(merge_key) if isinstance(wanted, dict) else wanted
    for index, item in enumerate(values):
        if equal(item.get(merge_key) if isinstance(item, dict) else item, target):
            return index
    return -1


def sorted_by_key(items: list[JsonObject], merge_key: str) -> list[JsonObject]:
    """Objects sorted by the text of their merge key.

    Go's sort takes equal keys for "less" both ways: among up to 12 items, sorted by insertion, their order turns round.
    """
    return sorted(reversed(items), key=lambda item: printed(item.get(merge_key)))


def sorted_scalars(values: list[Json]) -> list[Json]:
    """Scalars sorted by their text."""
    return sorted(values, key=printed)


def deduplicated(values: list[Json]) -> list[Json]:
    """Scalars without repetitions; as in Go, the last one takes the place of each that goes."""
    kept, length = _deduplicated_in_place(values)
    return kept[:length]


def _deduplicated_in_place(values: list[Json]) -> tuple[list[Json], int]:
    """The array that Go works on, with what is left behind its end, and the number of scalars that it still counts."""
    array, length = list(values), len(values)
    place = 0
    while place < length - 1:
        other = place + 1
        while other < length:
            if equal(array[place], array[other]):
                length -= 1
                array[other] = array[length]
            else:
                other += 1
        place += 1
    return array, length


class MergedList(NamedTuple):
    """A list with a patch merged in, and what Go then sees of the list from before; both share an array."""

    items: list[Json]
    seen: list[Json]


def scalars_merged(original: list[Json], patch: list[Json]) -> MergedList:
    """Two lists of scalars as one without repetitions.

    A slice that Go decoded from JSON has room for the next power of two. What fits is written behind the original, and
    taking out repetitions then moves values inside the original as well; later its order counts.
    """
    array, length = _deduplicated_in_place(original + patch)
    room = 1 << (len(original) - 1).bit_length() if original else 0
    in_place = len(original) + len(patch) <= room
    return MergedList(array[:length], array[: len(original)] if in_place else original)


def as_seen_after(original: list[Json], kept: list[Json], merged: list[Json]) -> list[Json]:
    """What the original list's array holds after deletions closed up to `kept` and additions made `merged` of it.

    Additions go into the places that deletions freed; behind them stands what was there before, shifted.
    """
    array = list(original)
    array[: len(kept)] = kept
    filled = merged[len(kept) : len(original)]
    array[len(kept) : len(kept) + len(filled)] = filled
    return array


def is_deletion(item: Json) -> bool:
    """Whether a patch item is `$patch: delete`."""
    return isinstance(item, dict) and item.get(DIRECTIVE) == DELETE


def is_replacement(item: Json) -> bool:
    """Whether a patch item is `$patch: replace`."""
    return isinstance(item, dict) and item.get(DIRECTIVE) == REPLACE


def in_order(values: list[Json], order: list[Json], merge_key: str, *, of_objects: bool) -> list[Json]:
    """The items in the relative order of `order`, deletions last (normalizeSliceOrder)."""
    deletions: list[Json] = []
    if of_objects:
        for item in objects(values + order):
            key_of(item, merge_key)
        deletions = [item for item in values if is_deletion(item)]
        values = [item for item in values if not is_deletion(item)]
    ranked = [(index_of(order, item, merge_key), item) for item in values]
    return [item for _, item in _by_rank(ranked)] + deletions


def _by_rank(ranked: list[tuple[int, Json]]) -> list[tuple[int, Json]]:
    """Sorted by rank; an item without a rank (-1) moves to the front, as Go's insertion sort takes it."""
    result: list[tuple[int, Json]] = []
    for rank, item in ranked:
        place = len(result)
        while place > 0 and (rank < 0 or result[place - 1][0] < 0 or rank < result[place - 1][0]):
            place -= 1
        result.insert(place, (rank, item))
    return result


def interleaved(
    patch: list[Json],
    live_only: list[Json],
    patch_order: list[Json],
    live_order: list[Json],
    merge_key: str,
    *,
    of_objects: bool,
) -> list[Json]:
    """Patch items and live-only items in one list: each in its order, between them live's (mergeSortedSlice)."""
    right = in_order(patch, patch_order, merge_key, of_objects=of_objects)
    left = in_order(live_only, live_order, merge_key, of_objects=of_objects)
    merged: list[Json] = []
    while left and right:
        left_rank = index_of(live_order, left[0], merge_key)
        right_rank = index_of(live_order, right[0], merge_key)
        merged.append(left.pop(0) if 0 <= left_rank < right_rank else right.pop(0))
    return merged + left + right


def partitioned(values: list[Json], by: list[Json], merge_key: str) -> tuple[list[Json], list[Json]]:
    """The items that `by` holds too (by merge key where there is one), and the others."""
    if merge_key:
        for item in objects(values):
            key_of(item, merge_key)
        objects(by)
    inside = [item for item in values if index_of(by, item, merge_key) >= 0]
    outside = [item for item in values if index_of(by, item, merge_key) < 0]
    return inside, outside
