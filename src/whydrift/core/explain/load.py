"""The load of a workload: what its pods use, and how it would spread over another number of them."""

from __future__ import annotations

from fractions import Fraction

from whydrift.core.compare.typed.quantity import parse_quantity
from whydrift.core.explain.subject import Subject
from whydrift.core.model.fact_kinds import POD_METRICS
from whydrift.core.model.values import Json, MaybeJson, child, items, mapping

REQUESTS, LIMITS = "requests", "limits"


def cpu_share(subject: Subject, replicas: MaybeJson, bound: str = REQUESTS) -> Fraction | None:
    """The CPU that the pods use now, as a share of what `replicas` of them request (or are limited to).

    None where that is not known, as where a pod was not measured: too little would be said of all.
    """
    if not isinstance(replicas, int) or isinstance(replicas, bool) or replicas < 1:
        return None
    used = [] if unmeasured(subject) else [_used(pod) for pod in _pods(subject)]
    stated = _stated(subject, bound)
    return sum(used, Fraction(0)) / (stated * replicas) if used and stated else None


def unmeasured(subject: Subject) -> int:
    """How many of the pods that the workload has nobody measured, where some were."""
    measured, has = len(_pods(subject)), child(subject.object.live, "spec", "replicas")
    return max(has - measured, 0) if measured and isinstance(has, int) else 0


def _pods(subject: Subject) -> list[Json]:
    """The metrics of the workload's own pods, found by its selector."""
    selector = mapping(subject.object.live, "spec", "selector", "matchLabels")
    metrics: list[Json] = list(subject.facts.maybe(POD_METRICS) or ())
    return [pod for pod in metrics if selector and selector.items() <= mapping(pod, "metadata", "labels").items()]


def _used(pod: Json) -> Fraction:
    return sum((_cpu(container, "usage") for container in items(pod, "containers")), Fraction(0))


def _stated(subject: Subject, bound: str) -> Fraction:
    """What one pod requests or is limited to, 0 where a container states none."""
    containers = items(subject.object.live, "spec", "template", "spec", "containers")
    stated = [_cpu(container, "resources", bound) for container in containers]
    return sum(stated, Fraction(0)) if all(stated) else Fraction(0)


def _cpu(holder: Json, *path: str) -> Fraction:
    value = child(holder, *path, "cpu")
    if isinstance(value, str):
        return parse_quantity(value) or Fraction(0)
    return Fraction(value) if isinstance(value, int | float) else Fraction(0)
