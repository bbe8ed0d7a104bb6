"""Which side a change speaks for that somebody made in the cluster (design/decisions.md, "Side").

The rules in the order in which they count: security weakened → git; an autoscaler owns the number → ask; more than
git gives, and needed → cluster; more than the load asks for → git; all else → ask.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from whydrift.core.explain.autoscalers import autoscalers_of
from whydrift.core.explain.change import Change
from whydrift.core.explain.load import cpu_share
from whydrift.core.explain.raised import REPLICAS, raising
from whydrift.core.explain.security import weakening
from whydrift.core.explain.subject import Subject
from whydrift.core.model.drift import Difference
from whydrift.core.model.explanation import Evidence, Side
from whydrift.core.model.objects import group_of
from whydrift.core.model.snapshot import of_kind
from whydrift.core.model.values import MaybeJson, child, text

IDLE: Final = Fraction(1, 2)
"""Below this share of the requested CPU git's number of pods carries the load easily (decisions.md)."""


@dataclass(frozen=True, slots=True)
class Leaning:
    """The side that a change speaks for, with the evidence for it (none for `ask` by default)."""

    side: Side
    evidence: tuple[Evidence, ...] = ()

    def unlike(self, usual: Side) -> Side | None:
        """The side where it is not a cause's usual one, else None."""
        return None if self.side is usual else self.side


def leaning(subject: Subject, difference: Difference, before: MaybeJson) -> Leaning:
    """The side that a change in the cluster speaks for; `before` is what git (and the last sync) says here."""
    item = subject.object
    change = Change(subject.key, difference.path, before, difference.live, item.target, item.live)
    weakened = weakening(change)
    if weakened:
        return Leaning(Side.GIT, (Evidence("schema", weakened),))
    if change.path == REPLICAS:
        scaler = _scaler(subject)
        if scaler:
            return Leaning(Side.ASK, (Evidence("autoscalers", f"{scaler} targets this object as well"),))
    raised = raising(change)
    if not raised:
        return Leaning(Side.ASK)
    return _needed(subject, change, Evidence("values", raised))


def _needed(subject: Subject, change: Change, raised: Evidence) -> Leaning:
    share = cpu_share(subject, change.before) if change.path == REPLICAS else None
    if share is None:
        return Leaning(Side.CLUSTER, (raised,))
    measured = Evidence("pod metrics", f"git's number of pods would use {round(share * 100)} % of the CPU they request")
    return Leaning(Side.GIT if share < IDLE else Side.CLUSTER, (raised, measured))


def _scaler(subject: Subject) -> str:
    """An autoscaler that targets the object, as people name it; "" where none is known."""
    scalers = autoscalers_of(subject)
    return str(scalers[0].key) if scalers else _vertical_scaler(subject)


def _vertical_scaler(subject: Subject) -> str:
    own = of_kind(subject.siblings, "VerticalPodAutoscaler")
    return next((str(item.key) for item in own if _names(child(item.live, "spec", "targetRef"), subject)), "")


def _names(reference: MaybeJson, subject: Subject) -> bool:
    stated = (group_of(text(reference, "apiVersion")), text(reference, "kind"), text(reference, "name"))
    return stated == (subject.key.group, subject.key.kind, subject.key.name)
