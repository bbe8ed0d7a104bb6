"""Disruption budgets: how many pods of a workload may be away now, beside what a restart does to them.

Kubernetes, "Disruptions": a rollout of a workload does not ask the budgets, evictions do; both are away at once.
"""

from __future__ import annotations

from collections.abc import Iterator

from whydrift.core.explain.admission import selected
from whydrift.core.explain.subject import Subject
from whydrift.core.model.fact_kinds import DISRUPTION_BUDGETS
from whydrift.core.model.objects import ObjectKey, key_of
from whydrift.core.model.snapshot import of_kind
from whydrift.core.model.values import JsonObject, MaybeJson, child, is_object, items, mapping, text

KIND = "PodDisruptionBudget"


def budgets_told(subject: Subject) -> str:
    """`; PodDisruptionBudget web lets 1 of 3 be away now (a rollout does not ask it)`; "" where none is known."""
    told = "; ".join(f"{KIND} {key.name} {_allows(budget)}" for key, budget in budgets_of(subject).items())
    return f"; {told} (a rollout does not ask it)" if told else ""


def budgets_of(subject: Subject) -> dict[ObjectKey, JsonObject]:
    """The budgets over the workload's pods: those of the application itself, and those of the namespace if read."""
    return {key: budget for key, budget in _known(subject) if _covers(budget, key, subject)}


def _known(subject: Subject) -> Iterator[tuple[ObjectKey, JsonObject]]:
    for item in of_kind(subject.siblings, KIND):
        if is_object(item.live):
            yield item.key, item.live
    for budget in subject.facts.maybe(DISRUPTION_BUDGETS) or ():
        yield key_of(budget, subject.key.namespace), budget


def _covers(budget: JsonObject, key: ObjectKey, subject: Subject) -> bool:
    selector = child(budget, "spec", "selector")
    stated = mapping(subject.object.live, "spec", "template", "metadata", "labels")
    labels = {name: value for name, value in stated.items() if isinstance(value, str)}
    here = key.namespace == subject.key.namespace
    return here and is_object(selector) and selected(selector, labels, complete=True) is True


def _allows(budget: JsonObject) -> str:
    allowed, expected = (child(budget, "status", name) for name in ("disruptionsAllowed", "expectedPods"))
    if isinstance(allowed, int) and isinstance(expected, int):
        blocked = next((r for r in items(budget, "status", "conditions") if text(r, "reason") == "SyncFailed"), None)
        return "does not work now" if blocked is not None else f"lets {allowed} of {expected} be away now"
    return f"asks for {_asks(budget)}"


def _asks(budget: MaybeJson) -> str:
    stated = ((name, child(budget, "spec", name)) for name in ("minAvailable", "maxUnavailable"))
    return next((f"{name} {value}" for name, value in stated if isinstance(value, int | str)), "nothing")
