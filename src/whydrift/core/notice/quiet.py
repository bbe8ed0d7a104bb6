"""When something may be told: not in quiet hours, and in a digest once a day. Times are RFC 3339 in UTC."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta, tzinfo

import msgspec

from whydrift.core.model.times import spelled

NOTHING, ALL = "", "9999-12-31T23:59:59Z"
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Quiet(msgspec.Struct, frozen=True):
    """Quiet hours as a clock on the wall of `zone` shows them; over midnight where `end` is not after `begin`.

    They begin on each of `days` (() is every day); days without hours are quiet as a whole. What is broken is told
    all the same where `but_broken` says so.
    """

    begin: str = ""
    end: str = ""
    zone: tzinfo = UTC
    days: tuple[str, ...] = ()
    but_broken: bool = True


def is_quiet(quiet: Quiet, at: str) -> bool:
    """Whether a time lies in quiet hours; their end does not."""
    if not (quiet.begin or quiet.days):
        return False
    local = datetime.fromisoformat(at).astimezone(quiet.zone)
    begin, end = _clock(quiet.begin), _clock(quiet.end)
    now, yesterday = local.time(), local - timedelta(days=1)
    if begin < end:
        return _counts(quiet, local) and begin <= now < end
    return (_counts(quiet, local) and now >= begin) or (_counts(quiet, yesterday) and now < end)


def told_up_to(quiet: Quiet, digest: str, now: str) -> str:
    """What happened at this time or before may be told now: all of it, nothing, or what the last digest could hold."""
    if is_quiet(quiet, now):
        return NOTHING
    return last_digest(digest, quiet.zone, now) if digest else ALL


def last_digest(digest: str, zone: tzinfo, now: str) -> str:
    """The last time until now when a clock on the wall showed HH:MM; one that it skipped comes after the gap."""
    end = datetime.fromisoformat(now)
    today = end.astimezone(zone).date()
    days = (datetime.combine(today - timedelta(days=n), _clock(digest), zone).astimezone(UTC) for n in range(-1, 3))
    return spelled(max(day for day in days if day <= end))


def _clock(stated: str) -> time:
    hours, _, minutes = (stated or "00:00").partition(":")
    return time(int(hours), int(minutes))


def _counts(quiet: Quiet, local: datetime) -> bool:
    return not quiet.days or DAYS[local.weekday()] in quiet.days
