"""Defaults of pods, containers and volumes that depend on the rest of the object (k8s.io/kubernetes pkg/apis/core/v1).

Each rule takes an encoded Go struct and returns it with its defaults; the feature gates are those of a plain
Kubernetes 1.36.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from fractions import Fraction

from whydrift.core.compare.typed.quantity import add, parse_quantity
from whydrift.core.model.values import JsonObject, child, items, mapping, text

Rule = Callable[[JsonObject], JsonObject]

_IMAGE = re.compile(
    r"(?:(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\[[a-fA-F0-9:]+\])"
    r"(?::[0-9]+)?/)?[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*"
    r"(?P<tag>:\w[\w.-]{0,127})?(?P<digest>@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?",
    re.ASCII,
)
_IDENTIFIER = re.compile(r"[a-f0-9]{64}")
_POD_LEVEL = ("cpu", "memory")
_HUGE_PAGES = "hugepages-"


def pull_policy(image: str) -> str:
    """The pull policy of an image: Always for the tag latest and for none, else IfNotPresent (ParseImageName)."""
    match = _IMAGE.fullmatch(image)
    if match is None or _IDENTIFIER.fullmatch(image):
        return "IfNotPresent"
    tag = (match["tag"] or "").removeprefix(":")
    return "Always" if tag == "latest" or not (tag or match["digest"]) else "IfNotPresent"


def container(obj: JsonObject) -> JsonObject:
    """The pull policy of a container's image."""
    return obj if obj.get("imagePullPolicy") else obj | {"imagePullPolicy": pull_policy(text(obj, "image"))}


def volume(obj: JsonObject) -> JsonObject:
    """An empty directory for a volume without a source; the pull policy of an image volume."""
    if obj.keys() <= {"name"}:
        return obj | {"emptyDir": {}}
    image = obj.get("image")
    if isinstance(image, dict) and not image.get("pullPolicy"):
        return obj | {"image": image | {"pullPolicy": pull_policy(text(image, "reference"))}}
    return obj


def pod(obj: JsonObject) -> JsonObject:
    """What only pods get, not the templates of workloads: requests from limits, service links, host ports."""
    spec = mapping(obj, "spec")
    for group in ("containers", "initContainers"):
        if spec.get(group):
            spec = spec | {group: [_with_requests(item) for item in items(spec, group) if isinstance(item, dict)]}
    spec = _with_pod_requests(_with_huge_page_limits(spec))
    if spec.get("enableServiceLinks") is None:
        spec = spec | {"enableServiceLinks": True}
    if spec.get("hostNetwork"):
        spec = _with_host_ports(spec)
    return obj | {"spec": spec}


def _with_requests(obj: JsonObject) -> JsonObject:
    limits = mapping(obj, "resources", "limits")
    if not limits:
        return obj
    resources = mapping(obj, "resources")
    return obj | {"resources": resources | {"requests": limits | mapping(resources, "requests")}}


def _with_host_ports(spec: JsonObject) -> JsonObject:
    for group in ("containers", "initContainers"):
        if not spec.get(group):
            continue
        spec = spec | {group: [_with_host_port(item) for item in items(spec, group) if isinstance(item, dict)]}
    return spec


def _with_host_port(obj: JsonObject) -> JsonObject:
    ports = [port for port in items(obj, "ports") if isinstance(port, dict)]
    if not ports:
        return obj
    return obj | {
        "ports": [
            port
            if port.get("hostPort") or not port.get("containerPort")
            else port | {"hostPort": port["containerPort"]}
            for port in ports
        ]
    }


def _with_huge_page_limits(spec: JsonObject) -> JsonObject:
    resources = mapping(spec, "resources")
    limits, requests = mapping(resources, "limits"), mapping(resources, "requests")
    if not limits and not requests:
        return spec
    of_containers = _sum_of_containers(spec, "limits")
    added: JsonObject = {
        name: amount
        for name, amount in of_containers.items()
        if name.startswith(_HUGE_PAGES) and name not in requests and name not in limits
    }
    return spec | {"resources": resources | {"limits": limits | added}} if limits or added else spec


def _with_pod_requests(spec: JsonObject) -> JsonObject:
    resources = mapping(spec, "resources")
    limits, requests = mapping(resources, "limits"), mapping(resources, "requests")
    if not limits:
        return spec
    of_containers = _sum_of_containers(spec, "requests")
    shareable: JsonObject = {name: amount for name, amount in of_containers.items() if name in _POD_LEVEL}
    from_limits: JsonObject = {
        name: limits[name] for name in limits if name in _POD_LEVEL or name.startswith(_HUGE_PAGES)
    }
    filled = from_limits | shareable | requests
    return spec | {"resources": resources | {"requests": filled}} if filled else spec


def _sum_of_containers(spec: JsonObject, kind: str) -> dict[str, str]:
    """What the containers need together, init containers one after the other (AggregateContainerRequests, -Limits)."""
    total: dict[str, str] = {}
    for item in items(spec, "containers"):
        total = _sum(total, _amounts(mapping(item, "resources", kind)))
    sidecars: dict[str, str] = {}
    peak: dict[str, str] = {}
    for item in items(spec, "initContainers"):
        amounts = _amounts(mapping(item, "resources", kind))
        if child(item, "restartPolicy") == "Always":
            total = _sum(total, amounts)
            sidecars = _sum(sidecars, amounts)
            peak = _maximum(peak, sidecars)
        else:
            peak = _maximum(peak, _sum(amounts, sidecars))
    return _maximum(total, peak)


def _amounts(resources: JsonObject) -> dict[str, str]:
    return {name: amount for name, amount in resources.items() if isinstance(amount, str)}


def _sum(a: Mapping[str, str], b: Mapping[str, str]) -> dict[str, str]:
    return {**a, **{name: add(a[name], amount) if name in a else amount for name, amount in b.items()}}


def _maximum(a: Mapping[str, str], b: Mapping[str, str]) -> dict[str, str]:
    larger = {name: amount for name, amount in b.items() if name not in a or _size(amount) > _size(a[name])}
    return {**a, **larger}


def _size(amount: str) -> Fraction:
    return parse_quantity(amount) or Fraction(0)


POD_RULES: dict[str, Rule] = {
    "core/v1/Pod": pod,
    "core/v1/Container": container,
    "core/v1/EphemeralContainer": container,
    "core/v1/Volume": volume,
}
"""Rules by Go type."""
