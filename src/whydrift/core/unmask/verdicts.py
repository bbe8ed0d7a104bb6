"""Objects that Argo CD calls Degraded, or Progressing for longer than they may be, and no other trouble is about.

Source: gitops-engine pkg/health (health_deployment.go and its neighbours), health.lua of resource_customizations,
whose messages stand in status.resources[].health, else in the nodes of the resource tree (resourceHealthSource).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.trouble import Category, Reason, SaidBy, Trouble
from whydrift.core.model.values import JsonObject, child, is_object, items, text
from whydrift.core.unmask.categories import category_of
from whydrift.core.unmask.conditions import moved, stated, telling
from whydrift.core.unmask.containers import DAY, GRACE
from whydrift.core.unmask.moments import between, newest
from whydrift.core.unmask.owners import node_as_pod, pod_nodes
from whydrift.core.unmask.pods import MAKE_PODS, owned_pods
from whydrift.core.unmask.scene import Scene

NO_METRICS = ("FailedGetResourceMetric", "FailedGetPodsMetric", "FailedGetObjectMetric", "FailedGetExternalMetric")
"""Why an autoscaler does not compute: who answers for metrics does not (podautoscaler/horizontal.go)."""
NO_DEADLINE = 2**31 - 1
"""What a Deployment states that shall never give up (deployment/util HasProgressDeadline)."""


def verdict_troubles(scene: Scene, told: Sequence[Trouble]) -> tuple[Trouble, ...]:
    """What waits or is broken in Argo CD's words, beside what is told already. A child application tells its own."""
    known = _known(scene, told)
    found = (_trouble(scene, key) for key in scene.unwell if key not in known and not _follows(key, told))
    return tuple(trouble for trouble in found if trouble is not None)


def waits_of(scene: Scene, told: Sequence[Trouble]) -> tuple[str, ...]:
    """What else is not well and not told, in sentences: it is young, or it is its nature to wait."""
    known = _known(scene, told)
    return tuple(_wait(scene, key) for key in scene.unwell if key not in known)


def _wait(scene: Scene, key: ObjectKey) -> str:
    live = scene.stated(key)
    live = live if is_object(live) else {}
    health, shown = scene.health(key), telling(live)
    since, why = _since(scene, key, live, shown), _why(key, live, health, shown).line
    named = f"{key.kind} {key.namespace}/{key.name}" if key.namespace else f"{key.kind} {key.name}"
    begun = f" since {since}" if since else ""
    return f"{named} is {text(health, 'status')}{begun}{f': {why}' if why else ''}"


def _known(scene: Scene, told: Iterable[Trouble]) -> set[ObjectKey]:
    """The objects that a trouble is about, also those whose pods wait for another one."""
    pods = {(trouble.key.namespace, name) for trouble in told for name in trouble.pods}
    waiting = (key for key in scene.unwell for pod in _pods(scene, key) if _named(pod) in pods)
    return {*waiting, *(trouble.key for trouble in told)}


def _pods(scene: Scene, key: ObjectKey) -> list[JsonObject]:
    """The pods of an object; as the tree names them where they could not be read."""
    if scene.pods is not None:
        return [pod for owner, pod in owned_pods(scene) if owner == key]
    return [pod for node in pod_nodes(scene.tree) if scene.owners.managed_by(pod := node_as_pod(node)) == key]


def _named(pod: JsonObject) -> tuple[str, str]:
    return text(pod, "metadata", "namespace"), text(pod, "metadata", "name")


def _follows(key: ObjectKey, told: Sequence[Trouble]) -> bool:
    """Whether an object is unwell because others are: an autoscaler has no metrics of pods that do not run."""
    return key.kind == "Application" or (bool(told) and key.kind == "HorizontalPodAutoscaler")


def _trouble(scene: Scene, key: ObjectKey) -> Trouble | None:
    live = scene.stated(key)
    live = live if is_object(live) else {}
    health, shown = scene.health(key), telling(live)
    state, since = text(health, "status"), _since(scene, key, live, shown)
    if _waits_for_nobody(key, live) or not _is_old(scene, live, state, since):
        return None
    why = _why(key, live, health, shown)
    if state == "Degraded" and not why.line:
        return None
    general = Category.APPLICATION_ERROR if state == "Degraded" else Category.STILL_WAITING
    no_metrics = text(shown, "reason") in NO_METRICS
    return Trouble(
        key=key,
        state=state,
        category=Category.DEPENDENCY_UNREACHABLE if no_metrics else category_of(why.line) or general,
        reason=text(shown, "reason"),
        since=since,
        why=why,
    )


def _waits_for_nobody(key: ObjectKey, live: JsonObject) -> bool:
    """Whether it is the nature of an object to wait: a claim without a pod, while nothing says that binding failed."""
    return key.kind == "PersistentVolumeClaim" and text(live, "status", "phase") == "Pending"


def _is_old(scene: Scene, live: JsonObject, state: str, since: str) -> bool:
    """Whether an object has been so for longer than it may be. What is Degraded need not tell since when."""
    made = text(live, "metadata", "creationTimestamp")
    if made and between(made, scene.now) <= GRACE:
        return False
    return between(since, scene.now) > _patience(live) if since or state == "Progressing" else bool(made)


def _patience(live: JsonObject) -> float:
    """Seconds that an object may take: its own deadline, and not less than any start may take.

    A Job without a deadline may take a day.
    """
    allowed = child(live, "spec", "progressDeadlineSeconds")
    if text(live, "kind") == "Job":
        deadline = child(live, "spec", "activeDeadlineSeconds")
        allowed = deadline if isinstance(deadline, int) else int(DAY)
    ready = child(live, "spec", "minReadySeconds")
    own = allowed if isinstance(allowed, int) and allowed < NO_DEADLINE else 0
    return max(GRACE, float(own)) + (ready if isinstance(ready, int) else 0)


def _since(scene: Scene, key: ObjectKey, live: JsonObject, shown: JsonObject) -> str:
    """Since when an object is as it is; "" where nothing tells.

    A condition says it; else nothing has moved since; else, of one whose status is written often, what Argo CD says of
    the whole application where nothing else makes it so. What an object asks for may be newer than all of them.
    """
    deleted = text(live, "metadata", "deletionTimestamp")
    begun = text(shown, "lastTransitionTime")
    if deleted or (begun and key.kind not in MAKE_PODS):
        return deleted or begun
    last = newest([moved(live), *map(moved, _pods(scene, key))])
    state = text(scene.health(key), "status")
    if key.kind in MAKE_PODS:
        return begun if state == "Degraded" and begun else last
    if between(last, scene.now) > GRACE:
        return last
    alone = [other for other in scene.unwell if text(scene.health(other), "status") == state] == [key]
    whole = scene.unwell_since if alone and scene.application.health == state else ""
    return whole if between(stated(live), whole) >= 0 else stated(live)


def _why(key: ObjectKey, live: JsonObject, health: JsonObject, shown: JsonObject) -> Reason:
    """What says why: of Kubernetes' own kinds Argo CD's word, of others their own condition."""
    by_argocd = Reason(text(health, "message"), SaidBy.STATUS)
    by_itself = Reason(text(shown, "message"), SaidBy.CONDITION)
    if text(live, "metadata", "deletionTimestamp"):
        kept = ", ".join(str(name) for name in items(live, "metadata", "finalizers"))
        return Reason(f"deleted, and kept by {kept}" if kept else by_argocd.line, SaidBy.STATUS)
    own = "." not in key.group or key.group.endswith(".k8s.io")
    first, second = (by_argocd, by_itself) if own else (by_itself, by_argocd)
    return first if first.line else second
