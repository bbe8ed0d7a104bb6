"""What the status of an object says about why it is not well, and when anything of it moved (meta/v1 Condition)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from whydrift.core.model.values import Json, JsonObject, items, text
from whydrift.core.unmask.moments import newest, seconds

ABNORMAL = re.compile(r"(?i)degraded|stalled|fail|error|invalid|conflict|pressure|unavailable|blocked|expired")
"""Types of conditions that are bad when they are true (API conventions: "abnormal-true" polarity)."""
MOVES = frozenset({"Progressing", "Reconciling", "Issuing", "Paused", "PodScheduled"})
"""Types that say what is being done: that nothing is, is bad only where the deadline of a Deployment passed."""
FIRST = ("ScalingActive", "Ready", "Available", "Healthy")
"""The conditions that say most, in this order: of an autoscaler whether it scales, else the summary."""


def telling(live: JsonObject) -> JsonObject:
    """The condition that says most about why an object is not well; {} where none speaks against it."""
    against = [row for row in items(live, "status", "conditions") if isinstance(row, dict) and _against(row)]
    return min(against, key=_rank, default={})


def _against(row: JsonObject) -> bool:
    kind, status = text(row, "type"), text(row, "status")
    if kind in MOVES:
        return text(row, "reason") == "ProgressDeadlineExceeded"
    return status == ("True" if ABNORMAL.search(kind) else "False") or (status == "Unknown" and bool(_says(row)))


def _rank(row: JsonObject) -> tuple[bool, bool, int]:
    """What says a sentence goes first, what is not known goes last."""
    kind = text(row, "type")
    place = FIRST.index(kind) if kind in FIRST else len(FIRST)
    return not _says(row), text(row, "status") == "Unknown", place


def _says(row: JsonObject) -> str:
    return text(row, "message")


def moved(live: JsonObject) -> str:
    """When anything about an object last changed: it was made, written, or moved a condition; "" if nothing tells."""
    return newest(moment for moment in _moments(live) if seconds(moment) is not None)


def _moments(live: JsonObject) -> Iterator[str]:
    yield text(live, "metadata", "creationTimestamp")
    yield from (text(entry, "time") for entry in items(live, "metadata", "managedFields"))
    for row in items(live, "status", "conditions"):
        yield from (text(row, name) for name in ("lastTransitionTime", "lastUpdateTime"))


def stated(live: JsonObject) -> str:
    """When what an object asks for last changed: its status aside."""
    entries: Iterator[Json] = (e for e in items(live, "metadata", "managedFields") if not text(e, "subresource"))
    return newest([text(live, "metadata", "creationTimestamp"), *(text(entry, "time") for entry in entries)])
