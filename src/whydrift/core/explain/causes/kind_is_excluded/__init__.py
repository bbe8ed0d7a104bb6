"""Git renders an object that this Argo CD is told not to look at: it is never compared.

Why it happens: `resource.exclusions` in argocd-cm takes kinds out of sight (Endpoints and EndpointSlices by default).
What git states of such a kind is never applied, with a warning; the application is Synced all the same. Since Argo CD
3.6 `resource.selectors` narrows down which objects of a kind are watched: one that does not match is applied by every
sync, Argo CD never sees it, and the application stays OutOfSync.

What proves it: Argo CD's own condition ExcludedResourceWarning names this object.

What would refute it: no such condition.

Remedies: ask: bring it to the cluster by another way, take it out of git, give it the label that the selector asks
for, or change the settings for the whole Argo CD.
"""

from __future__ import annotations

from collections.abc import Iterable

from whydrift.core.explain.cause import Cause
from whydrift.core.explain.missing import not_watched
from whydrift.core.explain.subject import Subject
from whydrift.core.explain.unseen import stated_by_conditions
from whydrift.core.model.drift import Difference
from whydrift.core.model.explanation import Evidence, Explanation, Side, Strength


def concerns(subject: Subject, difference: Difference) -> bool:
    """Objects that a condition names as excluded."""
    return difference.whole and bool(_excluded(subject) or not_watched(subject.application, subject.key))


def _excluded(subject: Subject) -> str:
    message = stated_by_conditions(subject.application).get(subject.key, "")
    return message if "is excluded" in message else ""


def explain(subject: Subject, concerned: tuple[Difference, ...]) -> Iterable[Explanation]:
    """Claim what the condition names."""
    excluded, kind = _excluded(subject), subject.key.kind
    alone = f"Argo CD is told to leave {kind} alone: what git states is neither applied nor compared"
    unseen = f"Argo CD is told to watch other objects of kind {kind} only: whether this one is there it does not see"
    message = excluded or not_watched(subject.application, subject.key)
    yield Explanation(
        paths=frozenset(d.path for d in concerned),
        strength=Strength.ATTRIBUTED,
        why=alone if excluded else unseen,
        evidence=(Evidence("condition", f"ExcludedResourceWarning: {message}"),),
    )


CAUSE = Cause(
    id="kind-is-excluded",
    title="Argo CD is told not to look at it",
    side=Side.STRUCTURE,
    explain=explain,
    concerns=concerns,
    everywhere=True,
)
