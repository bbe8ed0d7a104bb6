"""A sync window keeps the commit out of the cluster that git already has.

Why it happens: the project (or the application) allows syncs only at certain times, or forbids them now: a freeze, an
incident, a maintenance plan. Git moves on meanwhile.

What proves it: git moved since the last sync, live is what that sync wrote, and Argo CD says that it may not sync now.
For an application with auto-sync any active deny window, and allow windows that are closed, hold it; manual syncs may
be let through.

What would refute it: no window is assigned, or Argo CD says that a sync is allowed.

Remedies: wait, or open the window. A manual sync is refused with 403 while it is closed.
"""

from __future__ import annotations

from collections.abc import Iterable

from whydrift.core.explain.cause import Cause, needs
from whydrift.core.explain.commits import since_last_sync
from whydrift.core.explain.releases import is_current, is_reproducible, may_be_release
from whydrift.core.explain.rollback import rolled_back_to
from whydrift.core.explain.subject import Subject
from whydrift.core.explain.sync_windows import holding_window
from whydrift.core.model.drift import Difference
from whydrift.core.model.explanation import Evidence, Explanation, Side, Strength
from whydrift.core.model.fact_kinds import COMMITS, NEWEST, SCHEMAS, SECOND_RENDER, SYNC_WINDOWS, SYNCED_MANIFESTS


def concerns(subject: Subject, difference: Difference) -> bool:
    """All that may wait for a sync; where the base is known already, only what git alone changed."""
    return not rolled_back_to(subject.application) and may_be_release(subject, difference)


def explain(subject: Subject, concerned: tuple[Difference, ...]) -> Iterable[Explanation]:
    """Claim releases that a window holds."""
    window = holding_window(subject.application, subject.facts.get(SYNC_WINDOWS))
    if not window:
        return
    for difference in concerned:
        if is_reproducible(subject, difference) and is_current(subject, difference):
            yield Explanation(
                paths=frozenset({difference.path}),
                strength=Strength.ATTRIBUTED,
                why=f"git moved ahead, and {window} keeps it out",
                evidence=(Evidence("sync windows", window), since_last_sync(subject)),
            )


CAUSE = Cause(
    id="sync-window-blocks",
    title="a sync window keeps git's commit out",
    side=Side.GIT,
    explain=explain,
    concerns=concerns,
    needs=needs(SYNC_WINDOWS, SYNCED_MANIFESTS),
    helps=needs(NEWEST, SECOND_RENDER),
    wishes=needs(COMMITS, SCHEMAS),
)
