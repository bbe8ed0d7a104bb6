"""Reads the witnesses of what is broken in one application: its tree, pods, events, logs and the files in git."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import TypeVar

from whydrift.core.model.fact_kinds import EVENTS, POD_LOG, PODS, RENDERED_FROM, RESOURCE_TREE
from whydrift.core.model.facts import FactKind, Gap
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.snapshot import ApplicationSnapshot
from whydrift.core.model.trouble import UNWELL, Category, ContainerLog, Logs, Trouble
from whydrift.core.model.values import JsonObject, text
from whydrift.core.unmask.complaints import complaints_of
from whydrift.core.unmask.containers import Stuck, statuses
from whydrift.core.unmask.jobs import failed_runs
from whydrift.core.unmask.owners import pod_nodes
from whydrift.core.unmask.pods import owned_pods, suspects
from whydrift.core.unmask.scene import Scene
from whydrift.core.unmask.troubles import Unmasked, troubles_of
from whydrift.core.unmask.unseen_pods import containers_of, state_of, tree_suspects
from whydrift.core.unmask.verdicts import waits_of
from whydrift.usecases.facts import FactReader
from whydrift.usecases.pod_log import log_key

T = TypeVar("T")
UNCLEAR = (Category.APPLICATION_ERROR, Category.LOG_NOT_READ)
"""What is said of what broke for no known reason."""
PODS_READ = 4
"""Pods of one container whose logs are read: they say the same."""


async def unmask(snapshot: ApplicationSnapshot, reader: FactReader, now: str = "", every_log: bool = False) -> Unmasked:
    """Say what is broken in an application. `now` is the time of reading, "" for a recording that does not state it.

    `every_log` reads the logs of containers that run as well, and says what they complain about.
    """
    scene = Scene(snapshot.application, snapshot.objects or (), pods=(), read_at=now)
    gaps: list[Gap] = []
    unread: list[Gap] = []
    if _may_run(snapshot) or _untold(scene):
        scene = await _with_pods(scene, reader, gaps)
    if every_log or _suspicious(scene):
        scene = replace(scene, events=await _events(scene, reader, unread))
        scene = replace(scene, logs=await _logs(scene, reader, gaps, every_log))
    found = troubles_of(scene)
    if _needs_events(scene, found):
        gaps += unread
    if found:
        files = await _one(scene, reader, RENDERED_FROM)
        found = found if isinstance(files, Gap) else troubles_of(replace(scene, git=files))
    complaints = complaints_of(scene, found) if every_log else ()
    return Unmasked(found, tuple(gaps), scene.now, complaints, waits_of(scene, found))


async def _one(scene: Scene, reader: FactReader, kind: FactKind[T], namespace: str = "") -> T | Gap:
    """A fact about the whole application, or about one of its namespaces."""
    key = ObjectKey("", "", namespace or scene.application.destination_namespace, "")
    await reader.read([(scene.application, key, kind)])
    facts = reader.facts(scene.application, key)
    return facts.get(kind) if facts.known(kind) else facts.gaps[kind]


PODLESS = frozenset(
    {
        "ConfigMap",
        "Secret",
        "ServiceAccount",
        "Role",
        "RoleBinding",
        "ClusterRole",
        "ClusterRoleBinding",
        "Namespace",
        "CustomResourceDefinition",
        "Application",
        "ApplicationSet",
        "AppProject",
    }
)
"""Kinds below which no pods stand: an application of nothing else is not asked for any."""


def _may_run(snapshot: ApplicationSnapshot) -> bool:
    """Whether an application may have pods of its own."""
    return any(key.kind not in PODLESS for key, _ in snapshot.application.rows)


def _untold(scene: Scene) -> bool:
    """Whether only the tree can say which object makes an application unwell."""
    return scene.application.health in UNWELL and not scene.unwell


async def _with_pods(scene: Scene, reader: FactReader, gaps: list[Gap]) -> Scene:
    """The scene with its tree and the pods of the namespaces that it has pods in."""
    tree = await _one(scene, reader, RESOURCE_TREE)
    if isinstance(tree, Gap):
        gaps.append(tree)
    else:
        scene = replace(scene, tree=tree)
    namespaces = {text(node, "namespace") for node in pod_nodes(scene.tree)}
    if isinstance(tree, Gap):
        namespaces = {key.namespace for key, _ in scene.application.rows} - {""}
    lists = {namespace: await _one(scene, reader, PODS, namespace) for namespace in sorted(namespaces)}
    unread = [found for found in lists.values() if isinstance(found, Gap)]
    gaps += unread
    pods = tuple(pod for found in lists.values() if not isinstance(found, Gap) for pod in found)
    read = frozenset(namespace for namespace, found in lists.items() if not isinstance(found, Gap))
    return replace(scene, pods=None if unread and not pods else pods, pods_read=read)


def _suspicious(scene: Scene) -> bool:
    """Whether anything may be broken: only then events and logs are worth a request."""
    unwell = scene.application.health not in ("Healthy", "Suspended", "")
    return unwell or scene.pods is None or any(_unsteady(pod) for _, pod in owned_pods(scene))


def _needs_events(scene: Scene, found: tuple[Trouble, ...]) -> bool:
    """Whether events may say what nothing else does: why something is broken, or that something is."""
    if found:
        return any(trouble.category in UNCLEAR and not trouble.why.line for trouble in found)
    unwell = scene.application.health not in ("Healthy", "Suspended", "")
    return unwell or scene.pods is None or any(_unready(pod) for _, pod in owned_pods(scene))


def _unsteady(pod: JsonObject) -> bool:
    """Whether a pod waits, failed, is not ready, or restarted before."""
    return _unready(pod) or any(status.get("restartCount") for status, init in statuses(pod) if not init)


def _unready(pod: JsonObject) -> bool:
    """Whether a pod waits, failed, or is not ready; one that is done is none of these."""
    if text(pod, "status", "phase") in ("Pending", "Failed"):
        return True
    done = text(pod, "status", "phase") == "Succeeded"
    return not done and any(status.get("ready") is not True for status, init in statuses(pod) if not init)


async def _events(scene: Scene, reader: FactReader, gaps: list[Gap]) -> tuple[JsonObject, ...]:
    """The events of the namespaces in which something may be broken."""
    unwell = {
        key.namespace for key, row in scene.application.rows if text(row, "health", "status") not in ("Healthy", "")
    }
    unsteady = {text(pod, "metadata", "namespace") for _, pod in owned_pods(scene) if _unsteady(pod)}
    lists = [await _one(scene, reader, EVENTS, namespace) for namespace in sorted((unwell | unsteady) - {""})]
    gaps += (found for found in lists if isinstance(found, Gap))
    return tuple(event for found in lists if not isinstance(found, Gap) for event in found)


async def _logs(scene: Scene, reader: FactReader, gaps: list[Gap], every_log: bool) -> Logs:
    """The logs of what is in trouble: a few pods of each container, several at a time; a gap where none was read."""
    wanted = list(dict.fromkeys((*_wanted(scene), *(_running(scene) if every_log else ()))))
    await reader.read((scene.application, log_key(*place[1:]), POD_LOG) for place in wanted)
    found: dict[tuple[str, str, str], ContainerLog] = {}
    unread: dict[str, Gap] = {}
    for about, namespace, pod, container in wanted:
        facts = reader.facts(scene.application, log_key(namespace, pod, container))
        log = facts.maybe(POD_LOG)
        if log is not None:
            found[namespace, pod, container] = log
        else:
            unread.setdefault(about, facts.gaps[POD_LOG])
    told = {about for about, *place in wanted if tuple(place) in found}
    gaps += [gap for about, gap in unread.items() if about not in told]
    return found


def _wanted(scene: Scene) -> Iterator[tuple[str, str, str, str]]:
    """(what it is about, namespace, pod, container) of the logs that may say why."""
    if scene.pods is None:
        for key, node in list(tree_suspects(scene))[:PODS_READ]:
            for container in containers_of(scene, key, state_of(node, scene.now)):
                yield str(key), text(node, "namespace"), text(node, "name"), container
        return
    groups: dict[tuple[ObjectKey, str], list[Stuck]] = defaultdict(list)
    for suspect in suspects(scene):
        if suspect.stuck.wrote:
            groups[suspect.key, suspect.stuck.container].append(suspect.stuck)
    for stuck in (*(s for group in groups.values() for s in _loudest(group)), *failed_runs(scene)):
        owner = scene.owners.managed_by(stuck.pod)
        yield f"{owner} {stuck.container}", stuck.namespace, stuck.name, stuck.container


def _running(scene: Scene) -> Iterator[tuple[str, str, str, str]]:
    """As `_wanted`, for every container of the application, whatever state it is in: a few pods of each."""
    asked: Counter[tuple[ObjectKey, str]] = Counter()
    for owner, pod in owned_pods(scene):
        for status, _ in statuses(pod):
            container = text(status, "name")
            asked[owner, container] += 1
            if asked[owner, container] <= PODS_READ:
                place = text(pod, "metadata", "namespace"), text(pod, "metadata", "name"), container
                yield f"{owner} {container}", *place


def _loudest(group: list[Stuck]) -> list[Stuck]:
    return sorted(group, key=lambda stuck: (-stuck.restarts, stuck.name))[:PODS_READ]
