"""Reads what else lives in a namespace or a cluster: lists of the kinds that may use other objects."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from whydrift.core.model.application import Application
from whydrift.core.model.fact_kinds import CLUSTER_NEIGHBOURS, NEIGHBOURS
from whydrift.core.model.facts import Gap
from whydrift.core.model.neighbours import NOT_RECORDED, Neighbours
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.values import JsonObject, is_object, items, text
from whydrift.ports import NotRead

if TYPE_CHECKING:
    from whydrift.usecases.facts import FactReader

IN_NAMESPACE = (
    ("v1", "Pod", "pods"),
    ("v1", "Service", "services"),
    ("v1", "ServiceAccount", "serviceaccounts"),
    ("v1", "ConfigMap", "configmaps"),
    ("v1", "PersistentVolumeClaim", "persistentvolumeclaims"),
    ("apps/v1", "Deployment", "deployments"),
    ("apps/v1", "StatefulSet", "statefulsets"),
    ("apps/v1", "DaemonSet", "daemonsets"),
    ("apps/v1", "ReplicaSet", "replicasets"),
    ("batch/v1", "CronJob", "cronjobs"),
    ("batch/v1", "Job", "jobs"),
    ("networking.k8s.io/v1", "Ingress", "ingresses"),
    ("rbac.authorization.k8s.io/v1", "RoleBinding", "rolebindings"),
    ("autoscaling/v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers"),
    ("gateway.networking.k8s.io/v1", "HTTPRoute", "httproutes"),
)
IN_CLUSTER = (
    ("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", "clusterrolebindings"),
    ("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", "validatingwebhookconfigurations"),
    ("admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration", "mutatingwebhookconfigurations"),
    ("networking.k8s.io/v1", "Ingress", "ingresses"),
    ("rbac.authorization.k8s.io/v1", "RoleBinding", "rolebindings"),
)
NAMESPACED = frozenset({"Ingress", "RoleBinding"})


async def neighbours(reader: FactReader, application: Application, key: ObjectKey) -> object:
    """What lives in the object's namespace; a gap where no list at all could be read."""
    namespace = key.namespace or application.destination_namespace
    lists = [await _list(reader, application, kind, f"namespaces/{namespace}/") for kind in IN_NAMESPACE]
    return _joined(lists) or Gap(f"objects in {namespace}", _why(lists), NEIGHBOURS.needs)


async def cluster_neighbours(reader: FactReader, application: Application, key: ObjectKey) -> object:
    """What in the cluster may use a cluster-scoped object; a gap where no list at all could be read."""
    lists = [await _list(reader, application, kind, "") for kind in IN_CLUSTER]
    if any(isinstance(found, str) and kind in NAMESPACED for kind, found in lists):
        lists = [
            await _by_namespace(reader, application, row, listed) for row, listed in zip(IN_CLUSTER, lists, strict=True)
        ]
    return _joined(lists) or Gap("objects of the cluster", _why(lists), CLUSTER_NEIGHBOURS.needs)


Listed = tuple[str, "list[JsonObject] | str"]
"""A kind, and its objects or why they were not read."""


async def _list(reader: FactReader, application: Application, kind: tuple[str, str, str], place: str) -> Listed:
    version, name, plural = kind
    root = "api" if "/" not in version else "apis"
    reply = await reader.kubernetes(application, f"/{root}/{version}/{place}{plural}")
    if isinstance(reply, NotRead):
        return (name, []) if reply.status == 404 else (name, reply.why)
    found = reader.value(reply, NEIGHBOURS, plural)
    if isinstance(found, Gap):
        return name, found.why
    return name, [{"apiVersion": version, "kind": name, **row} for row in items(found, "items") if is_object(row)]


async def _by_namespace(
    reader: FactReader, application: Application, kind: tuple[str, str, str], listed: Listed
) -> Listed:
    """The lists of each namespace, where the one of the whole cluster was not read."""
    if not isinstance(listed[1], str) or kind[1] not in NAMESPACED:
        return listed
    _, namespaces = await _list(reader, application, ("v1", "Namespace", "namespaces"), "")
    if isinstance(namespaces, str):
        return listed
    rows: list[JsonObject] = []
    read = False
    for namespace in namespaces:
        _, found = await _list(reader, application, kind, f"namespaces/{text(namespace, 'metadata', 'name')}/")
        if isinstance(found, list):
            rows, read = [*rows, *found], True
        elif found != NOT_RECORDED:
            return kind[1], found
    return (kind[1], rows) if read else listed


def _joined(lists: Iterable[Listed]) -> Neighbours | None:
    read = {kind: found for kind, found in lists if isinstance(found, list)}
    unread = {kind: found for kind, found in lists if isinstance(found, str)}
    objects = tuple(obj for found in read.values() for obj in found)
    return Neighbours(objects, frozenset(read), unread) if read else None


def _why(lists: Iterable[Listed]) -> str:
    return next((found for _, found in lists if isinstance(found, str)), "nothing was listed")
