"""Troubles of pods: containers in trouble, gathered by the managed object and the container that they are about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from whydrift.core.model.objects import WITH_PODS, ObjectKey
from whydrift.core.model.trouble import Category, Trouble
from whydrift.core.model.values import JsonObject, text
from whydrift.core.unmask.containers import DAY, Stuck, running_for, statuses, stuck_containers
from whydrift.core.unmask.moments import earliest
from whydrift.core.unmask.reasons import diagnosis_of, goes_on
from whydrift.core.unmask.scene import Scene

MAKE_PODS = WITH_PODS | {"Job", "Rollout"}
"""Kinds that make pods, and whose status moves only when these do: one that is written often goes on."""
WORST = ("NotReady", "Running")
"""States in which a container runs: less certain than any other."""


@dataclass(frozen=True, slots=True)
class Suspect:
    """A container in trouble, and the managed object that it belongs to."""

    key: ObjectKey
    stuck: Stuck


def suspects(scene: Scene) -> tuple[Suspect, ...]:
    """Every container of the application's pods that is in trouble: their logs are worth reading."""
    return tuple(
        Suspect(owner, stuck)
        for owner, pod in owned_pods(scene)
        for stuck in stuck_containers(pod, scene.events, scene.now)
        if not _superseded(scene, pod)
    )


def owned_pods(scene: Scene) -> Iterator[tuple[ObjectKey, JsonObject]]:
    """The application's pods, each with the managed object that it belongs to."""
    for pod in scene.pods or ():
        owner = scene.owners.managed_by(pod)
        if owner is not None:
            yield owner, pod


def _superseded(scene: Scene, pod: JsonObject) -> bool:
    """Whether a pod is of an older Job of a schedule: the newest run tells how it is now."""
    job, owner = scene.owners.job_of(pod), scene.owners.managed_by(pod)
    if job is None or owner is None or owner.kind == "Job":
        return False
    made = text(pod, "metadata", "creationTimestamp")
    return any(
        text(other, "metadata", "creationTimestamp") > made and scene.owners.job_of(other) != job
        for key, other in owned_pods(scene)
        if key == owner
    )


def pod_troubles(scene: Scene) -> tuple[Trouble, ...]:
    """One trouble for each object and container, whichever number of pods it is in."""
    groups: dict[tuple[ObjectKey, str], list[Stuck]] = defaultdict(list)
    for suspect in suspects(scene):
        if not _may_be_at_work(scene, suspect.stuck):
            groups[suspect.key, _about(suspect.stuck)].append(suspect.stuck)
    return tuple(_trouble(scene, key, container, group) for (key, container), group in groups.items())


def _may_be_at_work(scene: Scene, stuck: Stuck) -> bool:
    """Whether an init container that runs on says nothing of a trouble: to restore or migrate may take a day."""
    run = (status for status, _ in statuses(stuck.pod) if text(status, "name") == stuck.container)
    if not goes_on(stuck) or any(running_for(status, scene.now) > DAY for status in run):
        return False
    return diagnosis_of(scene, stuck).category is Category.STILL_WAITING


def _about(stuck: Stuck) -> str:
    """The container, "" where its whole pod waits."""
    return "" if stuck.state == "ContainerCreating" else stuck.container


def _trouble(scene: Scene, key: ObjectKey, container: str, group: list[Stuck]) -> Trouble:
    ranked = sorted(group, key=lambda stuck: (stuck.state in WORST, -stuck.restarts, stuck.name))
    diagnoses = [(stuck, diagnosis_of(scene, stuck)) for stuck in ranked]
    told = [(stuck, found) for stuck, found in diagnoses if found.category is not Category.LOG_NOT_READ] or diagnoses
    shown, found = next(((stuck, found) for stuck, found in told if found.why.line), told[0])
    return Trouble(
        key=key,
        state=ranked[0].state,
        category=found.category,
        reason=shown.reason,
        container=container,
        pods=names(stuck.pod for stuck in group),
        of=sum(owner == key for owner, _ in owned_pods(scene)),
        exit=shown.exit if shown.loops else None,
        restarts=max(stuck.restarts for stuck in group),
        since=earliest(stuck.since for stuck in group),
        why=found.why,
    )


def names(pods: Iterable[JsonObject]) -> tuple[str, ...]:
    """The names of pods, each once, in order."""
    return tuple(sorted({text(pod, "metadata", "name") for pod in pods}))
