"""Argo CD's verdict is older than git: it compared a commit that is not the newest one any more.

Why it happens: Argo CD looks at git every few minutes, or when a webhook tells it to. Until then its verdict holds
for the commit that it saw: a difference may be gone again (the commit was reverted), or a new commit waits unnoticed
behind a Synced.

What proves it: the branch has a newer commit that touches the application. It states what live has, so that nothing
differs any more; or it states another value than the compared commit, which live still has. Or Argo CD's own two
sides of an object say otherwise than its row.

What would refute it: the compared commit is the newest one; the newest one says what the compared one says.

Remedies: refresh, then look again.
"""

from __future__ import annotations

from collections.abc import Iterable

from whydrift.core.compare.differences import shown_differences
from whydrift.core.explain.cause import Cause, needs
from whydrift.core.explain.evidence import quoted
from whydrift.core.explain.newer import changed_to
from whydrift.core.explain.subject import Subject
from whydrift.core.model.drift import Difference, Kind
from whydrift.core.model.explanation import Evidence, Explanation, Side, Strength
from whydrift.core.model.fact_kinds import NEWEST
from whydrift.core.model.fleet import Newest
from whydrift.core.model.paths import starts_with
from whydrift.core.model.snapshot import Verdict
from whydrift.core.model.values import same


def concerns(subject: Subject, difference: Difference) -> bool:
    """Fields, and objects whose two sides Argo CD holds as equal while it calls them different."""
    return not difference.whole or _is_equal(subject, difference)


def explain(subject: Subject, concerned: tuple[Difference, ...]) -> Iterable[Explanation]:
    """Claim what the newest commit made equal or changes unnoticed, and verdicts that deny Argo CD's own two sides."""
    newest = subject.facts.maybe(NEWEST)
    for difference in concerned:
        found = _denied(subject, difference)
        if found is None and newest is not None and newest.commits and not difference.whole:
            found = _overtaken(subject, difference, newest)
        if found is not None:
            yield found


def _is_equal(subject: Subject, difference: Difference) -> bool:
    return difference.whole and difference.kind is Kind.MODIFIED and subject.object.equal


def _denied(subject: Subject, difference: Difference) -> Explanation | None:
    """A verdict that the two sides beside it contradict; Secrets are masked, so their sides prove nothing."""
    item = subject.object
    if not item.compared or (item.key.kind == "Secret" and not item.key.group):
        return None
    if difference.shown and _is_equal(subject, difference):
        why, side = "both sides that Argo CD holds are equal by now, only its row still says OutOfSync", None
    elif not difference.shown and item.verdict is Verdict.SYNCED and not item.equal and _differ(subject, difference):
        why, side = "the two sides that Argo CD holds differ by now, only its row still says Synced", Side.ASK
    else:
        return None
    evidence = (Evidence("managed resources", why), _looked_at(subject))
    return Explanation(frozenset({difference.path}), Strength.REPLAYED, why, evidence, side=side)


def _differ(subject: Subject, difference: Difference) -> bool:
    item = subject.object
    told = shown_differences(item.predicted, item.normalized_live, item.target, item.live)
    return any(starts_with(d.path, difference.path) or starts_with(difference.path, d.path) for d in told)


def _overtaken(subject: Subject, difference: Difference, newest: Newest) -> Explanation | None:
    """What the newest commit says otherwise than the one that Argo CD compared."""
    now = changed_to(newest, subject.application, subject.object, difference)
    if now is None:
        return None
    if difference.shown and same(now, difference.live):
        why, side = f"the newest commit says {quoted(now)}, which is what live has: nothing differs any more", None
    elif not difference.shown and same(now, difference.target) and not same(now, difference.live):
        why, side = f"the newest commit says {quoted(now)}; Argo CD has not looked at it yet and says Synced", Side.GIT
    else:
        return None
    paths = frozenset({difference.path})
    return Explanation(paths, Strength.REPLAYED, why, _evidence(subject, newest), side=side)


def _evidence(subject: Subject, newest: Newest) -> tuple[Evidence, ...]:
    first = newest.commits[0]
    said = first.message.splitlines()[0] if first.message else ""
    return (
        Evidence("newest commit", f"{newest.revision[:8]} of {first.date} by {first.author}: {said}"),
        Evidence("status", f"Argo CD compared {', '.join(r[:8] for r in subject.application.revisions)}"),
        _looked_at(subject),
    )


def _looked_at(subject: Subject) -> Evidence:
    return Evidence("status", f"Argo CD looked at git last at {subject.application.reconciled_at}")


CAUSE = Cause(
    id="verdict-is-stale",
    title="Argo CD's verdict is older than git",
    side=Side.EQUIVALENT,
    explain=explain,
    concerns=concerns,
    wishes=needs(NEWEST),
    everywhere=True,
)
