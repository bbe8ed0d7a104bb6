"""Argo CD's verdict is older than git: it compared a commit that is not the newest one any more.

Why it happens: Argo CD looks at git every few minutes, or when a webhook tells it to. Until then its verdict holds
for the commit that it saw: a difference may be gone again (the commit was reverted), or a new commit waits unnoticed
behind a Synced.

What proves it: the branch has a newer commit that touches the application. It states what live has, so that nothing
differs any more; or it states another value than the compared commit, which live still has.

What would refute it: the compared commit is the newest one; the newest one says what the compared one says.

Remedies: refresh, then look again.
"""

from __future__ import annotations

from collections.abc import Iterable

from whydrift.core.explain.cause import Cause, needs
from whydrift.core.explain.evidence import quoted
from whydrift.core.explain.newer import changed_to
from whydrift.core.explain.subject import Subject
from whydrift.core.model.drift import Difference
from whydrift.core.model.explanation import Evidence, Explanation, Side, Strength
from whydrift.core.model.fact_kinds import NEWEST
from whydrift.core.model.fleet import Newest
from whydrift.core.model.values import same


def concerns(subject: Subject, difference: Difference) -> bool:
    """Fields, not whole objects."""
    return not difference.whole


def explain(subject: Subject, concerned: tuple[Difference, ...]) -> Iterable[Explanation]:
    """Claim what the newest commit made equal, and what it changes unnoticed."""
    newest = subject.facts.maybe(NEWEST)
    if newest is None or not newest.commits:
        return
    for difference in concerned:
        now = changed_to(newest, subject.application, subject.object, difference)
        if now is None:
            continue
        if difference.shown and same(now, difference.live):
            why = f"the newest commit says {quoted(now)}, which is what live has: nothing differs any more"
            yield Explanation(frozenset({difference.path}), Strength.REPLAYED, why, _evidence(subject, newest))
        elif not difference.shown and same(now, difference.target) and not same(now, difference.live):
            why = f"the newest commit says {quoted(now)}; Argo CD has not looked at it yet and calls live Synced"
            evidence = _evidence(subject, newest)
            yield Explanation(frozenset({difference.path}), Strength.REPLAYED, why, evidence, side=Side.GIT)


def _evidence(subject: Subject, newest: Newest) -> tuple[Evidence, ...]:
    first = newest.commits[0]
    said = first.message.splitlines()[0] if first.message else ""
    return (
        Evidence("newest commit", f"{newest.revision[:8]} of {first.date} by {first.author}: {said}"),
        Evidence("status", f"Argo CD compared {', '.join(r[:8] for r in subject.application.revisions)}"),
        Evidence("status", f"it looked at git last at {subject.application.reconciled_at}"),
    )


CAUSE = Cause(
    id="verdict-is-stale",
    title="Argo CD's verdict is older than git",
    side=Side.EQUIVALENT,
    explain=explain,
    concerns=concerns,
    wishes=needs(NEWEST),
    everywhere=True,
)
