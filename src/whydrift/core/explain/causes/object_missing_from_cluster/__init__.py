"""Git renders the object, and the cluster does not have it.

Why it happens: the application (or the part of it that is new) was never synced; somebody deleted the object; its
kind is not installed on this cluster.

What proves it: Argo CD compared the object and found none in the cluster. The history says why: the last sync wrote
it, so it was deleted since; the last sync did not have it, so it is new (or the chart renders it only since the
cluster has its kind); there was no sync at all.

What would refute it: a live object; a Job whose time to live is over (that one expired); an object without a name.

Remedies: sync; first what blocks the sync. For a Job that already ran ask: the sync runs it again.
"""

from __future__ import annotations

from collections.abc import Iterable

from whydrift.core.explain.cause import Cause
from whydrift.core.explain.missing import expired, left_out_by_sync, not_watched, was_applied
from whydrift.core.explain.runs import is_run
from whydrift.core.explain.subject import Subject
from whydrift.core.explain.syncing import Refusal, classify, result_of
from whydrift.core.model.drift import Difference, Kind
from whydrift.core.model.explanation import Evidence, Explanation, Side, Strength
from whydrift.core.model.snapshot import Verdict
from whydrift.core.model.values import ABSENT, text


def concerns(subject: Subject, difference: Difference) -> bool:
    """Whole objects that only git has, and that have a name."""
    missing = difference.whole and difference.kind is Kind.MISSING and subject.object.live is ABSENT
    if not missing or not subject.key.name or expired(subject) or not_watched(subject.application, subject.key):
        return False
    return not is_run(subject) or was_applied(subject) is None


def explain(subject: Subject, concerned: tuple[Difference, ...]) -> Iterable[Explanation]:
    """Claim the missing object with what the last syncs say about it."""
    why, side, evidence = _story(subject)
    yield Explanation(
        paths=frozenset(d.path for d in concerned),
        strength=Strength.ATTRIBUTED,
        why=why,
        evidence=(Evidence("live", "Argo CD found no such object in the cluster"), evidence),
        side=side,
    )


def _story(subject: Subject) -> tuple[str, Side | None, Evidence]:
    result = result_of(subject.application, subject.key)
    message = text(result, "message") if result is not None else ""
    if classify(message) is Refusal.KIND:
        why = f"the kind {subject.key.kind} is not installed on this cluster"
        return why, Side.STRUCTURE, Evidence("operation", message)
    if subject.object.verdict is Verdict.UNKNOWN:
        why = f"the project {subject.application.project} does not permit {subject.key.kind} here, so no sync brings it"
        return why, Side.STRUCTURE, Evidence("status", "Argo CD compared it and yet says Unknown of this object alone")
    applied = was_applied(subject)
    if applied is not None:
        job = subject.key.kind == "Job"
        why = "the last sync made it and it is not there any more: it was deleted since"
        return why, Side.ASK if job else None, applied
    if not subject.application.history and not subject.application.operation:
        return "this application was never synced", None, Evidence("history", "there was no sync yet")
    told = "does not list it" if left_out_by_sync(subject) else "did not apply it"
    return "git has it, and no sync has brought it yet", None, Evidence("history", f"the last sync {told}")


CAUSE = Cause(
    id="object-missing-from-cluster",
    title="git has the object, the cluster does not",
    side=Side.GIT,
    explain=explain,
    concerns=concerns,
)
