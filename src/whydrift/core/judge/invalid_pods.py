"""What the API server refuses of built-in kinds that hold a pod template, of autoscalers and disruption budgets.

Sources: k8s.io/kubernetes pkg/apis/core/validation (ValidatePodSpec, validateContainers, ValidateVolumeMounts,
ValidateResourceRequirements), pkg/apis/apps (ValidatePositiveIntOrPercent), batch, policy and autoscaling likewise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from whydrift.core.compare.typed.quantity import parse_quantity
from whydrift.core.explain.evidence import quoted
from whydrift.core.model.objects import WITH_PODS, group_of
from whydrift.core.model.paths import Path, pointer
from whydrift.core.model.values import ABSENT, Json, JsonObject, MaybeJson, child, is_object, items, mapping, text

TEMPLATES: dict[tuple[str, str], Path] = {
    ("apps", "Deployment"): ("spec", "template"),
    ("apps", "ReplicaSet"): ("spec", "template"),
    ("apps", "DaemonSet"): ("spec", "template"),
    ("apps", "StatefulSet"): ("spec", "template"),
    ("batch", "Job"): ("spec", "template"),
    ("batch", "CronJob"): ("spec", "jobTemplate", "spec", "template"),
}
SHARES: dict[tuple[str, str], tuple[Path, ...]] = {
    ("policy", "PodDisruptionBudget"): (("spec", "minAvailable"), ("spec", "maxUnavailable")),
    ("apps", "Deployment"): (("spec", "strategy", "rollingUpdate", "maxSurge"),
                             ("spec", "strategy", "rollingUpdate", "maxUnavailable")),
    ("apps", "DaemonSet"): (("spec", "updateStrategy", "rollingUpdate", "maxSurge"),
                            ("spec", "updateStrategy", "rollingUpdate", "maxUnavailable")),
    ("apps", "StatefulSet"): (("spec", "updateStrategy", "rollingUpdate", "maxUnavailable"),),
}  # fmt: skip
"""Numbers of pods that may be a share of them."""
SHARE = re.compile(r"[0-9]+%")
CONTAINERS = ("initContainers", "containers")
PULLS = ("Always", "IfNotPresent", "Never")
MOST_PORTS = 65535


def against_rules(obj: JsonObject) -> Iterator[str]:
    """Every value that is refused, with its field."""
    kind = (group_of(text(obj, "apiVersion")), text(obj, "kind"))
    if kind == ("autoscaling", "HorizontalPodAutoscaler"):
        yield from _band(obj)
    yield from _shares(obj, SHARES.get(kind, ()))
    place = TEMPLATES.get(kind)
    template = child(obj, *place) if place else ABSENT
    if place is None or not is_object(template):
        return
    yield from _replicas(obj)
    if kind[1] in WITH_PODS:
        yield from _selector(obj, template, place)
    yield from _restarts(template, place, kind[1])
    pods = mapping(template, "spec")
    yield from _containers(pods, (*place, "spec"), with_volumes=kind[1] != "StatefulSet")


def _band(obj: JsonObject) -> Iterator[str]:
    least, most = child(obj, "spec", "minReplicas"), child(obj, "spec", "maxReplicas")
    if isinstance(least, int) and isinstance(most, int) and most < least:
        yield f"/spec/maxReplicas: {most} is less than minReplicas, {least}"


def _shares(obj: JsonObject, places: tuple[Path, ...]) -> Iterator[str]:
    for place in places:
        stated = child(obj, *place)
        if isinstance(stated, str) and not SHARE.fullmatch(stated):
            yield f"{pointer(place)}: {quoted(stated)} is neither a number nor a percentage"


def _replicas(obj: JsonObject) -> Iterator[str]:
    number = child(obj, "spec", "replicas")
    if isinstance(number, int) and number < 0:
        yield f"/spec/replicas: {number} is less than 0"


def _selector(obj: JsonObject, template: JsonObject, place: Path) -> Iterator[str]:
    """A selector that does not match the labels of its own pods."""
    labels = mapping(template, "metadata", "labels")
    for key, wanted in mapping(obj, "spec", "selector", "matchLabels").items():
        if labels.get(key) != wanted:
            at = pointer((*place, "metadata", "labels"))
            yield f"{at}: the selector wants {key}={wanted}, and the template's labels do not have it"


def _restarts(template: JsonObject, place: Path, kind: str) -> Iterator[str]:
    stated = text(template, "spec", "restartPolicy")
    allowed = ("Always",) if kind in WITH_PODS else ("OnFailure", "Never")
    if stated and stated not in allowed:
        yield f"{pointer((*place, 'spec', 'restartPolicy'))}: {quoted(stated)} is none of {', '.join(allowed)}"


def _containers(pods: JsonObject, place: Path, *, with_volumes: bool) -> Iterator[str]:
    volumes = [text(volume, "name") for volume in items(pods, "volumes")]
    yield from _twice(volumes, (*place, "volumes"), "name")
    names: list[str] = []
    for field in CONTAINERS:
        for number, container in enumerate(items(pods, field)):
            at = (*place, field, number)
            if text(container, "name") in names:
                yield f"{pointer((*at, 'name'))}: a second container has the name {quoted(text(container, 'name'))}"
            names.append(text(container, "name"))
            yield from _container(container, at)
            yield from _mounts(container, at, volumes if with_volumes else None)


def _twice(names: list[str], place: Path, key: str) -> Iterator[str]:
    for number, name in enumerate(names):
        if name and name in names[:number]:
            yield f"{pointer((*place, number, key))}: {quoted(name)} stands there twice"


def _container(container: Json, at: Path) -> Iterator[str]:
    for needed in ("name", "image"):
        if not text(container, needed):
            yield f"{pointer((*at, needed))}: is required"
    pull = text(container, "imagePullPolicy")
    if pull and pull not in PULLS:
        yield f"{pointer((*at, 'imagePullPolicy'))}: {quoted(pull)} is none of {', '.join(PULLS)}"
    for number, port in enumerate(items(container, "ports")):
        stated = child(port, "containerPort")
        if isinstance(stated, int) and not 0 < stated <= MOST_PORTS:
            yield f"{pointer((*at, 'ports', number, 'containerPort'))}: {stated} is no port (1 to {MOST_PORTS})"
    yield from _twice([text(port, "name") for port in items(container, "ports")], (*at, "ports"), "name")
    yield from _resources(container, (*at, "resources"))


def _resources(container: Json, place: Path) -> Iterator[str]:
    limits = mapping(container, "resources", "limits")
    for name, stated in mapping(container, "resources", "requests").items():
        wants, most = _amount(stated), _amount(limits.get(name, ABSENT))
        if wants is not None and most is not None and wants > most:
            at = pointer((*place, "requests", name))
            yield f"{at}: {stated} is more than the limit, {limits[name]}"


def _amount(stated: MaybeJson) -> Fraction | None:
    return parse_quantity(str(stated)) if isinstance(stated, str | int) and not isinstance(stated, bool) else None


def _mounts(container: Json, at: Path, volumes: list[str] | None) -> Iterator[str]:
    mounts = items(container, "volumeMounts")
    yield from _twice([text(mount, "mountPath") for mount in mounts], (*at, "volumeMounts"), "mountPath")
    for number, mount in enumerate(mounts if volumes is not None else ()):
        name = text(mount, "name")
        if volumes is not None and name and name not in volumes:
            yield f"{pointer((*at, 'volumeMounts', number, 'name'))}: no volume has the name {quoted(name)}"
