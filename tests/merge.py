"""One JSON value laid over another, for test data: maps are merged, everything else is replaced; null removes a key."""

from __future__ import annotations

from whydrift.core.model.values import Json


def merged(under: Json, over: Json) -> Json:
    """`over` laid over `under`."""
    if not isinstance(under, dict) or not isinstance(over, dict):
        return over
    together = {
        key: merged(under[key], part) if key in under else part for key, part in over.items() if part is not None
    }
    return {**{key: part for key, part in under.items() if key not in over}, **together}
