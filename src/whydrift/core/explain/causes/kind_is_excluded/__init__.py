"""Git renders an object of a kind that this Argo CD is told to leave alone: it is never applied and never compared.

Why it happens: `resource.exclusions` in argocd-cm takes kinds out of sight (Endpoints and EndpointSlices by default).
What git states of such a kind is dropped with a warning; the application is Synced all the same.

What proves it: Argo CD's own condition ExcludedResourceWarning names this object.

What would refute it: no such condition.

Remedies: ask: bring it to the cluster by another way, take it out of git, or change the exclusions for the whole Argo
CD.
"""

from __future__ import annotations

from collections.abc import Iterable

from whydrift.core.explain.cause import Cause
from whydrift.core.explain.subject import Subject
from whydrift.core.explain.unseen import stated_by_conditions
from whydrift.core.model.drift import Difference
from whydrift.core.model.explanation import Evidence, Explanation, Side, Strength


def concerns(subject: Subject, difference: Difference) -> bool:
    """Objects that a condition names as excluded."""
    return difference.whole and "is excluded" in stated_by_conditions(subject.application).get(subject.key, "")


def explain(subject: Subject, concerned: tuple[Difference, ...]) -> Iterable[Explanation]:
    """Claim what the condition names."""
    message = stated_by_conditions(subject.application)[subject.key]
    yield Explanation(
        paths=frozenset(d.path for d in concerned),
        strength=Strength.ATTRIBUTED,
        why=f"Argo CD is told to leave {subject.key.kind} alone: what git states is neither applied nor compared",
        evidence=(Evidence("condition", f"ExcludedResourceWarning: {message}"),),
    )


CAUSE = Cause(
    id="kind-is-excluded",
    title="Argo CD leaves the kind alone",
    side=Side.STRUCTURE,
    explain=explain,
    concerns=concerns,
    hidden=True,
)
