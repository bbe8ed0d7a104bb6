"""The last-applied annotation, as Argo CD reads it.

Source: gitops-engine/pkg/diff/diff.go :: GetLastAppliedConfigAnnotation.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from whydrift.core.compare.tracking import string_map
from whydrift.core.model.values import Json, JsonObject, text

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An annotation that holds no object."""

    why: str


def last_applied(obj: JsonObject) -> JsonObject | Unreadable | None:
    """What was last applied on the client's side, or None where the object does not say."""
    stated = (string_map(obj, "annotations") or {}).get(LAST_APPLIED)
    if stated is None:
        return None
    try:
        parsed: Json = json.loads(stated, parse_constant=_refuse)
    except ValueError as error:
        return Unreadable(str(error))
    if not isinstance(parsed, dict) or not text(parsed, "kind"):
        return Unreadable("it holds no object with a kind")
    return parsed


def _refuse(constant: str) -> Json:
    raise ValueError(f"{constant} is no JSON")
