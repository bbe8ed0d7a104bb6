"""What objects ask of a ResourceQuota: each one is counted, and pods and claims by what they request.

Sources: k8s.io/kubernetes pkg/quota/v1/evaluator/core (pods.go, services.go, persistent_volume_claims.go),
k8s.io/component-helpers/resource (what a pod requests beside its init containers), plugin/pkg/admission/limitranger.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from whydrift.core.compare.typed.quantity import amount_of
from whydrift.core.model.objects import WITH_PODS, group_of
from whydrift.core.model.values import ABSENT, Json, JsonObject, child, items, mapping, text

Amounts = Mapping[str, Fraction]
REQUESTS, LIMITS = "requests", "limits"
COMPUTE = ("cpu", "memory")
TO_BE_STATED = frozenset({*COMPUTE, *(f"{kind}.{name}" for kind in (REQUESTS, LIMITS) for name in COMPUTE)})
"""What each container of a pod has to state where a quota holds it (pods.go, validationSet)."""
BY_NAME = frozenset(
    {"pods", "services", "configmaps", "secrets", "persistentvolumeclaims", "replicationcontrollers", "resourcequotas"}
)
"""Resources that a quota may count under their old names too."""
OLD_CLASS = "volume.beta.kubernetes.io/storage-class"


@dataclass(frozen=True)
class PodDemand:
    """What one pod asks for, by the names that a quota has for it.

    `unstated` are the containers that state nothing of a resource, by its name: they get what a LimitRange says.
    """

    spec: JsonObject
    amounts: Amounts
    unstated: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def counted(obj: JsonObject, plural: str) -> dict[str, Fraction]:
    """What one object counts for beside its pods, by the names that a quota has for it; `plural` is its resource."""
    group = group_of(text(obj, "apiVersion"))
    found = {f"count/{plural}.{group}" if group else f"count/{plural}": Fraction(1)}
    if group:
        return found
    found |= {plural: Fraction(1)} if plural in BY_NAME else {}
    if plural == "services":
        found |= _of_service(obj)
    return found | _of_claim(obj) if plural == "persistentvolumeclaims" else found


def _of_service(service: JsonObject) -> dict[str, Fraction]:
    ports, kind = items(service, "spec", "ports"), text(service, "spec", "type")
    allocated = child(service, "spec", "allocateLoadBalancerNodePorts") is not False
    fixed = [port for port in ports if child(port, "nodePort") not in (ABSENT, 0, None)]
    match kind:
        case "NodePort":
            return {"services.nodeports": Fraction(len(ports))}
        case "LoadBalancer":
            here = len(ports if allocated else fixed)
            return {"services.loadbalancers": Fraction(1), "services.nodeports": Fraction(here)}
        case _:
            return {}


def _of_claim(claim: JsonObject) -> dict[str, Fraction]:
    storage = amount_of(child(claim, "spec", "resources", REQUESTS, "storage"))
    found = {} if storage is None else {"requests.storage": storage}
    named = text(claim, "metadata", "annotations", OLD_CLASS) or text(claim, "spec", "storageClassName")
    if named:
        own = f"{named}.storageclass.storage.k8s.io/"
        found |= {f"{own}{name}": amount for name, amount in found.items()}
        found[f"{own}persistentvolumeclaims"] = Fraction(1)
    return found


def pod_demand(spec: JsonObject, limit_ranges: Iterable[JsonObject] = ()) -> PodDemand | None:
    """What a pod of this spec asks for with the defaults of its namespace; None where that is not known.

    A pod that states resources of its own (PodLevelResources) is not known.
    """
    if mapping(spec, "resources"):
        return None
    defaults = _defaults(limit_ranges)
    containers = [(row, _stated(row, defaults)) for row in items(spec, "containers")]
    first = [(row, _stated(row, defaults)) for row in items(spec, "initContainers")]
    if any(stated is None for _, stated in (*containers, *first)):
        return None
    named: dict[str, Fraction] = {"pods": Fraction(1), "count/pods": Fraction(1)}
    for kind in (REQUESTS, LIMITS):
        summed = _summed([s[kind] for _, s in containers if s], [(_stays(r), s[kind]) for r, s in first if s])
        summed = plus(summed, (_amounts(mapping(spec, "overhead")) or {}) if kind == REQUESTS else {})
        named |= {name: amount for key, amount in summed.items() for name in _names(kind, key)}
    unstated: dict[str, list[str]] = defaultdict(list)
    for row, stated in (*containers, *first):
        has = {name for kind, found in (stated or {}).items() for key in found for name in _names(kind, key)}
        for name in sorted(TO_BE_STATED - has):
            unstated[name].append(text(row, "name"))
    return PodDemand(spec, named, {name: tuple(sorted(rows)) for name, rows in unstated.items()})


def _names(kind: str, resource: str) -> tuple[str, ...]:
    """What a quota may call what containers request of a resource, or are limited to."""
    if kind == LIMITS:
        return (f"{LIMITS}.{resource}",)
    plain = resource in (*COMPUTE, "ephemeral-storage") or resource.startswith("hugepages-")
    return (resource, f"{REQUESTS}.{resource}") if plain else (f"{REQUESTS}.{resource}",)


def _stays(container: Json) -> bool:
    """Whether an init container runs beside the others (a sidecar)."""
    return text(container, "restartPolicy") == "Always"


def _summed(containers: list[Amounts], first: list[tuple[bool, Amounts]]) -> dict[str, Fraction]:
    """All containers together, or what is needed at one time before they run, where that is more."""
    staying: dict[str, Fraction] = {}
    most: dict[str, Fraction] = {}
    for stays, amounts in first:
        now = plus(staying, amounts)
        staying = now if stays else staying
        most = {key: max(most.get(key, now.get(key, Fraction(0))), now.get(key, Fraction(0))) for key in {*most, *now}}
    together = staying
    for amounts in containers:
        together = plus(together, amounts)
    return {key: max(together.get(key, Fraction(0)), most.get(key, Fraction(0))) for key in {*together, *most}}


def plus(a: Amounts, b: Amounts) -> dict[str, Fraction]:
    """Both together."""
    return {key: a.get(key, Fraction(0)) + b.get(key, Fraction(0)) for key in (*a, *b)}


def _stated(container: Json, defaults: Mapping[str, Amounts]) -> dict[str, dict[str, Fraction]] | None:
    """Requests and limits of a container as the server fills them in; None where one is no quantity."""
    requests, limits = (_amounts(mapping(container, "resources", kind)) for kind in (REQUESTS, LIMITS))
    if requests is None or limits is None:
        return None
    requests = {**defaults[REQUESTS], **limits, **requests}
    return {REQUESTS: requests, LIMITS: {**defaults[LIMITS], **limits}}


def _defaults(limit_ranges: Iterable[JsonObject]) -> dict[str, dict[str, Fraction]]:
    found: dict[str, dict[str, Fraction]] = {REQUESTS: {}, LIMITS: {}}
    for row in (row for each in limit_ranges for row in items(each, "spec", "limits")):
        if text(row, "type") == "Container":
            for kind, place in ((REQUESTS, "defaultRequest"), (LIMITS, "default")):
                found[kind] = {**(_amounts(mapping(row, place)) or {}), **found[kind]}
    return found


def _amounts(stated: JsonObject) -> dict[str, Fraction] | None:
    found = {name: amount_of(value) for name, value in stated.items()}
    known = {name: amount for name, amount in found.items() if amount is not None}
    return known if len(known) == len(found) else None


def pod_spec(obj: JsonObject) -> JsonObject:
    """The spec of the pods that an object is or makes; {} where it makes none, or others make them."""
    group, kind = group_of(text(obj, "apiVersion")), text(obj, "kind")
    if (group, kind) == ("", "Pod"):
        return mapping(obj, "spec")
    makes = (group == "apps" and kind in WITH_PODS) or (group, kind) in (
        ("batch", "Job"),
        ("", "ReplicationController"),
    )
    return mapping(obj, "spec", "template", "spec") if makes else {}


def number_of_pods(obj: JsonObject) -> int | None:
    """How many pods a workload asks for; None where the object does not say it."""
    kind, spec = text(obj, "kind"), mapping(obj, "spec")
    if kind == "DaemonSet" or not pod_spec(obj):
        return None
    if kind == "Pod":
        return 1
    if kind == "Job":
        numbers = [spec.get(name) for name in ("parallelism", "completions")]
        stated = [number for number in numbers if isinstance(number, int)]
        return 0 if spec.get("suspend") is True else min(stated) if isinstance(numbers[0], int) else 1
    stated_number = spec.get("replicas", 1)
    return stated_number if isinstance(stated_number, int) else None


def asks_for_more(target: JsonObject, live: JsonObject) -> bool:
    """Whether git wants more pods of a workload than there are, or pods that ask for more."""
    if not pod_spec(target) or not pod_spec(live):
        return False
    wanted, has = number_of_pods(target) or 0, number_of_pods(live) or 0
    new, old = pod_demand(pod_spec(target)), pod_demand(pod_spec(live))
    if new is None or old is None or (wanted > has and child(target, "spec", "replicas") is not ABSENT):
        return True
    more = any(amount > old.amounts.get(name, 0) for name, amount in new.amounts.items())
    return more or any(rows != old.unstated.get(name, ()) for name, rows in new.unstated.items())
