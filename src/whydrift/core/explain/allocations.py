"""What the API server, its admission and its binders choose for an object: places that nobody has to write."""

from __future__ import annotations

from typing import Final

from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.paths import Path

Places = frozenset[tuple[str, ...]]

ALLOCATED: Final[dict[tuple[str, str], Places]] = {
    ("", "Service"): frozenset(
        {
            ("spec", "clusterIP"),
            ("spec", "clusterIPs"),
            ("spec", "healthCheckNodePort"),
            ("spec", "ipFamilies"),
            ("spec", "ipFamilyPolicy"),
            ("spec", "ports", "*", "nodePort"),
        }
    ),
    ("", "PersistentVolumeClaim"): frozenset({("spec", "volumeName"), ("spec", "storageClassName")}),
    ("", "PersistentVolume"): frozenset({("spec", "claimRef", "uid"), ("spec", "claimRef", "resourceVersion")}),
    ("", "Pod"): frozenset({("spec", "nodeName")}),
    ("route.openshift.io", "Route"): frozenset({("spec", "host")}),
}
"""What API servers, the volume binder and the scheduler allocate, by group and kind (`*` is any index).

An update that states such a place empty leaves what was allocated (OpenShift: route/strategy.go, PrepareForUpdate).
"""

ADMITTED: Final[dict[str, Places]] = {
    "Ingress": frozenset({("spec", "ingressClassName")}),
    "Job": frozenset({("metadata", "labels"), ("spec", "selector"), ("spec", "template", "metadata")}),
    "PersistentVolume": frozenset({("spec", "claimRef")}),
    "Pod": frozenset({("spec",)}),
    "Application": frozenset({("operation",), ("spec", "project")}),
}
"""What admission, strategies and token or binding controllers put into a new object, by kind; all below counts too."""


def is_allocated(key: ObjectKey, path: Path) -> bool:
    """Whether a path of an object is one that the server allocates."""
    return _generic(path) in ALLOCATED.get((key.group, key.kind), frozenset())


def may_be_admitted(key: ObjectKey, path: Path) -> bool:
    """Whether the server may have put a value here by itself, defaults of the type aside."""
    generic = _generic(path)
    return is_allocated(key, path) or any(
        generic[: len(place)] == place or place[: len(generic)] == generic
        for place in ADMITTED.get(key.kind, frozenset())
    )


def _generic(path: Path) -> tuple[str, ...]:
    return tuple("*" if isinstance(step, int) else step for step in path)
