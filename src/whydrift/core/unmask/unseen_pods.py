"""Troubles of pods that only Argo CD's resource tree tells of: where the cluster itself cannot be read.

A node says one status reason and one restart count for its whole pod (reference/measured.md 71). Whether one that runs
now recovered is not in it: such pods are not called broken.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.trouble import Category, ContainerLog, Reason, SaidBy, Trouble
from whydrift.core.model.values import JsonObject, items, text
from whydrift.core.unmask.categories import category_of, image_category
from whydrift.core.unmask.containers import GRACE, condition
from whydrift.core.unmask.lines import line_that_says_why
from whydrift.core.unmask.moments import between, earliest
from whydrift.core.unmask.owners import info, node_as_pod, pod_nodes
from whydrift.core.unmask.places import POD_SPECS
from whydrift.core.unmask.reasons import IMAGES
from whydrift.core.unmask.scene import Scene

FINE = frozenset({"", "Running", "Completed", "Terminating", "Succeeded", "Evicted"})
BEGINNING = ("ContainerCreating", "PodInitializing", "Pending", "Init:")


def tree_suspects(scene: Scene) -> Iterator[tuple[ObjectKey, JsonObject]]:
    """The pods of the tree that are in trouble, with the managed object that each belongs to."""
    for node in pod_nodes(scene.tree):
        owner = scene.owners.managed_by(node_as_pod(node))
        if owner is not None and state_of(node, scene.now) and not _ended(scene, owner):
            yield owner, node


def _ended(scene: Scene, key: ObjectKey) -> bool:
    """Whether an object is a Job that ended: its own conditions tell how."""
    live = scene.stated(key)
    kinds = ("Complete", "Failed") if isinstance(live, dict) and key.kind == "Job" else ()
    return any(text(condition(live, kind), "status") == "True" for kind in kinds if isinstance(live, dict))


def state_of(node: JsonObject, now: str) -> str:
    """The state of a pod in trouble; "" of one that is fine, begins, or may have recovered."""
    reason = info(node, "Status Reason")
    if reason in FINE:
        return "NotReady" if reason == "Running" and _lacks(node) and _old(node, now) else ""
    begins = reason.startswith(BEGINNING) and not any(word in reason for word in ("BackOff", "Err", "Error"))
    return reason if not begins or _old(node, now) else ""


def _old(node: JsonObject, now: str) -> bool:
    return between(text(node, "createdAt"), now) > GRACE


def _lacks(node: JsonObject) -> bool:
    """Whether fewer containers are ready than the pod has (`1/2`)."""
    ready, _, of = info(node, "Containers").partition("/")
    return ready.isdigit() and of.isdigit() and int(ready) < int(of)


def containers_of(scene: Scene, key: ObjectKey, state: str) -> list[str]:
    """The containers that may be in trouble: those of the managed object's own pod spec."""
    field = "initContainers" if state.startswith("Init:") else "containers"
    stated = scene.stated(key)
    found: list[str] = next(
        (names for spec in POD_SPECS if (names := [text(c, "name") for c in items(stated, *spec, field)])), []
    )
    return found


def tree_troubles(scene: Scene) -> tuple[Trouble, ...]:
    """One trouble for each object and state."""
    groups: dict[ObjectKey, list[JsonObject]] = defaultdict(list)
    for key, node in tree_suspects(scene):
        groups[_claim(scene, key, state_of(node, scene.now)) or key].append(node)
    return tuple(_trouble(scene, key, nodes) for key, nodes in groups.items())


def _claim(scene: Scene, key: ObjectKey, state: str) -> ObjectKey | None:
    """The pending claim that pods of an object wait for; None where they wait for something else."""
    if state != "Pending":
        return None
    volumes = [volume for spec in POD_SPECS for volume in items(scene.stated(key), *spec, "volumes")]
    claims = {text(volume, "persistentVolumeClaim", "claimName") for volume in volumes}
    held = (k for k in scene.by_key if k.kind == "PersistentVolumeClaim" and k.name in claims)
    return next((k for k in held if text(scene.stated(k), "status", "phase") == "Pending"), None)


def _trouble(scene: Scene, key: ObjectKey, nodes: list[JsonObject]) -> Trouble:
    worst = max(nodes, key=_restarts)
    state = state_of(worst, scene.now)
    container, why = _why(scene, key, nodes, state)
    unclear = Category.APPLICATION_ERROR if why.line or _log_read(scene, key, nodes, state) else Category.LOG_NOT_READ
    failed = Category.JOB_FAILED if key.kind in ("Job", "CronJob") else unclear
    if key.kind == "PersistentVolumeClaim":
        category = Category.VOLUME_PENDING
    elif state.removeprefix("Init:") in IMAGES:
        category = image_category(why.line)
    else:
        category = category_of(why.line) or {
            "OOMKilled": Category.OUT_OF_MEMORY,
            "Pending": Category.UNSCHEDULABLE,
        }.get(state, Category.INIT_FAILED if state.startswith("Init:") else failed)
    return Trouble(
        key=key,
        state=state,
        category=category,
        container=container,
        pods=tuple(sorted(text(node, "name") for node in nodes)),
        of=sum(scene.owners.managed_by(node_as_pod(node)) == key for node in pod_nodes(scene.tree)),
        restarts=_restarts(worst),
        since=earliest(text(node, "createdAt") for node in nodes),
        why=why,
    )


def _why(scene: Scene, key: ObjectKey, nodes: list[JsonObject], state: str) -> tuple[str, Reason]:
    """The container whose log says why, and its line; else what the tree says of the pod."""
    names = containers_of(scene, key, state)
    for node in nodes:
        for name in names:
            found = _said(scene.log(text(node, "namespace"), text(node, "name"), name), state)
            if found.line:
                return name, found
    said = next((text(node, "health", "message") for node in nodes if text(node, "health", "message")), "")
    return names[0] if len(names) == 1 else "", Reason("" if said.startswith("back-off ") else said, SaidBy.STATUS)


def _log_read(scene: Scene, key: ObjectKey, nodes: list[JsonObject], state: str) -> bool:
    """Whether it is known what any of the containers wrote."""
    places = ((text(node, "namespace"), text(node, "name")) for node in nodes)
    return any(scene.log_read(*place, name) for place in places for name in containers_of(scene, key, state))


def _said(log: ContainerLog, state: str) -> Reason:
    line = line_that_says_why(log.previous)
    if line:
        return Reason(line, SaidBy.PREVIOUS_LOG)
    return Reason(line_that_says_why(log.current, still_running=state == "NotReady"), SaidBy.LOG)


def _restarts(node: JsonObject) -> int:
    count = info(node, "Restart Count")
    return int(count) if count.isdigit() else 0
