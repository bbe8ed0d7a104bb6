"""Whether anybody still uses what git left behind (design/decisions.md, "In use means").

In use is what a live object outside the leftovers names, selects or runs under, or what a leftover names that may not
go itself. Pods count while they run, ReplicaSets and what belongs to a leftover do not. What cannot be known is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from whydrift.core.explain.subject import Subject
from whydrift.core.model.explanation import Evidence, Side
from whydrift.core.model.fact_kinds import CLUSTER_NEIGHBOURS, NEIGHBOURS
from whydrift.core.model.neighbours import Neighbours
from whydrift.core.model.objects import ObjectKey, key_of
from whydrift.core.model.references import Reference, references, selects, subjects, texts
from whydrift.core.model.snapshot import ObjectSnapshot, Verdict
from whydrift.core.model.values import ABSENT, Json, JsonObject, child, is_object, items, mapping, text

DATA = {
    "PersistentVolumeClaim": "it holds data",
    "PersistentVolume": "it holds data",
    "Namespace": "everything in it goes with it",
    "CustomResourceDefinition": "every custom resource of the kind goes with it",
    "Application": "what it deployed may go with it",
    "ApplicationSet": "its Applications go with it",
}
"""Kinds whose deletion takes more than the object."""
CLASSES = frozenset({"IngressClass", "GatewayClass", "StorageClass", "PriorityClass", "RuntimeClass"})
NEEDED_TO_KNOW: Mapping[str, frozenset[str]] = {
    "ClusterRole": frozenset({"ClusterRoleBinding"}),
    "IngressClass": frozenset({"Ingress"}),
}
"""Which lists of the whole cluster tell whether a cluster-scoped object is used."""
NOBODY_NAMES = frozenset(
    (
        "ClusterRoleBinding", "ValidatingWebhookConfiguration", "MutatingWebhookConfiguration",
        "ValidatingAdmissionPolicyBinding", "LimitRange", "ResourceQuota",
    )
)  # fmt: skip
WORKLOADS = frozenset({"Deployment", "StatefulSet", "DaemonSet", "ReplicationController"})
SELECTORS = {"NetworkPolicy": "podSelector", "PodDisruptionBudget": "selector"}
FINISHED = frozenset({"Succeeded", "Failed"})
REFUSED = ("401", "403")
BUILT_IN = re.compile(r"(|apps|batch|autoscaling|policy|(.*\.)?k8s\.io)")


User = tuple[JsonObject, frozenset[Reference]]
"""A live object, and what it names."""


def usage(subject: Subject) -> tuple[Side | None, Evidence]:
    """The side of a leftover, None for the cause's own (nobody uses it), and what was looked at."""
    left = [item for item in subject.siblings if is_left(item) or item.key == subject.key]
    kept = _kept(subject, left)
    reason = kept.get(subject.key)
    if reason:
        return Side.ASK, Evidence("use", reason)
    unread = _not_knowable(subject)
    if unread:
        return Side.ASK, Evidence("use", unread)
    around: Neighbours | None = subject.facts.maybe(NEIGHBOURS)
    missing = ", ".join(sorted(around.unread)) if around is not None else ""
    found = "no running pod, workload, binding, route or class that was read names it"
    return None, Evidence("use", f"{found}; not listed: {missing}" if missing else found)


def is_left(item: ObjectSnapshot) -> bool:
    """Whether Argo CD calls the object out of sync because git has none."""
    return item.verdict is Verdict.OUT_OF_SYNC and item.target is ABSENT and is_object(item.live)


def _kept(subject: Subject, left: list[ObjectSnapshot]) -> dict[ObjectKey, str]:
    """The leftovers that may not go, each with the reason; what those name may not go either."""
    lives = {item.key: item.live for item in left if is_object(item.live)}
    names = {key: references(live) for key, live in lives.items()}
    users = list(_users(subject, lives))
    kept = {key: reason for key, live in lives.items() if (reason := _reason(key, live, users))}
    kept |= {key: reason for key in lives if key not in kept and (reason := _unknown_class(subject, key))}
    while True:
        more = {
            key: reason
            for key, live in lives.items()
            if key not in kept and (reason := _needed(key, live, kept, names))
        }
        if not more:
            return kept
        kept |= more


def _users(subject: Subject, lives: Mapping[ObjectKey, JsonObject]) -> Iterator[User]:
    """The live objects outside the leftovers that can use something."""
    managed = [item.live for item in subject.siblings if item.target is not ABSENT and is_object(item.live)]
    around = [found for kind in (NEIGHBOURS, CLUSTER_NEIGHBOURS) if (found := subject.facts.maybe(kind)) is not None]
    everything = [obj for neighbours in around for obj in neighbours.objects]
    gone = _belonging(lives, everything)
    named = ((obj, references(obj)) for obj in managed)
    for obj, refs in (*named, *(user for neighbours in around for user in neighbours.users)):
        key = key_of(obj)
        idle = key.kind == "ReplicaSet" or text(obj, "status", "phase") in FINISHED
        if key not in lives and key not in gone and not idle:
            yield obj, refs


def _belonging(lives: Mapping[ObjectKey, JsonObject], everything: Iterable[JsonObject]) -> set[ObjectKey]:
    """What is owned by a leftover, at any depth."""
    owners: dict[ObjectKey, set[str]] = {}
    uids = {text(live, "metadata", "uid") for live in lives.values()} - {""}
    for obj in everything:
        owned_by = {text(row, "uid") for row in items(obj, "metadata", "ownerReferences")}
        owners.setdefault(key_of(obj), set()).update(owned_by - {""})
    known = {text(obj, "metadata", "uid"): key_of(obj) for obj in everything}
    gone: set[ObjectKey] = set()
    while True:
        more = {key for key, owned_by in owners.items() if key not in gone and owned_by & uids}
        if not more:
            return gone
        gone |= more
        uids |= {uid for uid, key in known.items() if key in more and uid}


def _reason(key: ObjectKey, live: JsonObject, users: list[User]) -> str:
    """Why a leftover may not go, as far as its own kind and the objects that stay tell."""
    if key.kind in DATA:
        return DATA[key.kind]
    if not BUILT_IN.fullmatch(key.group):
        return f"what deleting a {key.kind} takes along is not known"
    if _binds_people(live):
        return "it gives rights to people"
    return next((f"{key_of(user)} {verb} it" for user, refs in users if (verb := _uses(user, refs, key, live))), "")


def _uses(user: JsonObject, refs: frozenset[Reference], key: ObjectKey, live: JsonObject) -> str:
    """How an object that stays uses a leftover; "" where it does not."""
    if Reference(key.kind, key.namespace, key.name) in refs:
        return "names"
    if _has_rights(user, refs, live):
        return "has rights from"
    if text(user, "metadata", "namespace") != key.namespace:
        return ""
    if _is_scaled(user, key, live):
        return "is scaled by"
    return _selected(user, key, live)


def _selected(user: JsonObject, key: ObjectKey, live: JsonObject) -> str:
    kind, labels = text(user, "kind"), mapping(user, "metadata", "labels")
    if kind == "Service" and selects(
        mapping(user, "spec", "selector"), mapping(live, "spec", "template", "metadata", "labels")
    ):
        return "selects the pods of"
    if key.kind == "Service" and _says_host(user, key):
        return "has the address of"
    if kind == "Pod" and key.kind in SELECTORS:
        selector = child(live, "spec", SELECTORS[key.kind])
        if is_object(selector) and (not selector or selects(selector, labels)):
            return "is selected by"
    return ""


def _is_scaled(user: JsonObject, key: ObjectKey, live: JsonObject) -> bool:
    target = child(live, "spec", "scaleTargetRef")
    scaled = (text(target, "kind"), text(target, "name"))
    return key.kind == "HorizontalPodAutoscaler" and scaled == (text(user, "kind"), text(user, "metadata", "name"))


def _has_rights(user: JsonObject, refs: frozenset[Reference], live: JsonObject) -> bool:
    """Whether a running pod or a schedule runs under an account that a leftover binding gives rights to."""
    accounts = {subject for subject in subjects(live) if subject.kind == "ServiceAccount"}
    return bool(accounts & refs) and not items(user, "subjects")


def _binds_people(live: JsonObject) -> bool:
    return any(subject.kind in ("User", "Group") for subject in subjects(live))


def _says_host(user: JsonObject, key: ObjectKey) -> bool:
    """Whether the settings of an object that stays hold the host name of a Service."""
    name, namespace = re.escape(key.name), re.escape(key.namespace)
    host = re.compile(rf"(^|[/@,\s]){name}(\.{namespace}[\w.-]*)?(:\d+)?($|[/,\s?])")
    return any(host.search(line) for settings in _settings(user) for line in texts(settings))


def _settings(user: JsonObject) -> Iterator[Json]:
    """What an object is set up with: data of a ConfigMap, environment and arguments of containers."""
    if text(user, "kind") == "ConfigMap":
        yield mapping(user, "data")
    for pods in (child(user, "spec"), child(user, "spec", "template", "spec")):
        for container in items(pods, "containers"):
            yield [items(container, part) for part in ("env", "args", "command")]


def _unknown_class(subject: Subject, key: ObjectKey) -> str:
    if key.kind not in CLASSES or _cluster_read(subject, key.kind):
        return ""
    return f"whether another namespace uses the {key.kind} was not read"


def _needed(
    key: ObjectKey, live: JsonObject, kept: Mapping[ObjectKey, str], names: Mapping[ObjectKey, frozenset[Reference]]
) -> str:
    """Why a leftover may not go because of another one that may not."""
    named = Reference(key.kind, key.namespace, key.name)
    for other in kept:
        if named in names[other] and other.kind not in ("Application", "ApplicationSet"):
            return f"{other}, which may not go itself, names it"
        if Reference(other.kind, other.namespace, other.name) in subjects(live):
            return f"it gives its rights to {other}, which may not go itself"
        if other.kind in CLASSES and key.kind in WORKLOADS:
            return f"it may be the controller of {other}, which may not go itself"
        if other.kind == "PersistentVolumeClaim" and Reference(other.kind, other.namespace, other.name) in names[key]:
            return f"it mounts {other}, which holds data"
    return ""


def _not_knowable(subject: Subject) -> str:
    """What was not read that would tell whether this leftover is used; "" where enough was."""
    key = subject.key
    if key.kind in NOBODY_NAMES:
        return ""
    if not key.namespace:
        known = key.kind in NEEDED_TO_KNOW and _cluster_read(subject, key.kind)
        return "" if known else f"whether something uses the {key.kind} was not read"
    around: Neighbours | None = subject.facts.maybe(NEIGHBOURS)
    if around is None or "Pod" not in around.read:
        return f"the pods of namespace {key.namespace} were not read"
    refused = [kind for kind, why in around.unread.items() if why.startswith(REFUSED)]
    return f"{', '.join(refused)} of namespace {key.namespace} may not be listed" if refused else ""


def _cluster_read(subject: Subject, kind: str) -> bool:
    around: Neighbours | None = subject.facts.maybe(CLUSTER_NEIGHBOURS)
    return around is not None and NEEDED_TO_KNOW.get(kind, frozenset({kind + "?"})) <= around.read
