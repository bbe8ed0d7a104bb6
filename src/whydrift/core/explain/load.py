"""The load of a workload: what its pods use, and how it would spread over another number of them."""

from __future__ import annotations

from fractions import Fraction

from whydrift.core.compare.typed.quantity import parse_quantity
from whydrift.core.explain.subject import Subject
from whydrift.core.model.fact_kinds import POD_METRICS
from whydrift.core.model.values import Json, MaybeJson, child, items, mapping


def cpu_share(subject: Subject, replicas: MaybeJson) -> Fraction | None:
    """The CPU that the pods use now, as a share of what `replicas` of them request; None where that is not known."""
    if not isinstance(replicas, int) or isinstance(replicas, bool) or replicas < 1:
        return None
    used = [_used(pod) for pod in _pods(subject)]
    requested = _requested(subject)
    return sum(used, Fraction(0)) / (requested * replicas) if used and requested else None


def _pods(subject: Subject) -> list[Json]:
    """The metrics of the workload's own pods, found by its selector."""
    selector = mapping(subject.object.live, "spec", "selector", "matchLabels")
    metrics: list[Json] = list(subject.facts.maybe(POD_METRICS) or ())
    return [pod for pod in metrics if selector and selector.items() <= mapping(pod, "metadata", "labels").items()]


def _used(pod: Json) -> Fraction:
    return sum((_cpu(container, "usage") for container in items(pod, "containers")), Fraction(0))


def _requested(subject: Subject) -> Fraction:
    """What one pod requests, 0 where a container states no request."""
    containers = items(subject.object.live, "spec", "template", "spec", "containers")
    stated = [_cpu(container, "resources", "requests") for container in containers]
    return sum(stated, Fraction(0)) if all(stated) else Fraction(0)


def _cpu(holder: Json, *path: str) -> Fraction:
    value = child(holder, *path, "cpu")
    if isinstance(value, str):
        return parse_quantity(value) or Fraction(0)
    return Fraction(value) if isinstance(value, int | float) else Fraction(0)
