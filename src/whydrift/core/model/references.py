"""What an object names: the volumes, environments, accounts, roles, classes and services that it cannot do without.

Fields are known by their names (Kubernetes API reference: PodSpec, IngressSpec, RoleRef, CrossVersionObjectReference,
Gateway API BackendObjectReference), so that custom resources which embed them are understood too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from whydrift.core.model.values import Json, JsonObject, items, mapping, text

NAMED_BY_OBJECT = {
    "configMap": "ConfigMap",
    "configMapRef": "ConfigMap",
    "configMapKeyRef": "ConfigMap",
    "secret": "Secret",
    "secretRef": "Secret",
    "secretKeyRef": "Secret",
    "persistentVolumeClaim": "PersistentVolumeClaim",
    "service": "Service",
}
NAMED_BY_TEXT = {
    "secretName": "Secret",
    "claimName": "PersistentVolumeClaim",
    "serviceAccountName": "ServiceAccount",
    "serviceName": "Service",
    "ingressClassName": "IngressClass",
    "gatewayClassName": "GatewayClass",
    "storageClassName": "StorageClass",
    "priorityClassName": "PriorityClass",
    "runtimeClassName": "RuntimeClass",
    "kubernetes.io/ingress.class": "IngressClass",
}
NAMED_BY_LIST = {"imagePullSecrets": "Secret", "backendRefs": "Service"}
CLUSTER_KINDS = frozenset(
    ("ClusterRole", "IngressClass", "GatewayClass", "StorageClass", "PriorityClass", "RuntimeClass", "PersistentVolume")
)
NOT_WALKED = ("managedFields", "ownerReferences", "status", "subjects", "involvedObject")


class Reference(NamedTuple):
    """One named object: its kind, its namespace ("" when cluster-scoped) and its name."""

    kind: str
    namespace: str
    name: str


def references(obj: JsonObject) -> frozenset[Reference]:
    """Everything that an object names; nothing that merely owns it or reports on it."""
    return frozenset(_within(obj, text(obj, "metadata", "namespace")))


def subjects(binding: JsonObject) -> frozenset[Reference]:
    """Whom a RoleBinding or ClusterRoleBinding gives its rights to (ServiceAccounts with their namespace)."""
    namespace = text(binding, "metadata", "namespace")
    return frozenset(
        Reference(text(row, "kind"), text(row, "namespace") or namespace, text(row, "name"))
        for row in items(binding, "subjects")
    )


def _within(value: Json, namespace: str) -> Iterator[Reference]:
    if isinstance(value, list):
        for item in value:
            yield from _within(item, namespace)
    elif isinstance(value, dict):
        for key, part in value.items():
            if key not in NOT_WALKED:
                yield from _named(key, part, namespace)
                yield from _within(part, namespace)


def _named(key: str, part: Json, namespace: str) -> Iterator[Reference]:
    if isinstance(part, str) and key in NAMED_BY_TEXT:
        yield _reference(NAMED_BY_TEXT[key], namespace, part)
    elif isinstance(part, list):
        for item in part:
            if key in NAMED_BY_LIST and text(item, "name"):
                place = text(item, "namespace") or namespace
                yield _reference(text(item, "kind") or NAMED_BY_LIST[key], place, text(item, "name"))
    elif isinstance(part, dict) and key != "metadata":
        name, kind = text(part, "name"), text(part, "kind") or NAMED_BY_OBJECT.get(key, "")
        if name and kind:
            yield _reference(kind, text(part, "namespace") or namespace, name)


def _reference(kind: str, namespace: str, name: str) -> Reference:
    return Reference(kind, "" if kind in CLUSTER_KINDS else namespace, name)


def selects(selector: JsonObject, labels: JsonObject) -> bool:
    """Whether a plain selector (`matchLabels` or a Service's map) matches labels; an empty one matches nothing here."""
    wanted = mapping(selector, "matchLabels") or {key: part for key, part in selector.items() if isinstance(part, str)}
    return bool(wanted) and all(labels.get(key) == part for key, part in wanted.items())


def texts(value: Json) -> Iterator[str]:
    """Every string inside a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for part in value.values() if isinstance(value, dict) else value:
            yield from texts(part)
