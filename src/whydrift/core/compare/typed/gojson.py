"""JSON values as Go's decoder hands them on: fresh maps and lists, one form for each number."""

from __future__ import annotations

from whydrift.core.model.values import Json, JsonObject


def copied(value: Json) -> Json:
    """A deep copy of a JSON value, with whole numbers as ints: written by Go and read again, 1.0 is 1."""
    if type(value) is dict:
        return copied_object(value)
    if type(value) is list:
        return [item if type(item) is str else copied(item) for item in value]
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**63:
        return int(value)
    return value


def copied_object(obj: JsonObject) -> JsonObject:
    """A deep copy of a JSON object, with whole numbers as ints."""
    return {key: item if type(item) is str else copied(item) for key, item in obj.items()}


def without_unstated(stated: JsonObject, obj: JsonObject) -> JsonObject:
    """The object without the fields that `stated` does not have (gitops-engine/pkg/utils/json :: RemoveMapFields).

    List items are held together by their index; items beyond the other list's end stay whole.
    """
    return {key: _without_unstated(stated[key], obj[key]) for key in stated if key in obj}


def items_without_unstated(stated: list[Json], values: list[Json]) -> list[Json]:
    """The list with each item reduced to the fields of the item at the same index (RemoveListFields)."""
    reduced = [_without_unstated(a, b) for a, b in zip(stated, values, strict=False)]
    return reduced + values[len(stated) :]


def _without_unstated(stated: Json, value: Json) -> Json:
    if isinstance(stated, dict) and isinstance(value, dict):
        return without_unstated(stated, value)
    if isinstance(stated, list) and isinstance(value, list):
        return items_without_unstated(stated, value)
    return value
