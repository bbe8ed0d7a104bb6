"""Services that match no pod of their namespace, although the pods that they are meant for are there (measured.md 50).

Nothing in Kubernetes says so, and Argo CD calls such a Service Healthy. What it is meant for has to be shown: the pods
that git's Service selects, those that git's workload would have, or those of the workload of its own name. It is not
told of a Service that may be meant for pods that are not there now: of another application, of a workload at rest.
"""

from __future__ import annotations

from collections.abc import Iterator

from whydrift.core.model.objects import POD_LABELS, ObjectKey
from whydrift.core.model.references import selects
from whydrift.core.model.snapshot import ObjectSnapshot
from whydrift.core.model.trouble import Category, Reason, SaidBy, Trouble
from whydrift.core.model.values import Json, JsonObject, MaybeJson, is_object, mapping, text
from whydrift.core.unmask.conditions import moved
from whydrift.core.unmask.containers import GRACE
from whydrift.core.unmask.moments import between
from whydrift.core.unmask.owners import HASH
from whydrift.core.unmask.pods import owned_pods
from whydrift.core.unmask.scene import Scene

WORKLOADS = frozenset(
    {
        ("apps", "Deployment"),
        ("apps", "StatefulSet"),
        ("apps", "DaemonSet"),
        ("apps", "ReplicaSet"),
        ("argoproj.io", "Rollout"),
    }
)
MOVED_BY_CONTROLLERS = ("rollouts-pod-template-hash", HASH)
"""Labels by which a controller points a Service at one ReplicaSet: it moves them itself."""


def service_troubles(scene: Scene) -> tuple[Trouble, ...]:
    """One trouble for each Service of the application that matches no pod, and is meant for some that run."""
    found = (_trouble(scene, key, item) for key, item in scene.by_key.items() if key[:2] == ("", "Service"))
    return tuple(trouble for trouble in found if trouble is not None)


def _trouble(scene: Scene, key: ObjectKey, item: ObjectSnapshot) -> Trouble | None:
    live = item.live
    selector = mapping(live, "spec", "selector")
    if not is_object(live) or not _is_to_be_looked_at(scene, key, live) or _matches_any(scene, key.namespace, selector):
        return None
    meant = next((said for said in _meant(scene, item, selector)), "")
    if not meant:
        return None
    stated = ", ".join(f"{name}={value}" for name, value in selector.items())
    says = f"its selector ({stated}) matches no pod in {key.namespace}: {meant}"
    return Trouble(
        key=key,
        state="NoPods",
        category=Category.CONFIG_INVALID,
        reason="SelectorMatchesNoPod",
        since=moved(live),
        why=Reason(says, SaidBy.STATUS),
    )


def _is_to_be_looked_at(scene: Scene, key: ObjectKey, live: JsonObject) -> bool:
    """Whether a Service selects pods by itself, has done so for a while, and all pods around it were read."""
    selector = mapping(live, "spec", "selector")
    if key.namespace not in scene.pods_read or not selector or text(live, "spec", "type") == "ExternalName":
        return False
    if any(name in selector for name in MOVED_BY_CONTROLLERS) or text(live, "metadata", "deletionTimestamp"):
        return False
    return between(moved(live), scene.now) > GRACE


def _matches_any(scene: Scene, namespace: str, selector: JsonObject) -> bool:
    """Whether a selector matches a pod, or pods that may be made any time: of a workload of whatever size."""
    pods = (pod for pod in scene.pods or () if text(pod, "metadata", "namespace") == namespace)
    if any(selects(selector, mapping(pod, "metadata", "labels")) for pod in pods):
        return True
    lives = (item.live for key, item in scene.by_key.items() if key.namespace == namespace)
    return any(selects(selector, labels) for live in lives for labels in _labels_in(live))


def _labels_in(live: MaybeJson) -> Iterator[JsonObject]:
    """The labels of pods that a live object would make, by a template of its own or of a Job."""
    for template in (("spec", "template"), ("spec", "jobTemplate", "spec", "template")):
        yield mapping(live, *template, "metadata", "labels")


def _meant(scene: Scene, item: ObjectSnapshot, selector: JsonObject) -> Iterator[str]:
    """The pods that a Service is meant for and that run, in a sentence."""
    key = item.key
    in_git = mapping(item.target, "spec", "selector")
    for owner, pods in _running(scene, key.namespace).items():
        workload = scene.by_key[owner]
        named = f"{owner.kind} {owner.name}"
        if in_git != selector and selects(in_git, pods):
            yield f"git's selector would match the pods of {named}"
        if selects(selector, mapping(workload.target, *POD_LABELS)):
            yield f"git's {named} has these labels, and the one that runs does not"
        if owner.name == key.name and selector.keys() <= pods.keys():
            other = ", ".join(f"{name}={pods[name]}" for name in selector if pods[name] != selector[name])
            yield f"the pods of {named} have {other}"


def _running(scene: Scene, namespace: str) -> dict[ObjectKey, dict[str, Json]]:
    """The application's own workloads of a namespace of which a pod runs, with its labels."""
    found: dict[ObjectKey, dict[str, Json]] = {}
    for owner, pod in owned_pods(scene):
        here = owner.namespace == namespace and owner[:2] in WORKLOADS and owner in scene.by_key
        gone = text(pod, "metadata", "deletionTimestamp") or text(pod, "status", "phase") != "Running"
        if here and not gone:
            found.setdefault(owner, mapping(pod, "metadata", "labels"))
    return found
