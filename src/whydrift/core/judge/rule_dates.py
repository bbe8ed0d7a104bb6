"""Until when a rule was meant to be there, where the Application says so: in `spec.info`, or in an annotation."""

from __future__ import annotations

import re
from dataclasses import dataclass

from whydrift.core.model.application import Application
from whydrift.core.model.values import items, mapping, text

ABOUT = re.compile(r"ignore[ _-]?(differences?|rules?|drift)?(\[(?P<index>\d+)\])?", re.IGNORECASE)
UNTIL = re.compile(
    r"\b(until|till|expir\w*|remove\s+(after|by|on|before)|valid\s+(until|to)|not\s+after)\b"
    r"[^0-9]{0,40}(?P<date>\d{4}-\d{2}-\d{2})",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Promise:
    """A date (YYYY-MM-DD) by which a rule was to go, and the words that say so."""

    date: str
    says: str


def promised_end(application: Application, origin: str) -> Promise | None:
    """The date that is stated for a rule of the application; None where nothing states one."""
    for name, value in _statements(application):
        about, until = ABOUT.search(f"{name} {value}"), UNTIL.search(f"{name}: {value}")
        if about is None or until is None:
            continue
        index = about["index"]
        if index is None or origin == f"spec.ignoreDifferences[{index}]":
            return Promise(until["date"], f"{name}: {value}"[:200])
    return None


def _statements(application: Application) -> list[tuple[str, str]]:
    info = [(text(row, "name"), text(row, "value")) for row in items(application.raw, "spec", "info")]
    notes = mapping(application.raw, "metadata", "annotations")
    stated = [(key, value) for key, value in notes.items() if isinstance(value, str) and "last-applied" not in key]
    return [*info, *stated]
