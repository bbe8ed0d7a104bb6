"""Which of the applications that are OutOfSync may be synced: guard's word on each, in a few lines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec

from whydrift.core.model.triage import ApplicationAnswer
from whydrift.core.report.guard_verdict import GuardVerdict, guard_verdict
from whydrift.core.report.words import Ink, wrapped

KEPT = 24
"""Names that are shown of applications without number."""
ENDS, AGAIN = "then Synced", "OutOfSync again"
Name = tuple[str, str, str]
"""Instance, namespace and name of an application."""


@dataclass
class SafeToSync:
    """The applications that Argo CD calls OutOfSync: how many were judged, which may be synced, and whether that helps.

    What is not known to be safe is in neither list.
    """

    judged: int = 0
    safe: dict[str, int] = field(default_factory=lambda: {ENDS: 0, AGAIN: 0})
    names: dict[str, list[Name]] = field(default_factory=lambda: {ENDS: [], AGAIN: []})

    def add(self, application: ApplicationAnswer, name: Name) -> None:
        """Count one application, if it is OutOfSync and it was asked what a sync would do."""
        sync = application.sync
        if application.argocd.sync != "OutOfSync" or isinstance(sync, msgspec.UnsetType):
            return
        self.judged += 1
        if guard_verdict(application) is not GuardVerdict.SAFE:
            return
        what = ENDS if sync.converges else AGAIN
        self.safe[what] += 1
        self.names[what] += [name] if len(self.names[what]) < KEPT else []

    def lines(self, named: Callable[[Name], str], ink: Ink, width: int) -> list[str]:
        """A section: what a sync ends, and what it leaves OutOfSync; "none" is said. [] where nothing was judged."""
        if not self.judged:
            return []
        found = sum(self.safe.values())
        heading = f"SAFE TO SYNC ({found or 'none'} of {self.judged} OutOfSync)"
        how = "whydrift guard APP" if found else ""
        rows = (line for what in (ENDS, AGAIN) for line in self._row(what, named, width))
        return ["", ink.strong(f"{heading.ljust(max(width - len(how) - 2, 12)) if how else heading}{how}"), *rows]

    def _row(self, what: str, named: Callable[[Name], str], width: int) -> list[str]:
        left = self.safe[what] - len(self.names[what])
        more = [f"… {left} more: whydrift scan -o json"] if left else []
        said = ", ".join([*(named(name) for name in self.names[what]), *more])
        return wrapped(said, width, f"  {what.ljust(17)}", most=KEPT) if said else []
