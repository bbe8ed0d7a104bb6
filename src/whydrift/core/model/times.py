"""Times as they are kept and told: RFC 3339 in UTC, to the second, as text: they sort."""

from __future__ import annotations

from datetime import datetime, timedelta


def spelled(at: datetime) -> str:
    """A time, which is one of UTC, as text."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def later(at: str, seconds: float) -> str:
    """The time so many seconds after another; before it, where they are less than 0."""
    return spelled(datetime.fromisoformat(at) + timedelta(seconds=seconds))
