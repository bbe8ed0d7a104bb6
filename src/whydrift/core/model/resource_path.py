"""What a path of the Kubernetes API asks for: which resource, in which namespace, one object or a list."""

from __future__ import annotations

from dataclasses import dataclass

READABLE = frozenset({"log", "scale", "status"})
"""Subresources that a GET only reads; `proxy` and `exec` reach into what runs, and are never asked."""


@dataclass(frozen=True, slots=True)
class ResourcePath:
    """One resource as RBAC names it. `namespace` is "" for cluster-scoped ones and for lists of all namespaces."""

    group: str
    version: str
    resource: str
    namespace: str = ""
    name: str = ""
    subresource: str = ""

    @property
    def is_list(self) -> bool:
        """Whether a GET answers with a list."""
        return not self.name

    @property
    def verb(self) -> str:
        """The RBAC verb of a GET."""
        return "list" if self.is_list else "get"

    @property
    def granted(self) -> str:
        """The resource as a rule of RBAC names it: `pods/log`."""
        return f"{self.resource}/{self.subresource}" if self.subresource else self.resource

    @property
    def is_secret(self) -> bool:
        """Whether its answer would hold values of Secrets."""
        return self.group == "" and self.resource.lower() == "secrets"


def resource_path(path: str) -> ResourcePath | None:
    """Take a URL path apart (Kubernetes API concepts, "Resource URIs"); None for any other path."""
    parts = path.strip("/").split("/")
    if any(part in ("", ".", "..") for part in parts):
        return None
    if parts[0] == "api" and len(parts) >= 3:
        return _in_group("", parts[1], parts[2:])
    if parts[0] == "apis" and len(parts) >= 4:
        return _in_group(parts[1], parts[2], parts[3:])
    return None


def _in_group(group: str, version: str, rest: list[str]) -> ResourcePath | None:
    namespace = ""
    if rest[0] == "namespaces" and len(rest) > 2 and rest[2] not in READABLE:
        namespace, rest = rest[1], rest[2:]
    if len(rest) > 3 or rest[0] in ("watch", "proxy"):
        return None
    resource, name, subresource = (*rest, "", "")[:3]
    return ResourcePath(group, version, resource, namespace, name, subresource)
