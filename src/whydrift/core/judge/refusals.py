"""What the API server refuses for certain: immutable fields and values of built-in kinds that are never taken.

Sources: k8s.io/kubernetes pkg/apis/*/validation (ValidateUpdate functions), apimachinery (total annotation size),
apiextensions-apiserver (conversion webhooks). Only what is refused for certain; quotas and policies are not here.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator
from fractions import Fraction

from whydrift.core.compare.differences import Change
from whydrift.core.compare.typed.quantity import parse_quantity
from whydrift.core.judge.either_or import both_stated
from whydrift.core.judge.predict import Way
from whydrift.core.model.paths import Path, pointer, starts_with
from whydrift.core.model.secrets import masked
from whydrift.core.model.values import ABSENT, Json, JsonObject, MaybeJson, child, is_empty, items, mapping, text

TOTAL_ANNOTATIONS = 256 * 1024
"""Bytes that all annotations of an object may have together (apimachinery, TotalAnnotationSizeLimitB)."""
IMMUTABLE: dict[tuple[str, str], tuple[Path, ...]] = {
    ("apps", "Deployment"): (("spec", "selector"),),
    ("apps", "DaemonSet"): (("spec", "selector"),),
    ("apps", "ReplicaSet"): (("spec", "selector"),),
    ("batch", "Job"): (("spec", "template"), ("spec", "selector"), ("spec", "completionMode"),
                       ("spec", "manualSelector"),
                       ("spec", "podFailurePolicy"), ("spec", "successPolicy"), ("spec", "backoffLimitPerIndex"),
                       ("spec", "managedBy"), ("spec", "podReplacementPolicy")),
    ("", "Secret"): (("type",),),
    ("rbac.authorization.k8s.io", "RoleBinding"): (("roleRef",),),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): (("roleRef",),),
    ("storage.k8s.io", "StorageClass"): (("provisioner",), ("parameters",), ("reclaimPolicy",), ("volumeBindingMode",)),
    ("scheduling.k8s.io", "PriorityClass"): (("value",), ("preemptionPolicy",)),
    ("networking.k8s.io", "IngressClass"): (("spec", "controller"),),
    ("apiextensions.k8s.io", "CustomResourceDefinition"): (("spec", "scope"), ("spec", "group"),
                                                           ("spec", "names", "kind")),
    ("coordination.k8s.io", "LeaseCandidate"): (("spec", "leaseName"),),
}  # fmt: skip
CHANGEABLE: dict[tuple[str, str], tuple[Path, ...]] = {
    ("apps", "StatefulSet"): (("spec", "replicas"), ("spec", "ordinals"), ("spec", "template"),
                              ("spec", "updateStrategy"), ("spec", "revisionHistoryLimit"),
                              ("spec", "persistentVolumeClaimRetentionPolicy"), ("spec", "minReadySeconds")),
    ("", "PersistentVolumeClaim"): (("spec", "resources", "requests"), ("spec", "volumeAttributesClassName")),
    ("", "Pod"): (("spec", "containers"), ("spec", "initContainers"), ("spec", "activeDeadlineSeconds"),
                  ("spec", "tolerations"), ("spec", "terminationGracePeriodSeconds"), ("spec", "schedulingGates")),
}  # fmt: skip
"""Kinds whose spec cannot be changed but for these fields."""


def refused_change(
    before: JsonObject, after: JsonObject, changes: tuple[Change, ...], group_kind: tuple[str, str]
) -> str:
    """Why an update is refused, with the field; "" where nothing is known against it."""
    for change in changes:
        path = change.left if change.on_left is not ABSENT else change.right
        if is_immutable(path, before, group_kind):
            return f"{pointer(path)} of a {group_kind[1]} cannot be changed: the field is immutable"
    if group_kind == ("", "PersistentVolumeClaim"):
        return _shrinks(before, after)
    return ""


def refused_value(sent: JsonObject, target: JsonObject, way: Way, *, update: bool) -> str:
    """Why an object is refused as it stands; "" where nothing is known against it."""
    if way is Way.CLIENT_SIDE and _annotations(target) > TOTAL_ANNOTATIONS:
        return "its annotations would have more than 262144 bytes: last-applied holds the whole object"
    beside = both_stated(sent)
    if beside:
        return beside
    if text(sent, "kind") == "Service" and text(sent, "apiVersion") == "v1":
        return _ports(sent)
    if update and text(sent, "kind") == "CustomResourceDefinition":
        return next(_bad_authorities(sent, ()), "")
    return ""


def is_immutable(path: Path, before: JsonObject, kind: tuple[str, str]) -> bool:
    """Whether the API server refuses every change of a field that is there; `kind` is group and kind."""
    if any(starts_with(path, place) or starts_with(place, path) for place in IMMUTABLE.get(kind, ())):
        return True
    if kind in CHANGEABLE and path[:1] == ("spec",):
        return not any(starts_with(path, place) for place in CHANGEABLE[kind])
    if kind in (("", "ConfigMap"), ("", "Secret")) and before.get("immutable") is True:
        return path[0] in ("data", "binaryData", "immutable")
    address = path[:2] == ("spec", "clusterIP") and kind == ("", "Service")
    return address and not is_empty(child(before, *path)) and text(before, "spec", "type") != "ExternalName"


def _shrinks(before: JsonObject, after: JsonObject) -> str:
    place = ("spec", "resources", "requests", "storage")
    has, wants = (_quantity(child(side, *place)) for side in (before, after))
    if has is not None and wants is not None and wants < has:
        return f"{pointer(place)}: a claim cannot be made smaller ({child(before, *place)} to {child(after, *place)})"
    return ""


def _quantity(value: MaybeJson) -> Fraction | None:
    return parse_quantity(value) if isinstance(value, str) else None


def _annotations(target: JsonObject) -> int:
    stated = sum(len(key) + len(str(value)) for key, value in mapping(target, "metadata", "annotations").items())
    return stated + len(json.dumps(target, separators=(",", ":"), ensure_ascii=False).encode())


def _ports(service: JsonObject) -> str:
    ports = items(service, "spec", "ports")
    names = [text(port, "name") for port in ports]
    for place, port in enumerate(ports):
        number = child(port, "port")
        if isinstance(number, int) and not 0 < number < 65536:
            return f"/spec/ports/{place}/port: {number} is no port (1 to 65535)"
        if names[place] in names[:place]:
            return f"/spec/ports/{place}/name: two ports would have the name {names[place]!r}"
        if not names[place] and len(ports) > 1:
            return f"/spec/ports/{place}/name: with several ports each needs a name"
    return ""


def _bad_authorities(value: Json, path: Path) -> Iterator[str]:
    """Every caBundle that holds no certificate: a client of the webhook could not be made."""
    if isinstance(value, dict):
        for key, part in value.items():
            if key == "caBundle" and isinstance(part, str) and part and not _is_certificate(part):
                yield f"{pointer((*path, key))}: unable to load root certificates"
            yield from _bad_authorities(part, (*path, key))
    elif isinstance(value, list):
        for place, part in enumerate(value):
            yield from _bad_authorities(part, (*path, place))


def _is_certificate(encoded: str) -> bool:
    if masked(encoded):
        return True
    try:
        return b"-----BEGIN" in base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return False
