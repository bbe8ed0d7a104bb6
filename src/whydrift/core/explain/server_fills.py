"""What the API server fills in beyond the defaults of Go types: facts of admission and strategy code, measured on 1.36.

Each row: the kind, the path (`*` is any index), and what the server makes of git's object there, ABSENT for nothing.
Sources: k8s.io/kubernetes pkg/apis/apps/v1 conversion (claim templates), pkg/apis/core/v1 conversion (serviceAccount),
apiextensions-apiserver v1/defaults.go, kube-aggregator v1/defaults.go, pkg/registry/core/namespace.
"""

from __future__ import annotations

from collections.abc import Callable

from whydrift.core.model.paths import Path
from whydrift.core.model.values import ABSENT, JsonObject, MaybeJson, child, text

Fill = Callable[[JsonObject, Path], MaybeJson]


def _always(value: MaybeJson) -> Fill:
    return lambda target, path: value


def _beside(name: str) -> Fill:
    """The value of a field beside it."""
    return lambda target, path: child(target, *path[:-1], name)


def _name(target: JsonObject, path: Path) -> MaybeJson:
    return text(target, "metadata", "name")


def _list_kind(target: JsonObject, path: Path) -> MaybeJson:
    return text(target, "spec", "names", "kind") + "List"


def _singular(target: JsonObject, path: Path) -> MaybeJson:
    return text(target, "spec", "names", "kind").lower()


_CLAIM = ("spec", "volumeClaimTemplates", "*")
_POD_SPECS = {
    "Pod": ("spec",),
    "CronJob": ("spec", "jobTemplate", "spec", "template", "spec"),
    **{kind: ("spec", "template", "spec") for kind in ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job")},
}
FILLS: dict[tuple[str, tuple[str, ...]], Fill] = {
    ("StatefulSet", (*_CLAIM, "apiVersion")): _always("v1"),
    ("StatefulSet", (*_CLAIM, "kind")): _always("PersistentVolumeClaim"),
    ("StatefulSet", (*_CLAIM, "status")): _always({"phase": "Pending"}),
    ("StatefulSet", (*_CLAIM, "status", "phase")): _always("Pending"),
    ("CustomResourceDefinition", ("spec", "conversion")): _always({"strategy": "None"}),
    ("CustomResourceDefinition", ("spec", "names", "listKind")): _list_kind,
    ("CustomResourceDefinition", ("spec", "names", "singular")): _singular,
    ("CustomResourceDefinition", ("spec", "conversion", "webhook", "clientConfig", "service", "port")): _always(443),
    ("APIService", ("spec", "service", "port")): _always(443),
    ("Namespace", ("metadata", "labels", "kubernetes.io/metadata.name")): _name,
    ("Namespace", ("spec",)): _always({"finalizers": ["kubernetes"]}),
    ("Namespace", ("spec", "finalizers")): _always(["kubernetes"]),
    ("PersistentVolumeClaim", ("metadata", "finalizers")): _always(["kubernetes.io/pvc-protection"]),
    ("PersistentVolume", ("metadata", "finalizers")): _always(["kubernetes.io/pv-protection"]),
    ("HorizontalPodAutoscaler", ("spec", "targetCPUUtilizationPercentage")): _always(80),
    **{(kind, (*at, "serviceAccount")): _beside("serviceAccountName") for kind, at in _POD_SPECS.items()},
    **{(kind, (*at, "serviceAccountName")): _beside("serviceAccount") for kind, at in _POD_SPECS.items()},
}


def filled(target: JsonObject, path: Path) -> MaybeJson:
    """What the server fills in at a path of an object of one of its own kinds, ABSENT for nothing that is known."""
    generic = tuple("*" if isinstance(step, int) else step for step in path)
    fill = FILLS.get((text(target, "kind"), generic))
    return ABSENT if fill is None else fill(target, path)
