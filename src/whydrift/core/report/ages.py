"""How long ago something was: relative, with the date beside it. Now is the time of reading, never the clock."""

from __future__ import annotations

from datetime import datetime, timedelta

UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60))


def age(since: str, now: str) -> str:
    """`5 days ago (2026-11-15)`; only the date where `now` is not known; "" where `since` is no RFC 3339 time."""
    then, reading = _time(since), _time(now)
    if then is None:
        return ""
    date = then.strftime("%Y-%m-%d")
    if reading is None:
        return f"on {date}"
    gone = reading - then
    if gone < timedelta(0):
        return f"on {date}, after it was read"
    return f"{_spelled(int(gone.total_seconds()))} ({date})"


def _spelled(seconds: int) -> str:
    for name, length in UNITS:
        number = seconds // length
        if number:
            return f"{number} {name}{'s' if number > 1 else ''} ago"
    return "just now"


def _time(stated: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(stated)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None
