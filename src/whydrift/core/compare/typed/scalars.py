"""Texts of the scalar Go types that encode themselves: times, durations, bytes, numbers; None where Go refuses one."""

from __future__ import annotations

import base64
import binascii
import re
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

_TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d{1,2}):(\d\d):(\d\d)(?:[.,](\d+))?(Z|([+-])(\d\d):(\d\d))", re.ASCII)
_MICRO_DIGITS = 6
ZERO_TIME = datetime(1, 1, 1, tzinfo=UTC)
"""Go's zero time, which the API types encode as null."""


@lru_cache(4096)
def time_text(text: str) -> str | None:
    """An RFC 3339 time as metav1.Time encodes it: in UTC, whole seconds; "" for the zero time."""
    moment = _moment(text, micro=False)
    if moment is None:
        return None
    return "" if moment == ZERO_TIME else moment.strftime("%Y-%m-%dT%H:%M:%SZ").zfill(20)


def micro_time_text(text: str) -> str | None:
    """An RFC 3339 time with exactly six fractional digits as metav1.MicroTime encodes it; "" for the zero time."""
    moment = _moment(text, micro=True)
    if moment is None:
        return None
    return "" if moment == ZERO_TIME else moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ").zfill(27)


def _moment(text: str, *, micro: bool) -> datetime | None:
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, zone, sign, zone_hours, zone_minutes = match.groups()
    if micro and len(fraction or "") != _MICRO_DIGITS:
        return None
    offset = timedelta()
    if zone != "Z":
        offset = timedelta(hours=int(zone_hours), minutes=int(zone_minutes)) * (-1 if sign == "-" else 1)
    micros = int((fraction or "")[:_MICRO_DIGITS].ljust(_MICRO_DIGITS, "0"))
    try:
        moment = datetime(
            int(year), int(month), int(day), int(hour), int(minute), int(second), micros, tzinfo=timezone(offset)
        )
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def bytes_text(text: str) -> str | None:
    """Base64 as Go encodes it again after decoding; None where it is no standard base64 with padding."""
    try:
        return base64.b64encode(base64.b64decode(text.replace("\r", "").replace("\n", ""), validate=True)).decode()
    except (binascii.Error, ValueError):
        return None


def number_text(number: int | float) -> str:
    """A number as encoding/json writes it: no exponent from 1e-6 up to 1e21."""
    if isinstance(number, int):
        return str(number)
    if number == 0 or 1e-6 <= abs(number) < 1e21:
        text = format(Decimal(repr(number)), "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    mantissa, exponent = repr(number).split("e")
    sign = "-" if exponent.startswith("-") else "+"
    return f"{mantissa.removesuffix('.0')}e{sign}{exponent.lstrip('+-0')}"


_UNITS = {
    "ns": 1,
    "us": 10**3,
    "µs": 10**3,
    "μs": 10**3,
    "ms": 10**6,
    "s": 10**9,
    "m": 60 * 10**9,
    "h": 3600 * 10**9,
}
_DURATION = re.compile(r"[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+", re.ASCII)
_DURATION_PART = re.compile(r"(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)", re.ASCII)
_INT64_MAX = 2**63 - 1


def duration_text(text: str) -> str | None:
    """A duration as Go's time.Duration spells it: `8760h` is `8760h0m0s`."""
    nanos = duration_nanoseconds(text)
    if nanos is None:
        return None
    return ("-" if nanos < 0 else "") + _spell_duration(abs(nanos))


def duration_nanoseconds(text: str) -> int | None:
    """The nanoseconds of a Go duration (time.ParseDuration), or None where Go refuses it."""
    if text in ("0", "+0", "-0"):
        return 0
    if _DURATION.fullmatch(text) is None:
        return None
    nanos = sum(int(Fraction(number) * _UNITS[unit]) for number, unit in _DURATION_PART.findall(text))
    negative = text.startswith("-")
    if nanos > _INT64_MAX + negative:
        return None
    return -nanos if negative else nanos


def _spell_duration(nanos: int) -> str:
    for unit in ("s", "ms", "µs"):
        if nanos >= _UNITS[unit]:
            break
    else:
        return f"{nanos}ns" if nanos else "0s"
    if unit != "s":
        return _decimal(nanos, _UNITS[unit]) + unit
    minutes, rest = divmod(nanos, _UNITS["m"])
    hours, minutes = divmod(minutes, 60)
    prefix = f"{hours}h" if hours else ""
    prefix += f"{minutes}m" if hours or minutes else ""
    return f"{prefix}{_decimal(rest, _UNITS['s'])}s"


def _decimal(nanos: int, unit: int) -> str:
    whole, rest = divmod(nanos, unit)
    digits = str(rest).rjust(len(str(unit)) - 1, "0").rstrip("0")
    return f"{whole}.{digits}" if digits else str(whole)
