"""Merge patches (RFC 7386) as JSON patches (RFC 6902) that say at each place what they write there."""

from __future__ import annotations

from collections.abc import Iterator

from whydrift.core.model.secret_names import MARK
from whydrift.core.model.values import Json, JsonObject, is_object


def operations(patch: JsonObject, obj: JsonObject, under: str = "") -> Iterator[JsonObject]:
    """What a merge patch changes of an object, place by place; nothing where all is as it says."""
    for key, value in patch.items():
        path = f"{under}/{key.replace('~', '~0').replace('/', '~1')}"
        there = obj.get(key)
        if is_object(value) and is_object(there):
            yield from operations(value, there, path)
        elif value is None:
            if key in obj:
                yield {"op": "remove", "path": path}
        elif key not in obj or there != value:
            yield {"op": "add", "path": path, "value": _alone(value)}


def _alone(value: Json) -> Json:
    """What a merge patch makes of nothing: its nulls delete what is not there; inside lists they are values."""
    if isinstance(value, dict):
        return {key: _alone(part) for key, part in value.items() if part is not None}
    return value


def holds_mask(value: Json) -> bool:
    """Whether a value was made from masked ones: it must not be written anywhere."""
    if isinstance(value, str):
        return MARK in value
    if isinstance(value, dict):
        return any(holds_mask(part) for part in (*value, *value.values()))
    return isinstance(value, list) and any(map(holds_mask, value))
