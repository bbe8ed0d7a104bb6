"""Places of what is scarce: memory, requests, volumes, addresses, quotas."""

from __future__ import annotations

import re

from whydrift.core.model.values import Json, MaybeJson, child, items, mapping, text
from whydrift.core.unmask.case import Case, all_containers, configuration
from whydrift.core.unmask.named import words
from whydrift.core.unmask.places import POD_SPECS

SCARCE = re.compile(r"Insufficient ([\w./-]+)")


def memory_place(case: Case) -> str | None:
    """The limit that the kernel enforced; without one, the option that sizes the runtime's heap."""
    limit = child(case.container, "resources", "limits", "memory")
    if limit and (case.trouble.reason == "OOMKilled" or not _heap(case)):
        found = case.at("resources", "limits", "memory")
        return found or case.places.ending(("limits", "memory"), str(limit))
    return _heap(case)


def _heap(case: Case) -> str | None:
    options = re.compile(r"-Xmx\w+|MaxRAMPercentage=[\d.]+|max[-_]old[-_]space[-_]size=\d+")
    found = options.search(str(case.container) + str(configuration(case)))
    return case.places.text(found.group().lstrip("-")) if found else None


def size_place(case: Case) -> str | None:
    """The size limit of a volume of the pod."""
    stated = case.scene.stated(case.trouble.key)
    volumes: list[Json] = next((found for spec in POD_SPECS if (found := items(stated, *spec, "volumes"))), [])
    sized = [number for number, volume in enumerate(volumes) if child(volume, "emptyDir", "sizeLimit")]
    return case.places.pod_field(case.trouble.key, "volumes", sized[0], "emptyDir", "sizeLimit") if sized else None


def scarce_place(case: Case) -> str | None:
    """What no node offers: a resource, a label, a toleration, a spread."""
    line = case.trouble.why.line
    scarce = SCARCE.search(line)
    found = _request_place(case, scarce.group(1).rstrip(".,")) if scarce else None
    places = (case.places.pod_field(case.trouble.key, *path) for path in _constraints(case, line))
    return found or next((place for place in places if place), None)


def _request_place(case: Case, resource: str) -> str | None:
    """Where a container asks for a resource, or the value behind it."""
    key, live = case.trouble.key, case.scene.stated(case.trouble.key)
    for container in _requesting(live, resource):
        places = (
            case.places.container(key, container, ("resources", field, resource)) for field in ("requests", "limits")
        )
        spec = next((c for c in all_containers(live) if text(c, "name") == container), {})
        stated = str(child(spec, "resources", "requests", resource))
        found = next((place for place in places if place), None)
        found = case.places.followed(found) or case.places.ending(("requests", resource), stated)
        if found:
            return found
    return None


def _constraints(case: Case, line: str) -> list[tuple[str, ...]]:
    """The fields of a pod spec that keep it from nodes, those that the scheduler's message is about first."""
    if "topology spread" in line:
        return [("topologySpreadConstraints",), ("affinity",)]
    if "affinity" not in line and "selector" not in line:
        return [("tolerations",), ("nodeSelector",)]
    stated = case.scene.stated(case.trouble.key)
    labels = next((found for spec in POD_SPECS if (found := mapping(stated, *spec, "nodeSelector"))), {})
    only = [("nodeSelector", *labels)] if len(labels) == 1 else []
    return [*only, ("nodeSelector",), ("affinity",)]


def _requesting(stated: MaybeJson, resource: str) -> list[str]:
    """The containers that ask for a resource."""
    asking = [
        c
        for c in all_containers(stated)
        if child(c, "resources", "requests", resource) or child(c, "resources", "limits", resource)
    ]
    return [text(c, "name") for c in asking]


def volume_place(case: Case) -> str | None:
    """The claim's class, its size where that is what is wrong, else the claim; of a StatefulSet its template."""
    for above in (("spec",), ("spec", "volumeClaimTemplates", 0, "spec")):
        found = (
            case.field(*above, "storageClassName")
            or case.field(*above, "volumeName")
            or case.field(*above, "resources", "requests", "storage")
        )
        if found:
            return found
    named = (case.places.text(word) for word in words(case.trouble.why.line))
    return next((place for place in named if place), None) or case.places.pod_field(case.trouble.key, "volumes")


def address_place(case: Case) -> str | None:
    """What asks for an address: the type of a Service, the class of an Ingress."""
    if case.trouble.key.kind == "Service":
        return case.field("spec", "type")
    old = ("metadata", "annotations", "kubernetes.io/ingress.class")
    return case.field("spec", "ingressClassName") or case.field(*old) or case.field("spec")


def quota_place(case: Case) -> str | None:
    """What asks for more than the quota holds, or than a LimitRange allows; else the number of pods.

    Sources: resourcequota's admission.go; limitranger/admission.go, minConstraint and maxConstraint.
    """
    line = case.trouble.why.line
    named = re.search(r"requested: (?:requests\.|limits\.)?([\w./-]+)=|(?:max|min)imum (\S+) usage per ", line)
    resource = (named.group(1) or named.group(2)) if named else ""
    if resource == "pods":
        return case.field("spec", "replicas")
    kind = "limits" if "requested: limits." in line or "but limit is" in line else "requests"
    for container in _requesting(case.scene.stated(case.trouble.key), resource):
        found = case.places.followed(case.places.container(case.trouble.key, container, ("resources", kind, resource)))
        if found:
            return found
    return case.field("spec", "replicas")
