"""A controller in the cluster writes this field and keeps writing it.

Why it happens: some fields are a controller's to decide: traffic weights during a canary, requests that a right-sizer
measures, a volume that grows, rules that are aggregated, a leader's record. Git states a value as well, so both
differ for as long as both state it; a sync writes git's value and the controller writes its own again.

What proves it: the managed fields name a controller, and nobody else, as the writer of this very path, and what the
last sync wrote there is gone. Whose names are controllers' is a built-in list and the user's own (`whydrift.toml`);
who writes the object's status is its controller.

What would refute it: a person, a pipeline or an unknown writer owns the path too; live still is what the last sync
wrote; the value is a default of the kind, which whoever writes the list around it owns as well. A `scale` entry of
kube-controller-manager alone proves nothing: the autoscaler behind it has to be found.

Remedies: applied server-side: drop the field from git where the controller owns it. Applied client-side a drop resets
it: a narrow ignore rule with RespectIgnoreDifferences. A claim that grew: adopt its size.
"""

from __future__ import annotations

from collections.abc import Iterable

from whydrift.core.explain.cause import Cause, needs
from whydrift.core.explain.evidence import ownership, quoted
from whydrift.core.explain.filled_in import may_be_default
from whydrift.core.explain.subject import Subject
from whydrift.core.explain.writers import controllers, overwrote
from whydrift.core.model.drift import Difference
from whydrift.core.model.explanation import Explanation, Side, Strength
from whydrift.core.model.fact_kinds import SCHEMAS


def concerns(subject: Subject, difference: Difference) -> bool:
    """What controllers alone wrote over what the last sync left."""
    return bool(controllers(subject, difference)) and overwrote(subject, difference)


def explain(subject: Subject, concerned: tuple[Difference, ...]) -> Iterable[Explanation]:
    """Claim what the managed fields attribute to a controller and no default explains."""
    for difference in concerned:
        if may_be_default(subject, difference):
            continue
        entries = controllers(subject, difference)
        yield Explanation(
            paths=frozenset({difference.path}),
            strength=Strength.ATTRIBUTED,
            why=f"{entries[0].manager}, a controller, wrote {quoted(difference.live)} here;"
            f" git states {quoted(difference.target)}",
            evidence=tuple(ownership(entry, subject.knowledge.people) for entry in entries),
        )


CAUSE = Cause(
    id="controller-owns-field",
    title="a controller writes it",
    side=Side.CONTROLLER,
    explain=explain,
    concerns=concerns,
    helps=needs(SCHEMAS),
)
