"""How a workload replaces its pods: how many of them may be gone before new ones run.

Sources: k8s.io/kubernetes pkg/controller/deployment/util (ResolveFenceposts), pkg/controller/statefulset and daemon;
Kubernetes, "StatefulSets" and "Perform a Rolling Update on a DaemonSet".
"""

from __future__ import annotations

from whydrift.core.model.values import ABSENT, JsonObject, MaybeJson, child, text


def away_at_first(workload: JsonObject, running: int) -> int | None:
    """How many of the running pods may go before new ones run; None where none is replaced by itself, or not all."""
    match text(workload, "kind"):
        case "Deployment":
            return _of_deployment(workload, running)
        case "StatefulSet":
            partition = child(workload, "spec", "updateStrategy", "rollingUpdate", "partition")
            by_hand = text(workload, "spec", "updateStrategy", "type") == "OnDelete"
            return None if by_hand or partition not in (ABSENT, None, 0) else min(1, running)
        case "DaemonSet":
            stated = child(workload, "spec", "updateStrategy", "rollingUpdate", "maxUnavailable")
            by_hand = text(workload, "spec", "updateStrategy", "type") == "OnDelete"
            return None if by_hand else min(_number(stated, 1, running, up=True), running)
        case _:
            return None


def _of_deployment(workload: JsonObject, running: int) -> int:
    if text(workload, "spec", "strategy", "type") == "Recreate":
        return running
    rolling = child(workload, "spec", "strategy", "rollingUpdate")
    away = _number(child(rolling, "maxUnavailable"), "25%", running, up=False)
    beside = _number(child(rolling, "maxSurge"), "25%", running, up=True)
    return min(running, away if away or beside else 1)


def _number(stated: MaybeJson, usual: int | str, of: int, *, up: bool) -> int:
    """A number of pods, or a share of them (intstr.GetScaledValueFromIntOrPercent)."""
    value = usual if stated is ABSENT or stated is None else stated
    if isinstance(value, str) and value.removesuffix("%").isdigit():
        share = int(value.removesuffix("%")) * of
        return -(-share // 100) if up else share // 100
    return value if isinstance(value, int) else 0
