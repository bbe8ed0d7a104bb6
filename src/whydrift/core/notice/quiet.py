"""When something may be told: not in quiet hours, and in a digest once a day. Times are RFC 3339 in UTC."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta, tzinfo

import msgspec

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


def digest_after(digest: str, zone: tzinfo, at: str) -> str:
    """The first time at or after `at` when a clock on the wall shows HH:MM; one that the wall skips comes after it."""
    start = datetime.fromisoformat(at)
    local = start.astimezone(zone)
    days = (datetime.combine(local.date() + timedelta(days=n), _clock(digest), zone) for n in range(-1, 3))
    following = [day.astimezone(UTC) for day in days if day.astimezone(UTC) >= start]
    return min(following).strftime("%Y-%m-%dT%H:%M:%SZ")


def may_go(quiet: Quiet, digest: str, happened: str, now: str) -> bool:
    """Whether what happened at a time may be told now."""
    if is_quiet(quiet, now):
        return False
    return not digest or digest_after(digest, quiet.zone, happened) <= now


def _clock(stated: str) -> time:
    hours, _, minutes = (stated or "00:00").partition(":")
    return time(int(hours), int(minutes))


def _counts(quiet: Quiet, local: datetime) -> bool:
    return not quiet.days or DAYS[local.weekday()] in quiet.days
