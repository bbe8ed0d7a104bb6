"""An autoscaler decides how many replicas run; git states a number as well.

Why it happens: a HorizontalPodAutoscaler or a KEDA ScaledObject scales the object with the load, and the manifest or
the chart still renders `replicas`. Both write the same field. A Flagger Canary keeps its target at zero between
releases.

What proves it: an autoscaler targets this very object (kind, name, namespace, group), and live is a number that it
wants: what its status asks for, within its bounds; or its least where git states fewer, its most where git states
more; or zero where KEDA says that there is no work, or where a Canary is at rest and nobody owns the zero. And no
person scaled it: the field belongs to the autoscaler's controller.

What would refute it: a person, pipeline or image updater owns the field; live is outside the bounds or another number
than the autoscaler wants; zero under a HorizontalPodAutoscaler, which zero switches off. That kube-controller-manager
owns the field proves nothing without the autoscaler.

Remedies: applied server-side, and the autoscaler owns the field: drop `replicas` from git. Else a narrow ignore rule
for `/spec/replicas` with RespectIgnoreDifferences: a drop sets 1 at the next client-side sync (reference/measured.md
19).
"""

from __future__ import annotations

from collections.abc import Iterable

from whydrift.core.explain.autoscalers import CANARY, autoscalers_of
from whydrift.core.explain.cause import Cause, needs
from whydrift.core.explain.drops import still_applied
from whydrift.core.explain.evidence import ownership
from whydrift.core.explain.raised import REPLICAS
from whydrift.core.explain.subject import Subject
from whydrift.core.explain.writers import argocd_alone, others, overwrote
from whydrift.core.model.drift import Difference
from whydrift.core.model.explanation import Evidence, Explanation, Side, Strength
from whydrift.core.model.fact_kinds import AUTOSCALERS, SCALED_OBJECTS
from whydrift.core.model.people import Writer


def concerns(subject: Subject, difference: Difference) -> bool:
    """Replica counts that neither a person nor a sync wrote, unseen only those that a sync takes away."""
    if difference.path != REPLICAS or not isinstance(difference.live, int):
        return False
    return (difference.shown or still_applied(subject, difference)) and _by_nobody_else(subject, difference)


def explain(subject: Subject, concerned: tuple[Difference, ...]) -> Iterable[Explanation]:
    """Claim the count that an autoscaler wants."""
    for difference in concerned:
        live, target = difference.live, difference.target
        assert isinstance(live, int), "concerns let it pass"
        stated = target if isinstance(target, int) else 1
        entries = others(subject, difference)
        scalers = [s for s in autoscalers_of(subject) if s.key[:2] != CANARY or not entries]
        wanted = [reason for scaler in scalers if (reason := scaler.wants(live, stated))]
        if wanted:
            yield Explanation(
                paths=frozenset({difference.path}),
                strength=Strength.ATTRIBUTED,
                why=f"{wanted[0]}; git states {stated if target is stated else 'none'}",
                evidence=(
                    *(Evidence("autoscalers", reason) for reason in wanted),
                    *(ownership(entry, subject.knowledge.people) for entry in entries),
                ),
            )


def _by_nobody_else(subject: Subject, difference: Difference) -> bool:
    """Whether only controllers, or nobody (a zero has no owner), own the count that replaced the last sync's."""
    people = subject.knowledge.people
    entries = others(subject, difference)
    if any(people.writer(entry.manager) is not Writer.CONTROLLER for entry in entries):
        return False
    return overwrote(subject, difference) and not argocd_alone(subject, difference)


CAUSE = Cause(
    id="autoscaler-scales-replicas",
    title="an autoscaler scales it",
    side=Side.CONTROLLER,
    explain=explain,
    concerns=concerns,
    helps=needs(AUTOSCALERS, SCALED_OBJECTS),
    everywhere=True,
)
