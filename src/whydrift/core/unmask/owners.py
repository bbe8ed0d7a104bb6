"""Which managed object a pod belongs to: up its owners, by its own owner references and by Argo CD's resource tree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from whydrift.core.model.objects import ObjectKey, group_of
from whydrift.core.model.values import Json, JsonObject, items, mapping, text

HASH = "pod-template-hash"
"""The label by which a Deployment (or Rollout) knows the pods of one ReplicaSet; the ReplicaSet's name ends in it."""


@dataclass(frozen=True)
class Owners:
    """Who owns what: parents by child out of the tree, and the objects that the application manages."""

    parents: Mapping[ObjectKey, tuple[ObjectKey, ...]]
    managed: frozenset[ObjectKey]
    nodes: Mapping[ObjectKey, JsonObject] = field(default_factory=dict)

    @classmethod
    def of(cls, tree: Json, managed: Iterable[ObjectKey]) -> Owners:
        """Owners out of the answer of `/resource-tree` (ABSENT answers give those that pods name themselves)."""
        nodes = {_key(node): node for node in items(tree, "nodes") if isinstance(node, dict)}
        parents = {key: tuple(map(_key, _rows(node))) for key, node in nodes.items()}
        return cls(parents, frozenset(managed), nodes)

    def chain(self, pod: JsonObject) -> Iterator[ObjectKey]:
        """A pod and everything above it, nearest first."""
        own = ObjectKey("", "Pod", text(pod, "metadata", "namespace"), text(pod, "metadata", "name"))
        waiting, seen = [own, *self._stated(pod, own.namespace)], set[ObjectKey]()
        while waiting:
            key = waiting.pop(0)
            if key not in seen:
                seen.add(key)
                yield key
                waiting += self.parents.get(key, ())

    def _stated(self, pod: JsonObject, namespace: str) -> Iterator[ObjectKey]:
        """The owners that a pod states, and the Deployment that a ReplicaSet's name gives away."""
        for owner in items(pod, "metadata", "ownerReferences"):
            group, kind, name = group_of(text(owner, "apiVersion")), text(owner, "kind"), text(owner, "name")
            yield ObjectKey(group, kind, namespace, name)
            ending = text(pod, "metadata", "labels", HASH)
            if kind == "ReplicaSet" and ending and name.endswith(f"-{ending}"):
                above = name.removesuffix(f"-{ending}")
                yield from (
                    key
                    for key in self.managed
                    if key[2:] == (namespace, above) and key.kind in ("Deployment", "Rollout")
                )

    def managed_by(self, pod: JsonObject) -> ObjectKey | None:
        """The nearest managed object above a pod; None for a pod of something else."""
        return next((key for key in self.chain(pod) if key in self.managed), None)

    def job_of(self, pod: JsonObject) -> ObjectKey | None:
        """The Job that made a pod; None for a pod of none."""
        return next((key for key in self.chain(pod) if key.kind == "Job" and key.group == "batch"), None)


def _rows(node: JsonObject) -> list[JsonObject]:
    return [row for row in items(node, "parentRefs") if isinstance(row, dict)]


def _key(node: JsonObject) -> ObjectKey:
    return ObjectKey(text(node, "group"), text(node, "kind"), text(node, "namespace"), text(node, "name"))


def pod_nodes(tree: Json) -> Iterator[JsonObject]:
    """The pods of a resource tree."""
    for node in items(tree, "nodes"):
        if isinstance(node, dict) and node.get("kind") == "Pod" and not node.get("group"):
            yield node


def info(node: JsonObject, name: str) -> str:
    """What a node of the tree says of itself under a name (`Status Reason`, `Restart Count`, `Containers`)."""
    return next((text(row, "value") for row in items(node, "info") if text(row, "name") == name), "")


def node_as_pod(node: JsonObject) -> JsonObject:
    """The little that a tree says of a pod, in the shape of a pod."""
    labels = mapping(node, "networkingInfo", "labels")
    return {
        "kind": "Pod",
        "metadata": {
            "name": text(node, "name"),
            "namespace": text(node, "namespace"),
            "labels": labels,
            "creationTimestamp": text(node, "createdAt"),
        },
    }
