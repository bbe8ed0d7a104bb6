"""The Job ran, ended, and was removed when its time to live was over; git still renders it.

Why it happens: `ttlSecondsAfterFinished` tells the cluster to delete a finished Job. For Argo CD the object is
missing from then on, and every sync runs the Job again.

What proves it: git states a time to live, a sync applied this Job, and more time than that has passed since.

What would refute it: no time to live; no sync ever applied the Job; not enough time has passed.

Remedies: make it a hook with a delete policy, or drop the time to live. A sync is no remedy: it runs the Job once
more.
"""

from __future__ import annotations

from collections.abc import Iterable

from whydrift.core.explain.cause import Cause, needs
from whydrift.core.explain.missing import expired
from whydrift.core.explain.subject import Subject
from whydrift.core.model.drift import Difference, Kind
from whydrift.core.model.explanation import Evidence, Explanation, Side, Strength
from whydrift.core.model.fact_kinds import SYNCED_MANIFESTS
from whydrift.core.model.values import ABSENT, child


def concerns(subject: Subject, difference: Difference) -> bool:
    """Missing Jobs with a time to live."""
    missing = difference.whole and difference.kind is Kind.MISSING and subject.key.kind == "Job"
    return missing and child(subject.object.target, "spec", "ttlSecondsAfterFinished") is not ABSENT


def explain(subject: Subject, concerned: tuple[Difference, ...]) -> Iterable[Explanation]:
    """Claim a Job that was applied longer ago than it may live after its end."""
    applied = expired(subject)
    if applied is None:
        return
    seconds = child(subject.object.target, "spec", "ttlSecondsAfterFinished")
    yield Explanation(
        paths=frozenset(d.path for d in concerned),
        strength=Strength.ATTRIBUTED,
        why=f"the Job ran, and the cluster removed it {seconds} s after its end; a sync runs it again",
        evidence=(
            Evidence("target", f"spec.ttlSecondsAfterFinished is {seconds}"),
            applied,
            Evidence("reconciled", f"Argo CD looked again at {subject.application.reconciled_at}"),
        ),
    )


CAUSE = Cause(
    id="job-expired",
    title="the Job's time to live is over",
    side=Side.EQUIVALENT,
    explain=explain,
    concerns=concerns,
    helps=needs(SYNCED_MANIFESTS),
)
