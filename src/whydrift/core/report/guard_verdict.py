"""May an application be synced? One of four words, and the exit code that says it."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from whydrift.core.model.effect import Does
from whydrift.core.model.triage import ApplicationAnswer


class GuardVerdict(StrEnum):
    """What guard says of one application."""

    SAFE = "SAFE"
    NOT_SAFE = "NOT SAFE"
    FAILS = "FAILS"
    NOT_KNOWN = "NOT KNOWN"

    @property
    def exit_code(self) -> int:
        """0 safe; 1 not safe, or bound to fail; 3 not known."""
        return {GuardVerdict.SAFE: 0, GuardVerdict.NOT_KNOWN: 3}.get(self, 1)


def guard_verdict(application: ApplicationAnswer) -> GuardVerdict:
    """The verdict on one application: what would be lost comes before what is not known, and that before a failure."""
    sync = application.sync
    if isinstance(sync, msgspec.UnsetType):
        return GuardVerdict.NOT_KNOWN
    unsafe = [effect for effect in sync.effects if not effect.safe]
    if any(effect.does is not Does.UNKNOWN for effect in unsafe):
        return GuardVerdict.NOT_SAFE
    if unsafe or application.not_read or not sync.safe:
        return GuardVerdict.NOT_KNOWN
    return GuardVerdict.FAILS if any(effect.does is Does.FAIL for effect in sync.effects) else GuardVerdict.SAFE


def guard_exit_code(verdicts: Iterable[GuardVerdict]) -> int:
    """The exit code for several applications: 1 wins over 3, 3 over 0."""
    codes = {verdict.exit_code for verdict in verdicts}
    return 1 if 1 in codes else 3 if 3 in codes else 0
