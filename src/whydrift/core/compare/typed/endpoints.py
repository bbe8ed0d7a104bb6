"""The order in which Argo CD puts the subsets of Endpoints (internal/kubernetes_vendor/pkg/api/v1/endpoints/util.go).

Ports and subsets are sorted by the MD5 sum of what go-spew prints for their Go structs, so these texts are made here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from whydrift.core.model.values import Json, JsonObject, items, text

_ADDRESS_LISTS = {"addresses": "Addresses", "notReadyAddresses": "NotReadyAddresses"}
_REFERENCE = {
    "kind": "Kind:(string)",
    "namespace": "Namespace:(string)",
    "name": "Name:(string)",
    "uid": "UID:(types.UID)",
    "apiVersion": "APIVersion:(string)",
    "resourceVersion": "ResourceVersion:(string)",
    "fieldPath": "FieldPath:(string)",
}


def sorted_subsets(subsets: list[Json]) -> list[Json]:
    """The subsets of Endpoints in Argo CD's order, with TCP for each port that states no protocol."""
    ordered = [_sorted_subset(subset) for subset in subsets if isinstance(subset, dict)]
    return _as_json(sorted(ordered, key=lambda subset: _digest(f"(v1.EndpointSubset){_printed_subset(subset)}")))


def _sorted_subset(subset: JsonObject) -> JsonObject:
    result = dict(subset)
    for name in _ADDRESS_LISTS:
        addresses = [item for item in items(subset, name) if isinstance(item, dict)]
        if addresses:
            result[name] = _as_json(sorted(addresses, key=_address_order))
    ports = [
        item if item.get("protocol") else item | {"protocol": "TCP"}
        for item in items(subset, "ports")
        if isinstance(item, dict)
    ]
    if ports:
        result["ports"] = _as_json(sorted(ports, key=lambda port: _digest(f"(v1.EndpointPort){_printed_port(port)}")))
    return {name: value for name, value in result.items() if value}


def _as_json(objects: list[JsonObject]) -> list[Json]:
    return list(objects)


def _address_order(address: JsonObject) -> tuple[str, bool, str]:
    """By IP address as text, those that refer to no object first, the others by its uid."""
    return text(address, "ip"), address.get("targetRef") is not None, text(address, "targetRef", "uid")


def _digest(printed: str) -> bytes:
    return hashlib.md5(printed.encode(), usedforsecurity=False).digest()


def _printed_subset(subset: JsonObject) -> str:
    lists = [
        f"{field}:{_printed_list('v1.EndpointAddress', items(subset, name), _printed_address)}"
        for name, field in _ADDRESS_LISTS.items()
    ]
    ports = _printed_list("v1.EndpointPort", items(subset, "ports"), _printed_port)
    return "{" + " ".join(lists) + f" Ports:{ports}" + "}"


def _printed_list(type_name: str, values: list[Json], printed: Callable[[JsonObject], str]) -> str:
    inside = " ".join(printed(value) for value in values if isinstance(value, dict))
    return f"([]{type_name})[{inside}]" if values else f"([]{type_name})<nil>"


def _printed_address(address: JsonObject) -> str:
    reference = address.get("targetRef")
    printed = "<nil>"
    if isinstance(reference, dict):
        printed = "{" + " ".join(label + text(reference, name) for name, label in _REFERENCE.items()) + "}"
    ip, hostname = text(address, "ip"), text(address, "hostname")
    node = _printed_pointer(address.get("nodeName"))
    return f"{{IP:(string){ip} Hostname:(string){hostname} NodeName:{node} TargetRef:(*v1.ObjectReference){printed}}}"


def _printed_port(port: JsonObject) -> str:
    name, number, protocol = text(port, "name"), port.get("port", 0), text(port, "protocol")
    application = _printed_pointer(port.get("appProtocol"))
    return f"{{Name:(string){name} Port:(int32){number} Protocol:(v1.Protocol){protocol} AppProtocol:{application}}}"


def _printed_pointer(value: Json) -> str:
    return f"(*string){value}" if isinstance(value, str) else "(*string)<nil>"
