"""An application's open findings in numbers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from whydrift.core.model.finding import Finding, Severity


class Number(NamedTuple):
    """Which findings are counted together."""

    cause: str
    side: str
    severity: Severity


def numbers(findings: Iterable[Finding]) -> dict[Number, tuple[int, int]]:
    """How many findings and objects of each cause, side and severity are open."""
    counted: dict[Number, list[tuple[str, str]]] = {}
    for finding in findings:
        if finding.gone:
            continue
        found = finding.found
        number = Number(found.cause, found.side, found.severity)
        counted.setdefault(number, []).append((found.key.object, found.key.namespace))
    return {number: (len(fields), len(set(fields))) for number, fields in counted.items()}


def oldest(findings: Iterable[Finding]) -> str:
    """Since when the oldest open finding is there that is more than noise; "" where there is none."""
    open_ones = (f.since for f in findings if not f.gone and f.found.severity is not Severity.NOISE)
    return min(open_ones, default="")
