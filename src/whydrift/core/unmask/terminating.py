"""Pods that are being deleted and do not go: held by finalizers, or nobody stops them on their node."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.trouble import Category, Reason, SaidBy, Trouble
from whydrift.core.model.values import JsonObject, items, text
from whydrift.core.unmask.containers import GRACE, events_of
from whydrift.core.unmask.moments import between, earliest
from whydrift.core.unmask.pods import names, owned_pods
from whydrift.core.unmask.scene import Scene

ENDED = ("Succeeded", "Failed")
HOLDING = frozenset({"FailedKillPod", "FailedUnMount", "FailedPreStopHook", "NodeNotReady"})
"""Events that say why the kubelet does not stop a pod (kubelet/events/event.go), or that there is none to do it."""


def terminating_troubles(scene: Scene) -> tuple[Trouble, ...]:
    """One trouble for each object whose pods should have been gone for longer than a start may take.

    `deletionTimestamp` is the time at which a pod's grace period ends (apimachinery, ObjectMeta).
    """
    groups: dict[ObjectKey, list[JsonObject]] = defaultdict(list)
    for owner, pod in owned_pods(scene):
        if between(_due(pod), scene.now) > GRACE and (_finalizers(pod) or not _has_ended(pod)):
            groups[owner].append(pod)
    return tuple(_trouble(scene, owner, pods) for owner, pods in groups.items())


def _due(pod: JsonObject) -> str:
    return text(pod, "metadata", "deletionTimestamp")


def _has_ended(pod: JsonObject) -> bool:
    return text(pod, "status", "phase") in ENDED


def _finalizers(pod: JsonObject) -> list[str]:
    return [name for name in items(pod, "metadata", "finalizers") if isinstance(name, str)]


def _trouble(scene: Scene, owner: ObjectKey, pods: list[JsonObject]) -> Trouble:
    reasons = (reason for pod in pods for reason in _reasons(scene, pod))
    return Trouble(
        key=owner,
        state="Terminating",
        category=Category.STILL_WAITING,
        pods=names(pods),
        of=sum(key == owner for key, _ in owned_pods(scene)),
        since=earliest(map(_due, pods)),
        why=next(reasons, Reason()),
    )


def _reasons(scene: Scene, pod: JsonObject) -> Iterator[Reason]:
    """What keeps a pod: a finalizer, the newest word of its kubelet, a node that is lost."""
    held = _finalizers(pod)
    if held:
        yield Reason(f"its deletion waits for {', '.join(held)}", SaidBy.STATUS)
    told = [event for event in events_of(pod, scene.events) if text(event, "reason") in HOLDING]
    if told:
        yield Reason(text(told[-1], "message"), SaidBy.EVENT)
    if text(pod, "status", "reason") == "NodeLost":
        yield Reason(text(pod, "status", "message") or "its node is lost", SaidBy.STATUS)
