"""Whether anybody still uses what git left behind (design/decisions.md, "In use means").

In use is what a live object outside the leftovers names, selects or runs under, or what a leftover names that may not
go itself. Pods count while they run, ReplicaSets and what belongs to a leftover do not. What cannot be known is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from whydrift.core.explain.subject import Subject
from whydrift.core.explain.users import User, Users
from whydrift.core.model.explanation import Evidence, Side
from whydrift.core.model.fact_kinds import CLUSTER_NEIGHBOURS, NEIGHBOURS
from whydrift.core.model.neighbours import NOT_RECORDED, Neighbours
from whydrift.core.model.objects import ObjectKey, key_of, key_of_row
from whydrift.core.model.references import Reference, references, subjects
from whydrift.core.model.snapshot import ObjectSnapshot, Verdict, once
from whydrift.core.model.values import ABSENT, JsonObject, is_object, items, text

DATA = {
    "PersistentVolumeClaim": "it holds data",
    "PersistentVolume": "it holds data",
    "Namespace": "everything in it goes with it",
    "CustomResourceDefinition": "every custom resource of the kind goes with it",
    "Application": "what it deployed may go with it",
    "ApplicationSet": "its Applications go with it",
}
"""Kinds whose deletion takes more than the object."""
CASCADE = "resources-finalizer.argocd.argoproj.io"
"""The finalizer with which Argo CD deletes what an Application deployed (docs/user-guide/app_deletion.md)."""
MOST_TOLD = 3
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
FINISHED = frozenset({"Succeeded", "Failed"})
BUILT_IN = re.compile(r"(|apps|batch|autoscaling|policy|(.*\.)?k8s\.io)")


def usage(subject: Subject) -> tuple[Side | None, Evidence]:
    """The side of a leftover, None for the cause's own (nobody uses it), and what was looked at."""
    reason = _all_kept(subject).get(subject.key)
    if reason:
        return Side.ASK, Evidence("use", reason)
    unread = _not_knowable(subject)
    if unread:
        return Side.ASK, Evidence("use", unread)
    around: Neighbours | None = subject.facts.maybe(NEIGHBOURS)
    missing = ", ".join(sorted(around.unread)) if around is not None else ""
    found = "no running pod, workload, binding, route or class that was read names it"
    return None, Evidence("use", f"{found}; not listed: {missing}" if missing else found)


def _all_kept(subject: Subject) -> Mapping[ObjectKey, str]:
    """The leftovers of the application that may not go: worked out once for all that are in one place."""
    siblings, around = subject.siblings, (subject.facts.maybe(NEIGHBOURS), subject.facts.maybe(CLUSTER_NEIGHBOURS))
    if not is_left(subject.object):
        return _kept(subject, [item for item in siblings if is_left(item) or item.key == subject.key])
    return once(siblings, "kept", lambda: _kept(subject, [item for item in siblings if is_left(item)]), *around)


def is_left(item: ObjectSnapshot) -> bool:
    """Whether Argo CD calls the object out of sync because git has none."""
    return item.verdict is Verdict.OUT_OF_SYNC and item.target is ABSENT and is_object(item.live)


def _kept(subject: Subject, left: list[ObjectSnapshot]) -> dict[ObjectKey, str]:
    """The leftovers that may not go, each with the reason; what those name may not go either."""
    lives = {item.key: item.live for item in left if is_object(item.live)}
    names = {key: references(live) for key, live in lives.items()}
    users = Users(tuple(_users(subject, lives)))
    kept = {key: reason for key, live in lives.items() if (reason := _reason(key, live, users, names))}
    kept |= {key: reason for key in lives if key not in kept and (reason := _unknown_class(subject, key))}
    while True:
        needs = _Needs(kept, names)
        undecided = ((key, live) for key, live in lives.items() if key not in kept)
        more = {key: reason for key, live in undecided if (reason := needs.reason(key, live))}
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


def _reason(key: ObjectKey, live: JsonObject, users: Users, names: Mapping[ObjectKey, frozenset[Reference]]) -> str:
    """Why a leftover may not go, as far as its own kind and the objects that stay tell."""
    if key.kind in DATA:
        return "; ".join((DATA[key.kind], *_taken_along(key, live, users, names)))
    if not BUILT_IN.fullmatch(key.group):
        return f"what deleting a {key.kind} takes along is not known"
    if _binds_people(live):
        return "it gives rights to people"
    used = users.first_use(key, live)
    return f"{key_of(used[0])} {used[1]} it" if used else ""


def _taken_along(
    key: ObjectKey, live: JsonObject, users: Users, names: Mapping[ObjectKey, frozenset[Reference]]
) -> Iterator[str]:
    """Who uses what takes more along than itself, leftovers too; and what an Application deployed."""
    itself = Reference(key.kind, key.namespace, key.name)
    used = users.first_use(key, live)
    left = next((other for other, named in names.items() if other != key and itself in named), None)
    if used is not None:
        yield f"{key_of(used[0])} {used[1]} it"
    elif left is not None:
        yield f"{left} names it"
    if key.kind == "Application" and any(
        str(name).startswith(CASCADE) for name in items(live, "metadata", "finalizers")
    ):
        rows = [key_of_row(row) for row in items(live, "status", "resources") if is_object(row)]
        more = f" and {len(rows) - MOST_TOLD} more" if len(rows) > MOST_TOLD else ""
        yield f"its finalizer deletes {', '.join(map(str, rows[:MOST_TOLD]))}{more}" if rows else "it has a finalizer"


def _binds_people(live: JsonObject) -> bool:
    return any(subject.kind in ("User", "Group") for subject in subjects(live))


def _unknown_class(subject: Subject, key: ObjectKey) -> str:
    if key.kind not in CLASSES or _cluster_read(subject, key.kind):
        return ""
    return f"whether another namespace uses the {key.kind} was not read"


class _Needs:
    """What the leftovers that may not go need in their turn."""

    def __init__(self, kept: Iterable[ObjectKey], names: Mapping[ObjectKey, frozenset[Reference]]) -> None:
        self._kept = list(kept)
        self._names = names
        self._places: dict[Reference, list[int]] = {}
        self._named: dict[Reference, list[int]] = {}
        self._classes = [place for place, key in enumerate(self._kept) if key.kind in CLASSES]
        for place, key in enumerate(self._kept):
            self._places.setdefault(Reference(key.kind, key.namespace, key.name), []).append(place)
            for reference in names[key]:
                self._named.setdefault(reference, []).append(place)

    def reason(self, key: ObjectKey, live: JsonObject) -> str:
        """Why a leftover may not go because of another one that may not; "" where none needs it."""
        near = set(self._named.get(Reference(key.kind, key.namespace, key.name), ()))
        for reference in (*subjects(live), *self._names[key]):
            near.update(self._places.get(reference, ()))
        near.update(self._classes if key.kind in WORKLOADS else ())
        reasons = (_needed(key, live, self._kept[place], self._names) for place in sorted(near))
        return next((reason for reason in reasons if reason), "")


def _needed(key: ObjectKey, live: JsonObject, other: ObjectKey, names: Mapping[ObjectKey, frozenset[Reference]]) -> str:
    """Why a leftover may not go because of one other that may not; "" where that one does not need it."""
    if Reference(key.kind, key.namespace, key.name) in names[other] and other.kind not in (
        "Application",
        "ApplicationSet",
    ):
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
    unread = [kind for kind, why in around.unread.items() if why != NOT_RECORDED]
    return f"{', '.join(unread)} of namespace {key.namespace} could not be listed" if unread else ""


def _cluster_read(subject: Subject, kind: str) -> bool:
    around: Neighbours | None = subject.facts.maybe(CLUSTER_NEIGHBOURS)
    return around is not None and NEEDED_TO_KNOW.get(kind, frozenset({kind + "?"})) <= around.read
