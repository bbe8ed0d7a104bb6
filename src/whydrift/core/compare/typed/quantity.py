"""Kubernetes quantities: reading, canonical spelling, sum, rounding (k8s.io/apimachinery pkg/api/resource)."""

from __future__ import annotations

import re
from enum import Enum
from fractions import Fraction
from functools import lru_cache
from math import ceil
from typing import NamedTuple

from whydrift.core.model.values import MaybeJson


class Format(Enum):
    """How a quantity is spelled: by SI suffixes, by power-of-two suffixes or by a decimal exponent."""

    DECIMAL = "DecimalSI"
    BINARY = "BinarySI"
    EXPONENT = "DecimalExponent"


class Quantity(NamedTuple):
    """A parsed quantity. `spelling` is the text that Go keeps as it was written, "" where it spells the amount anew."""

    amount: Fraction
    format: Format
    spelling: str = ""
    scale: int = 0
    """The power of ten of the last digit that was written; 0 where Go does not keep it."""


_SHAPE = re.compile(r"([+-]?)0*([0-9]*)(?:\.([0-9]*))?([eEinumkKMGTP]*[+-]?[0-9]*)", re.ASCII)
_DECIMAL_SUFFIXES = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY_SUFFIXES = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
_DECIMAL_BY_EXPONENT = {exponent: suffix for suffix, exponent in _DECIMAL_SUFFIXES.items()}
_BINARY_BY_EXPONENT = {exponent: suffix for suffix, exponent in _BINARY_SUFFIXES.items()}
_INT64_MAX = 2**63 - 1
_INT64_DIGITS = 18
_NANO, _MILLI = -9, -3
_MAX_EXPONENT = 10_000
"""Beyond this Go's own arithmetic is of no use either; it keeps a hostile exponent from filling the memory."""


def parse_quantity(text: str) -> Fraction | None:
    """The amount that a quantity stands for (`1000m` and `1` are one), or None where the text is no quantity."""
    parsed = parse(text)
    return None if parsed is None else parsed.amount


def amount_of(value: MaybeJson) -> Fraction | None:
    """The amount that a field holds, spelled as a quantity or as a number, or None where it is neither."""
    if isinstance(value, str):
        return parse_quantity(value)
    return Fraction(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


@lru_cache(4096)
def canonical(text: str) -> str | None:
    """The text as Go writes the quantity after reading it, or None where it is no quantity."""
    parsed = parse(text)
    return None if parsed is None else spell(parsed)


def parse(text: str) -> Quantity | None:
    """Read a quantity (ParseQuantity), or None where Go refuses it."""
    if text == "0":
        return Quantity(Fraction(0), Format.DECIMAL, text)
    match = _SHAPE.fullmatch(text)
    if match is None or not text:
        return None
    sign, whole, fraction, suffix = match.groups("")
    base_and_exponent = _read_suffix(suffix)
    if base_and_exponent is None:
        return None
    exponent, form = base_and_exponent
    sign_factor = -1 if sign == "-" else 1
    fast = _within_int64(whole or "0", fraction, exponent, form)
    if fast is not None:
        return _keep_spelling(text, fast, sign_factor, form, exponent, (whole or "0") + fraction)
    return _in_arbitrary_precision(f"{whole or '0'}.{fraction or '0'}", sign_factor, exponent, form)


def _read_suffix(suffix: str) -> tuple[int, Format] | None:
    if suffix in _DECIMAL_SUFFIXES:
        return _DECIMAL_SUFFIXES[suffix], Format.DECIMAL
    if suffix in _BINARY_SUFFIXES:
        return _BINARY_SUFFIXES[suffix], Format.BINARY
    if suffix[0] in "eE" and re.fullmatch(r"[+-]?[0-9]+", suffix[1:]) and abs(int(suffix[1:])) <= _MAX_EXPONENT:
        return int(suffix[1:]), Format.EXPONENT
    return None


def _within_int64(whole: str, fraction: str, exponent: int, form: Format) -> tuple[int, int] | None:
    """The mantissa and its power of ten where Go's fast path takes the number, else None."""
    if form is Format.BINARY:
        factor, scale = 1 << exponent, 0
        fits = not fraction and 15 - len(whole) - exponent * 3 // 10 - 1 >= 0
    else:
        factor, scale = 1, exponent - len(fraction)
        fits = _INT64_DIGITS - len(whole) - len(fraction) >= 0
    mantissa = int(whole + fraction) * factor
    return (mantissa, scale) if fits and scale >= _NANO and mantissa <= _INT64_MAX else None


def _keep_spelling(text: str, fast: tuple[int, int], sign: int, form: Format, exponent: int, digits: str) -> Quantity:
    mantissa, scale = fast
    if form is Format.BINARY:
        kept = exponent % 10 == 0 and int(digits) & 7 != 0
    else:
        kept = scale % 3 == 0 and not digits.endswith("000") and digits[0] != "0"
    amount = sign * mantissa * Fraction(10) ** scale
    return Quantity(amount, form, text if kept else "", scale)


def _in_arbitrary_precision(number: str, sign: int, exponent: int, form: Format) -> Quantity:
    amount = Fraction(number) * (2**exponent if form is Format.BINARY else Fraction(10) ** exponent)
    amount = _rounded_up(amount, _NANO)
    if form is Format.BINARY:
        amount = min(amount, Fraction(_INT64_MAX))
        if 0 < amount < 1:
            form = Format.DECIMAL
    return Quantity(sign * amount, form)


def _rounded_up(amount: Fraction, exponent: int) -> Fraction:
    """The amount rounded away from zero to a multiple of ten to the power of `exponent`."""
    unit = Fraction(10) ** exponent
    size = ceil(abs(amount) / unit) * unit
    return -size if amount < 0 else size


def spell(quantity: Quantity) -> str:
    """The canonical text of a quantity (CanonicalizeBytes), or the one it was written with where Go keeps that."""
    if quantity.spelling:
        return quantity.spelling
    amount, form = quantity.amount, quantity.format
    if amount == 0:
        return "0"
    if form is Format.BINARY and abs(amount) >= 1024 and amount.denominator == 1:
        number, exponent = _without_factor(int(amount), 1024)
        return f"{number}{_BINARY_BY_EXPONENT.get(exponent * 10, '')}"
    number, exponent = _thousands(amount)
    if form is Format.EXPONENT:
        return f"{number}e{exponent}" if exponent else str(number)
    return f"{number}{_DECIMAL_BY_EXPONENT.get(exponent, '')}"


def _thousands(amount: Fraction) -> tuple[int, int]:
    """The amount as a whole number times ten to the largest possible power that three divides."""
    number, exponent = _without_factor(int(amount * 10**9), 10)
    exponent += _NANO
    surplus = exponent % 3
    return number * 10**surplus, exponent - surplus


def _without_factor(number: int, factor: int) -> tuple[int, int]:
    count = 0
    while number % factor == 0:
        number //= factor
        count += 1
    return number, count


def round_up_to_milli(text: str) -> str:
    """The quantity with no digit below a thousandth, rounded away from zero (SetDefaults_ResourceList)."""
    parsed = parse(text)
    if parsed is None:
        return text
    if parsed.scale >= _MILLI and parsed.spelling:
        return text
    return spell(Quantity(_rounded_up(parsed.amount, _MILLI), parsed.format))


def add(a: str, b: str) -> str:
    """The sum of two quantities in the format of the first, of the second where the first is zero (Quantity.Add)."""
    left, right = parse(a), parse(b)
    if left is None or right is None:
        return b if left is None else a
    return spell(Quantity(left.amount + right.amount, left.format if left.amount else right.format))
