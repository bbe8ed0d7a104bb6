"""What an apply writes down before and after each thing that it does: the only memory that survives a kill."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

import msgspec


class ActState(StrEnum):
    """How far one act is: BEGUN is on disk before the request leaves, UNKNOWN is one that nobody answered."""

    BEGUN = "begun"
    DONE = "done"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class Entry(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line. `step` is the plan's, `act` one change within it (`push`); `detail` is what came of it, or the reason.

    `at` is when (RFC 3339).
    """

    at: str
    step: str
    act: str
    state: ActState
    detail: str = ""


RUN = ""
"""The step of the first line, whose `detail` names the steps that were selected."""


def last_of(entries: Iterable[Entry], step: str, act: str) -> Entry | None:
    """How far one act is by the last word on it; None where it was never begun."""
    found = [entry for entry in entries if entry.step == step and entry.act == act]
    return found[-1] if found else None
