"""Somebody rolled the application back in Argo CD: the cluster is older than git, on purpose.

Why it happens: a release misbehaved, and a rollback in Argo CD was quicker than a revert in git. Auto-sync has to be
off for that, so the bad release still stands in git and the next sync brings it again.

What proves it: the last entry of the history repeats the revision and parameters of an earlier one with another between
them, auto-sync is off, and live is what that last sync wrote while git says something else.

What would refute it: auto-sync is on; live is not what the last sync wrote; git was reverted, which is a new commit.

Remedies: ask whether the bad release is mended. If not, revert it in git; if so, sync.
"""

from __future__ import annotations

from collections.abc import Iterable

from whydrift.core.explain.cause import Cause, needs
from whydrift.core.explain.commits import since_last_sync
from whydrift.core.explain.evidence import quoted
from whydrift.core.explain.releases import may_be_release
from whydrift.core.explain.rollback import rolled_back_to
from whydrift.core.explain.subject import Subject
from whydrift.core.model.drift import Difference
from whydrift.core.model.explanation import Evidence, Explanation, Side, Strength
from whydrift.core.model.fact_kinds import COMMITS, SCHEMAS, SYNCED_MANIFESTS


def concerns(subject: Subject, difference: Difference) -> bool:
    """All that may differ in an application whose last deployment repeats an earlier one."""
    return bool(rolled_back_to(subject.application)) and may_be_release(subject, difference)


def explain(subject: Subject, concerned: tuple[Difference, ...]) -> Iterable[Explanation]:
    """Claim what git has and the rollback took out."""
    deployed = rolled_back_to(subject.application)
    for difference in concerned:
        yield Explanation(
            paths=frozenset({difference.path}),
            strength=Strength.ATTRIBUTED,
            why=f"a rollback in Argo CD put the deployment of {deployed} back, and git still holds the one after it",
            evidence=(
                Evidence("history", f"the last deployment repeats that of {deployed}; auto-sync is off"),
                Evidence("base", f"live is what that rollback wrote: {quoted(difference.live)}"),
                since_last_sync(subject),
            ),
        )


CAUSE = Cause(
    id="rolled-back-in-argocd",
    title="the application was rolled back in Argo CD",
    side=Side.ASK,
    explain=explain,
    concerns=concerns,
    needs=needs(SYNCED_MANIFESTS),
    wishes=needs(COMMITS, SCHEMAS),
)
