"""Git moved on since the last sync, and nobody synced yet; the cluster still is what that sync left.

Why it happens: a commit was merged and auto-sync is off, waits, or is kept out by a sync window or a failing sync. A
revert or a downgrade in git is a commit as good as any other. A field that git dropped may not show at all (a
server-side comparison over client-side syncs, a default under server-side apply): Argo CD says Synced, and a sync takes
it away.

What proves it: the manifest of the last synced revision, or the last-applied manifest that Argo CD wrote, equals live
here and git says something else, also in its newest commit: git itself shows that, or a render past every cache. Where
a chart renders it, a second render gives the same again, so that no value was drawn at random.

What would refute it: git has not moved since the last sync; a newer commit took the change back; live is not what
that sync wrote; another render gives another value; the application was rolled back in Argo CD.

Remedies: sync, once its effects are wanted.
"""

from __future__ import annotations

from collections.abc import Iterable

from whydrift.core.explain.cause import Cause, needs
from whydrift.core.explain.commits import since_last_sync
from whydrift.core.explain.drops import may_be_dropped, unseen
from whydrift.core.explain.evidence import quoted
from whydrift.core.explain.releases import is_current, is_reproducible, may_be_release
from whydrift.core.explain.rollback import rolled_back_to
from whydrift.core.explain.subject import Subject
from whydrift.core.model.drift import Difference
from whydrift.core.model.explanation import Evidence, Explanation, Side, Strength
from whydrift.core.model.fact_kinds import COMMITS, NEWEST, SCHEMAS, SECOND_RENDER, SYNCED_MANIFESTS


def concerns(subject: Subject, difference: Difference) -> bool:
    """All that may wait for a sync (unseen: only drops); where the base is known, only what git alone changed."""
    seen = difference.shown or may_be_dropped(subject, difference)
    return seen and not rolled_back_to(subject.application) and may_be_release(subject, difference)


def explain(subject: Subject, concerned: tuple[Difference, ...]) -> Iterable[Explanation]:
    """Claim what a commit changed and no sync brought to the cluster yet."""
    assert subject.base is not None, "the engine asks only causes whose needs are met"
    for difference in concerned:
        if not is_reproducible(subject, difference) or not is_current(subject, difference):
            continue
        base = f"live still is what the last sync wrote, {quoted(subject.base_at(difference))}: {subject.base.says}"
        yield Explanation(
            paths=frozenset({difference.path}),
            strength=Strength.ATTRIBUTED,
            why=_why(difference) if difference.shown else _why(difference) + unseen(subject),
            evidence=(since_last_sync(subject), Evidence("base", base)),
        )


def _why(difference: Difference) -> str:
    if difference.whole:
        return "git has this object since a commit that no sync brought to the cluster yet"
    return (
        f"git went to {quoted(difference.target)} since the last sync; the cluster still has {quoted(difference.live)}"
    )


CAUSE = Cause(
    id="git-moved-ahead",
    title="git moved on and nobody synced yet",
    side=Side.GIT,
    explain=explain,
    concerns=concerns,
    needs=needs(SYNCED_MANIFESTS),
    helps=needs(NEWEST, SECOND_RENDER),
    wishes=needs(COMMITS, SCHEMAS),
    everywhere=True,
)
