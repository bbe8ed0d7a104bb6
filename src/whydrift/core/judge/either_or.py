"""Fields of built-in kinds of which an object may state one only: both together are refused.

k8s.io/kubernetes, pkg/apis/core/validation/validation.go (ValidateEnv, validateEnvVarValueFrom, validateHandler,
validateVolumeSource), pkg/apis/apps, policy and networking likewise. It comes about where somebody puts one in the
place of the other by hand: a sync adds git's again and takes nothing away that it never stated. Likewise the numbers
of a rolling update, which the API server fills in, beside a strategy that has none (apps, ValidateDeploymentStrategy,
ValidateStatefulSetSpec).
"""

from __future__ import annotations

from collections.abc import Iterator

from whydrift.core.model.paths import Path, pointer
from whydrift.core.model.values import Json, JsonObject, child, is_empty, is_object, text

GROUPS = frozenset({"", "apps", "batch", "policy", "networking.k8s.io"})
HANDLERS = ("exec", "grpc", "httpGet", "sleep", "tcpSocket")
CHOICES: dict[str, tuple[str, ...]] = {
    "valueFrom": ("configMapKeyRef", "fieldRef", "fileKeyRef", "resourceFieldRef", "secretKeyRef"),
    **dict.fromkeys(("livenessProbe", "readinessProbe", "startupProbe", "postStart", "preStop"), HANDLERS),
    **dict.fromkeys(("backend", "defaultBackend"), ("resource", "service")),
}
"""Key → the keys of its map of which one may be there."""
ITEMS: dict[str, tuple[str, ...]] = {"env": ("value", "valueFrom")}
"""Key → the keys of each item of its list of which one may be there."""
BUDGET = ("maxUnavailable", "minAvailable")
WITHOUT_NUMBERS = {"Deployment": ("strategy", "Recreate"), "StatefulSet": ("updateStrategy", "OnDelete")}
"""Kind of apps → the field of its strategy, and the type beside which `rollingUpdate` is refused."""


def both_stated(obj: JsonObject) -> str:
    """What is refused because it stands beside its alternative; "" where nothing does."""
    group, _, _ = text(obj, "apiVersion").rpartition("/")
    if group not in GROUPS:
        return ""
    found = list(_in(obj, ()))
    if text(obj, "kind") == "PodDisruptionBudget":
        found += _together(child(obj, "spec"), ("spec",), BUDGET)
    return _numbers(obj) or next(iter(found), "")


def _numbers(obj: JsonObject) -> str:
    """The numbers of a rolling update beside another strategy, which takes none."""
    field, alone = WITHOUT_NUMBERS.get(text(obj, "kind"), ("", ""))
    numbers = child(obj, "spec", field, "rollingUpdate")
    if not alone or text(obj, "spec", field, "type") != alone or not is_object(numbers):
        return ""
    return f"/spec/{field}: rollingUpdate may not stand beside the type {alone}"


def _in(value: Json, path: Path) -> Iterator[str]:
    if isinstance(value, dict):
        yield from _together(value, path, CHOICES.get(str(path[-1]), ()) if path else ())
        for key, part in value.items():
            yield from _in(part, (*path, key))
    elif isinstance(value, list):
        for place, part in enumerate(value):
            yield from _together(part, (*path, place), ITEMS.get(str(path[-1]), ()) if path else ())
            yield from _in(part, (*path, place))


def _together(value: object, path: Path, alternatives: tuple[str, ...]) -> Iterator[str]:
    stated = [key for key in alternatives if isinstance(value, dict) and not is_empty(value.get(key))]
    if len(stated) > 1:
        yield f"{pointer(path)}: {stated[0]} and {stated[1]} may not stand together"
