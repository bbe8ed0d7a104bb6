"""Guarded deletes: what goes first, what only a person may delete, and what a finalizer holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from whydrift.core.model.objects import ObjectKey, key_of
from whydrift.core.model.references import Reference, references, subjects
from whydrift.core.model.values import JsonObject, items, mapping, text

MANUAL = {
    "CustomResourceDefinition": "every object of the kind goes with it",
    "ClusterRole": "a binding anywhere in the cluster may need it",
    "Namespace": "everything in it goes with it",
    "PersistentVolumeClaim": "its volume's data may go with it",
    "PersistentVolume": "its data may go with it",
}
"""Kinds that no program deletes, each with the reason."""
ORDER = (
    "HorizontalPodAutoscaler", "ScaledObject", "PodDisruptionBudget", "ServiceMonitor", "PodMonitor",
    "ValidatingWebhookConfiguration", "MutatingWebhookConfiguration", "APIService",
    "HTTPRoute", "GRPCRoute", "Ingress",
    "CronJob", "Job", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Pod",
    "Service", "NetworkPolicy",
    "RoleBinding", "ClusterRoleBinding", "Role",
    "ConfigMap", "Secret",
    "ServiceAccount",
    "Gateway", "IngressClass", "GatewayClass", "StorageClass", "PriorityClass",
)  # fmt: skip
"""What comes first among objects of which none names another: what acts, what serves, what grants, what is read."""


@dataclass(frozen=True, slots=True)
class Held:
    """A leftover that a finalizer holds although it is being deleted; `manager` is the client that put it there."""

    key: ObjectKey
    finalizer: str
    manager: str


def deletion_order(objects: Iterable[JsonObject]) -> tuple[ObjectKey, ...]:
    """The keys of live objects, dependents first: whoever names, binds or is owned by another goes before that one.

    Objects that name each other in a circle come in the order of their kinds.
    """
    waiting = {key_of(obj): obj for obj in objects}
    needs = {key: _needs(obj, waiting) for key, obj in waiting.items()}
    found: list[ObjectKey] = []
    while waiting:
        needed = {other for key in waiting for other in needs[key] if other != key}
        free = [key for key in waiting if key not in needed] or list(waiting)
        first = min(free, key=_rank)
        found.append(first)
        del waiting[first]
    return tuple(found)


def _needs(obj: JsonObject, others: Iterable[ObjectKey]) -> set[ObjectKey]:
    """Which of the others an object names, gives rights to, or belongs to."""
    named = references(obj) | subjects(obj)
    namespace = text(obj, "metadata", "namespace")
    owners = {(text(row, "kind"), text(row, "name")) for row in items(obj, "metadata", "ownerReferences")}
    return {
        key
        for key in others
        if Reference(key.kind, key.namespace, key.name) in named
        or ((key.kind, key.name) in owners and key.namespace in ("", namespace))
    }


def _rank(key: ObjectKey) -> tuple[int, ObjectKey]:
    return (ORDER.index(key.kind) if key.kind in ORDER else -1, key)


def manual_reason(kind: str) -> str:
    """Why only a person may delete objects of a kind; "" where a program may."""
    return MANUAL.get(kind, "")


def held(live: JsonObject) -> tuple[Held, ...]:
    """The finalizers that hold an object which is being deleted, each with the manager that wrote it last."""
    if not text(live, "metadata", "deletionTimestamp"):
        return ()
    return tuple(
        Held(key_of(live), finalizer, _writer(live, finalizer))
        for finalizer in items(live, "metadata", "finalizers")
        if isinstance(finalizer, str)
    )


def _writer(live: JsonObject, finalizer: str) -> str:
    """The manager whose managed fields hold a finalizer, "" where none does."""
    key = f'v:"{finalizer}"'
    entries = items(live, "metadata", "managedFields")
    return next(
        (text(e, "manager") for e in entries if key in mapping(e, "fieldsV1", "f:metadata", "f:finalizers")), ""
    )
