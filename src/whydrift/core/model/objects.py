"""What an object is called: its key, as Argo CD and kubectl use it."""

from __future__ import annotations

from typing import NamedTuple

from whydrift.core.model.paths import Path
from whydrift.core.model.values import Json, JsonObject, text

SERVER_METADATA = ("uid", "resourceVersion", "generation", "creationTimestamp", "managedFields", "selfLink")
"""Metadata that the API server alone writes (Kubernetes API conventions, "Metadata")."""
WITH_PODS = frozenset({"Deployment", "DaemonSet", "ReplicaSet", "StatefulSet"})
"""Kinds of the group apps: they keep pods, which they find by a selector."""
POD_LABELS: Path = ("spec", "template", "metadata", "labels")
"""Where they state the labels of these pods."""


class ObjectKey(NamedTuple):
    """Group, kind, namespace ("" when cluster-scoped) and name of one object. Versions are no part of it."""

    group: str
    kind: str
    namespace: str
    name: str

    @property
    def id(self) -> str:
        """`group/Kind/name`; core group: `/Service/web` (design/answer.md)."""
        return f"{self.group}/{self.kind}/{self.name}"

    def __str__(self) -> str:
        """As people name it: `Deployment shop/web`."""
        return f"{self.kind} {self.namespace}/{self.name}" if self.namespace else f"{self.kind} {self.name}"


def group_of(api_version: str) -> str:
    """The group of an apiVersion: "" for core (`v1`), `apps` for `apps/v1`."""
    return api_version.rpartition("/")[0]


def key_of(obj: Json, default_namespace: str = "") -> ObjectKey:
    """The key of a manifest; `default_namespace` where it states none."""
    return ObjectKey(
        group_of(text(obj, "apiVersion")),
        text(obj, "kind"),
        text(obj, "metadata", "namespace") or default_namespace,
        text(obj, "metadata", "name"),
    )


def key_of_row(row: JsonObject) -> ObjectKey:
    """The key in a row of `status.resources` or of managed-resources."""
    return ObjectKey(text(row, "group"), text(row, "kind"), text(row, "namespace"), text(row, "name"))
