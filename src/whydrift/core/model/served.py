"""What a cluster serves: the kinds of one group in one version, as its own discovery lists them (APIResourceList)."""

from __future__ import annotations

from whydrift.core.model.objects import ObjectKey, group_of
from whydrift.core.model.values import JsonObject, items, text


def served_key(api_version: str) -> ObjectKey:
    """The key under which the fact SERVED stands for an apiVersion: `apps/v1`, `v1`."""
    return ObjectKey(group_of(api_version), "APIResourceList", "", api_version.rpartition("/")[2])


def discovery_path(key: ObjectKey) -> str:
    """Where the discovery of a `served_key` stands: /apis/apps/v1, /api/v1."""
    return f"/apis/{key.group}/{key.name}" if key.group else f"/api/{key.name}"


def lacks(answer: JsonObject, kind: str) -> bool:
    """Whether a discovery's answer proves that a kind is not served: {} is a group and version that there is not."""
    if not answer:
        return True
    listed = text(answer, "kind") == "APIResourceList"
    return listed and all(text(row, "kind") != kind for row in items(answer, "resources"))
