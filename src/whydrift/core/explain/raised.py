"""Raised capacity: changes that give more than git does (decisions.md, "capacity"). Free text is never judged."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from typing import Final

from whydrift.core.compare.typed.quantity import amount_of
from whydrift.core.compare.typed.scalars import duration_nanoseconds
from whydrift.core.explain.change import Change
from whydrift.core.explain.versions import is_newer
from whydrift.core.model.paths import Path
from whydrift.core.model.values import MaybeJson

REPLICAS: Final[Path] = ("spec", "replicas")
_IMAGES: Final = frozenset({"image", "imageName"})
_TEXT_FIELDS: Final = frozenset(
    {"data", "binaryData", "stringData", "metadata", "annotations", "labels", "parameters", "env", "args", "command"}
)
"""Below these, what a value means is known only to the program that reads it."""
_BOUNDS: Final = frozenset({"minReplicas", "maxReplicas"})
_PATIENCE: Final = re.compile(r"grace|deadline|delay|timeout|failureThreshold", re.IGNORECASE)


def raising(change: Change) -> str:
    """What a change gives more of, as a sentence; "" where it gives no more, or what it gives is not known."""
    if not _TEXT_FIELDS.isdisjoint(change.path):
        return ""
    if change.name in _IMAGES:
        newer = (
            isinstance(change.before, str) and isinstance(change.after, str) and is_newer(change.after, change.before)
        )
        return "the cluster runs a newer version of the same image" if newer else ""
    if _is_capacity(change):
        return _if_greater(change, amount_of)
    return _if_greater(change, _time) if _is_patience(change) else ""


def _if_greater(change: Change, amount: Callable[[MaybeJson], Fraction | None]) -> str:
    old, new = amount(change.before), amount(change.after)
    greater = old is not None and new is not None and new > old
    return f"{change.name} is raised: the cluster gives more than git" if greater else ""


def _is_capacity(change: Change) -> bool:
    path = change.path
    if path == REPLICAS:
        return True
    if change.key.kind == "HorizontalPodAutoscaler":
        return len(path) == 2 and change.name in _BOUNDS
    if change.key.kind == "ResourceQuota":
        return path[:2] == ("spec", "hard")
    return path[-3:-1] in (("resources", "requests"), ("resources", "limits")) or path[-2:] == ("storage", "size")


def _is_patience(change: Change) -> bool:
    """Whether a field says how long somebody waits, or how long a certificate lasts: longer takes nothing away."""
    lasts = (change.key.kind, change.name) == ("Certificate", "duration")
    return lasts or _PATIENCE.search(change.name) is not None or change.path[-2:-1] == ("timeouts",)


def _time(value: MaybeJson) -> Fraction | None:
    """Seconds as they stand, or a Go duration; a field has one of them on both sides."""
    nanoseconds = duration_nanoseconds(value) if isinstance(value, str) else None
    return _number(value) if nanoseconds is None else Fraction(nanoseconds)


def _number(value: MaybeJson) -> Fraction | None:
    return Fraction(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
