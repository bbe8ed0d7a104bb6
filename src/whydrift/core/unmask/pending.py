"""Pods that no node takes, claims that no volume is bound to, and workloads whose pods are not even made."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.trouble import Category, Reason, SaidBy, Trouble
from whydrift.core.model.values import Json, JsonObject, MaybeJson, child, items, mapping, text
from whydrift.core.unmask.categories import category_of
from whydrift.core.unmask.containers import GRACE, condition, events_of
from whydrift.core.unmask.moments import between, earliest, first_seen
from whydrift.core.unmask.pods import MAKE_PODS, names, owned_pods
from whydrift.core.unmask.scene import Scene

CLAIMS = re.compile(r"(?i)persistentvolumeclaim|volume node affinity|unbound|no persistent volumes")
SOON = 60.0
"""Seconds that the scheduler may take, and a controller's first try."""
WAITS = frozenset({"WaitForFirstConsumer", "WaitForPodScheduled"})
"""Events of a claim that waits for a pod (pv_controller.go)."""
PROVISIONING = frozenset({"ExternalProvisioning", "Provisioning"})
"""Events of a claim whose volume somebody is to make: trouble when nobody does (pv_controller.go)."""


def pending_troubles(scene: Scene) -> tuple[Trouble, ...]:
    """Pods that cannot be scheduled; those that wait for a managed claim count as the claim's trouble."""
    groups: dict[ObjectKey, list[JsonObject]] = defaultdict(list)
    for owner, pod in owned_pods(scene):
        if _unschedulable(scene, pod):
            groups[_claim(scene, pod) or owner].append(pod)
    claims = [key for key in scene.by_key if key.kind == "PersistentVolumeClaim" and _unbound(scene, key)]
    keys = dict.fromkeys([*groups, *claims])
    return tuple(_pending(scene, key, groups.get(key, [])) for key in keys)


def _unschedulable(scene: Scene, pod: JsonObject) -> bool:
    scheduled = condition(pod, "PodScheduled")
    if child(pod, "metadata", "deletionTimestamp") or text(pod, "status", "phase") != "Pending":
        return False
    waits = text(scheduled, "reason") in ("Unschedulable", "SchedulingGated", "SchedulerError")
    return waits and between(text(scheduled, "lastTransitionTime"), scene.now) > SOON


def _claim(scene: Scene, pod: JsonObject) -> ObjectKey | None:
    """The managed claim that keeps a pod from being scheduled."""
    if not CLAIMS.search(text(condition(pod, "PodScheduled"), "message")):
        return None
    namespace = text(pod, "metadata", "namespace")
    for volume in items(pod, "spec", "volumes"):
        name = text(volume, "persistentVolumeClaim", "claimName")
        key = ObjectKey("", "PersistentVolumeClaim", namespace, name)
        if name and key in scene.owners.managed and (key not in scene.by_key or _phase(scene.stated(key)) == "Pending"):
            return key
    return None


def _phase(claim: MaybeJson) -> str:
    return text(claim, "status", "phase")


def _unbound(scene: Scene, key: ObjectKey) -> bool:
    """Whether a claim is pending although somebody waits for it, or something tried and failed."""
    claim = scene.by_key[key].live
    if _phase(claim) not in ("Pending", "Lost"):
        return False
    made = text(claim, "metadata", "creationTimestamp")
    return between(made, scene.now) > GRACE and bool(_failures(scene, claim))


def _failures(scene: Scene, claim: MaybeJson) -> list[Json]:
    known = claim if isinstance(claim, dict) else {}
    about: JsonObject = {"kind": "PersistentVolumeClaim", "metadata": known.get("metadata")}
    return [event for event in events_of(about, scene.events) if _is_failure(event, scene.now)]


def _is_failure(event: Json, now: str) -> bool:
    reason = text(event, "reason")
    return reason not in WAITS and (reason not in PROVISIONING or between(first_seen(event), now) > GRACE)


def _pending(scene: Scene, key: ObjectKey, pods: list[JsonObject]) -> Trouble:
    scheduled = [condition(pod, "PodScheduled") for pod in pods]
    said = text(scheduled[0], "message") if scheduled else ""
    why, category = Reason(said, SaidBy.CONDITION), Category.UNSCHEDULABLE
    begun = [text(row, "lastTransitionTime") for row in scheduled]
    if CLAIMS.search(said) or key.kind == "PersistentVolumeClaim":
        category = Category.VOLUME_PENDING
        failures = _claim_failures(scene, key, pods)
        begun += map(first_seen, failures)
        why = Reason(text(failures[-1], "message"), SaidBy.EVENT) if failures else why
    made = text(scene.stated(key), "metadata", "creationTimestamp") if not begun else ""
    return Trouble(
        key=key,
        state="Pending",
        category=category,
        reason=text(scheduled[0], "reason") if scheduled else text(scene.stated(key), "status", "phase"),
        pods=names(pods),
        of=sum(owner == key for owner, _ in owned_pods(scene)) or len(pods),
        since=earliest([*begun, made]),
        why=why,
    )


def _claim_failures(scene: Scene, key: ObjectKey, pods: list[JsonObject]) -> list[Json]:
    """Why the claim of these pods (or this claim) got no volume."""
    claims = {text(v, "persistentVolumeClaim", "claimName") for pod in pods for v in items(pod, "spec", "volumes")}
    if key.kind == "PersistentVolumeClaim":
        claims = {key.name}
    found = [
        e
        for name in sorted(claims - {""})
        for e in _failures(scene, {"metadata": {"name": name, "namespace": key.namespace}})
    ]
    return [event for event in found if text(event, "type") != "Normal" or text(event, "reason") in PROVISIONING]


def unmade_troubles(scene: Scene) -> tuple[Trouble, ...]:
    """Workloads whose pods the API server refuses: quotas, admission, a service account that is not there."""
    return tuple(
        trouble
        for key, item in scene.by_key.items()
        if key.kind in MAKE_PODS
        for trouble in _unmade(scene, key, item.live)
    )


def _unmade(scene: Scene, key: ObjectKey, live: MaybeJson) -> Iterator[Trouble]:
    wanted = child(live, "spec", "replicas")
    failure = condition(live, "ReplicaFailure") if isinstance(live, dict) else {}
    failing = text(failure, "status") == "True"
    events = _refusals(scene, key)
    if wanted == 0 or not (failing or (events and _lacks(live, scene, key))):
        return
    said = text(failure, "message") if failing else text(events[-1], "message")
    begun = [first_seen(event) for event in events] + ([text(failure, "lastTransitionTime")] if failing else [])
    forbidden = Category.PERMISSION_DENIED if re.search(r"(?i)forbidden|denied", said) else Category.APPLICATION_ERROR
    yield Trouble(
        key=key,
        state="NoPods",
        category=category_of(said) or forbidden,
        reason=text(failure, "reason") or text(events[-1], "reason"),
        since=earliest(begun),
        why=Reason(said, SaidBy.CONDITION if failing else SaidBy.EVENT),
    )


def _lacks(live: MaybeJson, scene: Scene, key: ObjectKey) -> bool:
    """Whether a workload has fewer pods than it wants."""
    wanted = child(live, "spec", "replicas")
    number = wanted if isinstance(wanted, int) else 1
    desired = child(live, "status", "desiredNumberScheduled")
    return sum(owner == key for owner, _ in owned_pods(scene)) < (desired if isinstance(desired, int) else number)


def _refusals(scene: Scene, key: ObjectKey) -> list[Json]:
    """The events that say that a pod of this workload was not made, also those of its ReplicaSets."""
    below = (made for made, parents in scene.owners.parents.items() if key in parents)
    made_by = {(owner.kind, owner.namespace, owner.name) for owner in (key, *below)}
    found = [e for e in scene.events if text(e, "reason") == "FailedCreate" and _involved(e, key.namespace) in made_by]
    return sorted(found, key=first_seen)


def _involved(event: Json, namespace: str) -> tuple[str, str, str]:
    """Kind, namespace and name of what an event is about; without a namespace it is one of here."""
    about = mapping(event, "involvedObject")
    return text(about, "kind"), text(about, "namespace") or namespace, text(about, "name")
