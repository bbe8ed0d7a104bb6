"""Times on the command line: spans, and moments that are a span from now, a date or a time. One spelling for all."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import click

from whydrift.errors import UsageError

SPAN = re.compile(r"(\d{1,9})([smhdw])")
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
SPANS = "90s, 10m, 1h, 7d or 2w"
DAY = timedelta(days=1)
_DATE = len("2027-01-31")


class Span(click.ParamType):  # type: ignore[type-arg]  # generic in newer clicks only
    """A time span, as an option's value: seconds."""

    name = "time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Its seconds."""
        found = span(str(value))
        if found is None:
            self.fail(f"{value!r} is no time span: write {SPANS}", param, ctx)
        return found


def span(stated: str) -> int | None:
    """The seconds of a span; None where it is none."""
    found = SPAN.fullmatch(stated)
    return int(found[1]) * SECONDS[found[2]] if found else None


def back_to(stated: str, option: str, now: datetime) -> datetime:
    """A time before now, or the beginning of a day (UTC). UsageError names the option of what is neither."""
    return _moment(stated, option, now, -1)


def up_to(stated: str, option: str, now: datetime) -> datetime:
    """A time after now, or the end of a day (UTC). UsageError names the option of what is neither."""
    return _moment(stated, option, now, 1)


def _moment(stated: str, option: str, now: datetime, sign: int) -> datetime:
    try:
        seconds = span(stated)
        if seconds is not None:
            return now + sign * timedelta(seconds=seconds)
        if len(stated) == _DATE:
            return datetime.combine(date.fromisoformat(stated) + max(sign, 0) * DAY, datetime.min.time(), UTC)
        found = datetime.fromisoformat(stated)
        return found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        instead = f"write {SPANS}, a date (2027-01-31) or a time (2027-01-31T08:00:00Z)"
        raise UsageError(f"{option}: {stated!r} is no time span, date or time: {instead}") from error
