"""Times as Kubernetes writes them (RFC 3339, UTC), and the time of reading when no clock says it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from whydrift.core.model.times import spelled
from whydrift.core.model.values import Json, text

STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")


def seconds(moment: str) -> float | None:
    """Seconds since 1970 of an RFC 3339 time; None for what is none, and for the zero time of what never began."""
    if not STAMP.fullmatch(moment) or moment < "1971":
        return None
    try:
        return datetime.fromisoformat(moment).timestamp()
    except (ValueError, OverflowError):
        return None


def stamp(moment: float) -> str:
    """Seconds since 1970 as an RFC 3339 time."""
    return spelled(datetime.fromtimestamp(moment, UTC))


def between(start: str, end: str) -> float:
    """Seconds from one time to another; 0 where one of them is not known."""
    first, last = seconds(start), seconds(end)
    return 0.0 if first is None or last is None else last - first


def earliest(moments: Iterable[str]) -> str:
    """The first of some times, "" where there is none."""
    known = [(found, moment) for moment in moments if (found := seconds(moment)) is not None]
    return min(known)[1] if known else ""


def newest(values: Iterable[Json]) -> str:
    """The newest time that stands anywhere in some answers: when they were read, as far as they tell."""
    known = [(found, moment) for value in values for moment in _times(value) if (found := seconds(moment)) is not None]
    return max(known)[1] if known else ""


FORESEEN = frozenset({"notAfter", "renewalTime", "deletionTimestamp", "nextRefreshTime", "expirationTimestamp"})
"""Fields that hold times to come."""


def _times(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        if STAMP.fullmatch(value):
            yield value
    elif isinstance(value, list):
        for item in value:
            yield from _times(item)
    elif isinstance(value, dict):
        for key, part in value.items():
            if key not in FORESEEN:
                yield from _times(part)


def first_seen(event: Json) -> str:
    """When an event was first seen (core/v1 `firstTimestamp`, else `eventTime`)."""
    return text(event, "firstTimestamp") or text(event, "eventTime") or text(event, "metadata", "creationTimestamp")
