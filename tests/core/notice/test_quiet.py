"""Quiet hours and digests by the clock on the wall, also where that is put forward and back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whydrift.core.notice.quiet import Quiet, is_quiet, last_digest, told_up_to

BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = Quiet("22:00", "07:00", BERLIN)
WEEKEND = Quiet(zone=BERLIN, days=("sat", "sun"))
FRIDAY_NIGHT = Quiet("22:00", "07:00", BERLIN, ("fri",))
TIMES = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(lambda at: f"{at:%Y-%m-%dT%H:%M:%SZ}")
CLOCKS = st.tuples(st.integers(0, 23), st.integers(0, 59)).map(lambda clock: f"{clock[0]:02d}:{clock[1]:02d}")


@pytest.mark.parametrize(
    ("quiet", "at", "expected"),
    [
        (Quiet(), "2026-11-28T03:00:00Z", False),
        (NIGHT, "2026-11-28T20:59:59Z", False),
        (NIGHT, "2026-11-28T21:00:00Z", True),
        (NIGHT, "2026-11-28T05:59:59Z", True),
        (NIGHT, "2026-11-28T06:00:00Z", False),
        (NIGHT, "2026-07-28T05:00:00Z", False),
        (WEEKEND, "2026-11-27T22:59:59Z", False),
        (WEEKEND, "2026-11-27T23:00:00Z", True),
        (WEEKEND, "2026-11-29T22:59:59Z", True),
        (WEEKEND, "2026-11-29T23:00:00Z", False),
        (FRIDAY_NIGHT, "2026-11-28T05:00:00Z", True),
        (FRIDAY_NIGHT, "2026-11-28T22:00:00Z", False),
        (Quiet("12:00", "13:00"), "2026-11-28T12:30:00Z", True),
        (Quiet("12:00", "13:00"), "2026-11-28T13:00:00Z", False),
    ],
)
def test_hours_are_quiet_by_the_clock_on_the_wall(quiet: Quiet, at: str, expected: bool) -> None:
    assert is_quiet(quiet, at) is expected


@given(digest=CLOCKS, now=TIMES)
def test_a_digest_came_within_a_day_when_the_clock_showed_its_time(digest: str, now: str) -> None:
    last = last_digest(digest, BERLIN, now)
    at, end = datetime.fromisoformat(last), datetime.fromisoformat(now)
    assert timedelta() <= end - at <= timedelta(hours=25)
    local = at.astimezone(BERLIN)
    skipped = local.month == 3 and local.hour == 3 and digest.startswith("02:")
    assert f"{local:%H:%M}" == digest or skipped
    assert last_digest(digest, BERLIN, last) == last


@given(digest=CLOCKS, happened=TIMES)
def test_what_waits_for_a_digest_goes_with_it_and_no_sooner(digest: str, happened: str) -> None:
    times = [
        f"{datetime.fromisoformat(happened) + timedelta(seconds=s):%Y-%m-%dT%H:%M:%SZ}" for s in range(0, 90_001, 450)
    ]
    goes = [happened <= told_up_to(Quiet(), digest, now) for now in times]
    assert goes == sorted(goes) and goes[-1], "it waits, then it goes, within a day"
    first = times[goes.index(True)]
    shown = last_digest(digest, UTC, first)
    assert happened <= shown <= first and f"{datetime.fromisoformat(shown):%H:%M}" == digest


def test_a_digest_in_quiet_hours_waits_for_their_end() -> None:
    assert told_up_to(NIGHT, "03:00", "2026-11-28T02:00:00Z") < "2026-11-28T00:00:00Z"
    assert told_up_to(NIGHT, "03:00", "2026-11-28T06:00:00Z") >= "2026-11-28T00:00:00Z"


def test_at_any_other_time_all_is_told() -> None:
    assert told_up_to(Quiet(), "", "2026-11-28T02:00:00Z") >= "2026-11-28T03:00:00Z", "also what a clock put ahead"
