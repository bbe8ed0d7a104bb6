"""Defaults of all other kinds that depend on the rest of the object (k8s.io/kubernetes pkg/apis/*/v*/defaults.go).

Each rule takes an encoded Go struct and returns it with its defaults. Left out: the
signer that certificates.k8s.io/v1beta1 finds for a kubelet by reading the certificate request.
"""

from __future__ import annotations

from collections.abc import Callable

from whydrift.core.compare.typed.quantity import round_up_to_milli
from whydrift.core.model.values import Json, JsonObject, child, items, mapping, text

Rule = Callable[[JsonObject], JsonObject]

_MAX_INT32 = 2**31 - 1
_RBAC = "rbac.authorization.k8s.io"
_CLIENT_IP_SECONDS = 10800
_NAME_LABEL = "kubernetes.io/metadata.name"
_KEEP_ZERO_SHARES = "flowcontrol.k8s.io/v1beta3-preserve-zero-concurrency-shares"


def _filled(obj: JsonObject, **fields: Json) -> JsonObject:
    """The object with those fields that it does not state."""
    return obj | {name: value for name, value in fields.items() if obj.get(name) is None}


def resource_list(obj: JsonObject) -> JsonObject:
    """Quantities with no digit below a thousandth."""
    return {name: round_up_to_milli(amount) if isinstance(amount, str) else amount for name, amount in obj.items()}


def replication_controller(obj: JsonObject) -> JsonObject:
    """Labels and selector of a replication controller from its template."""
    labels = mapping(obj, "spec", "template", "metadata", "labels")
    if not labels:
        return obj
    spec = mapping(obj, "spec")
    spec = spec if spec.get("selector") else spec | {"selector": labels}
    return _labelled(obj | {"spec": spec}, labels)


def _labelled(obj: JsonObject, labels: JsonObject) -> JsonObject:
    metadata = mapping(obj, "metadata")
    return obj if metadata.get("labels") or not labels else obj | {"metadata": metadata | {"labels": labels}}


def labels_from_template(obj: JsonObject) -> JsonObject:
    """Labels and selector from the template, in the versions of workloads before apps/v1beta2."""
    labels = mapping(obj, "spec", "template", "metadata", "labels")
    if not labels:
        return obj
    spec = _filled(mapping(obj, "spec"), selector={"matchLabels": labels})
    return _labelled(obj | {"spec": spec}, labels)


def service(obj: JsonObject) -> JsonObject:
    """Target ports, affinity and traffic policies of a service."""
    spec = mapping(obj, "spec")
    kind = text(spec, "type") or "ClusterIP"
    spec = _with_affinity(spec)
    if spec.get("ports"):
        spec = spec | {"ports": [_with_target_port(port) for port in items(spec, "ports") if isinstance(port, dict)]}
    outside = kind in ("LoadBalancer", "NodePort") or (kind == "ClusterIP" and bool(spec.get("externalIPs")))
    if outside:
        spec = _filled(spec, externalTrafficPolicy="Cluster")
    if kind in ("LoadBalancer", "NodePort", "ClusterIP"):
        spec = _filled(spec, internalTrafficPolicy="Cluster")
    obj = obj | {"spec": spec}
    if kind != "LoadBalancer":
        return obj
    return _with_ip_modes(obj | {"spec": _filled(spec, allocateLoadBalancerNodePorts=True)})


def _with_affinity(spec: JsonObject) -> JsonObject:
    affinity = text(spec, "sessionAffinity") or "None"
    if affinity == "None":
        return {name: value for name, value in spec.items() if name != "sessionAffinityConfig"}
    stated = child(spec, "sessionAffinityConfig", "clientIP", "timeoutSeconds")
    if affinity == "ClientIP" and not isinstance(stated, int):
        return spec | {"sessionAffinityConfig": {"clientIP": {"timeoutSeconds": _CLIENT_IP_SECONDS}}}
    return spec


def _with_target_port(port: JsonObject) -> JsonObject:
    unset = port.get("targetPort") in (0, "", None)
    return port | {"targetPort": port.get("port")} if unset else port


def _with_ip_modes(obj: JsonObject) -> JsonObject:
    ingresses = items(obj, "status", "loadBalancer", "ingress")
    if not ingresses:
        return obj
    filled: list[Json] = [
        _filled(ingress, ipMode="VIP") if isinstance(ingress, dict) and ingress.get("ip") else ingress
        for ingress in ingresses
    ]
    status = mapping(obj, "status")
    return obj | {"status": status | {"loadBalancer": mapping(status, "loadBalancer") | {"ingress": filled}}}


def persistent_volume(obj: JsonObject) -> JsonObject:
    """Reclaim policy and mode of a volume."""
    spec = _filled(mapping(obj, "spec"), persistentVolumeReclaimPolicy="Retain", volumeMode="Filesystem")
    return obj | {"spec": spec}


def namespace(obj: JsonObject) -> JsonObject:
    """The label with its name that each namespace carries."""
    metadata = mapping(obj, "metadata")
    name = text(metadata, "name")
    if not name:
        return obj
    return obj | {"metadata": metadata | {"labels": mapping(metadata, "labels") | {_NAME_LABEL: name}}}


def signing_request_v1beta1(obj: JsonObject) -> JsonObject:
    """Usages and signer of a certificate request; the signer only where the usages cannot be a kubelet's."""
    obj = _filled(obj, usages=["digital signature", "key encipherment"])
    kubelet = {"client auth", "server auth"} & {text(usage) for usage in items(obj, "usages")}
    return obj if kubelet else _filled(obj, signerName="kubernetes.io/legacy-unknown")


def node_status(obj: JsonObject) -> JsonObject:
    """What can be allocated on a node: its capacity."""
    return _filled(obj, allocatable=obj["capacity"]) if obj.get("capacity") else obj


def limit_range_item(obj: JsonObject) -> JsonObject:
    """Default limits of containers from the maximum, default requests from these and from the minimum."""
    if obj.get("type") != "Container":
        return obj
    limits = mapping(obj, "max") | mapping(obj, "default")
    requests = mapping(obj, "min") | limits | mapping(obj, "defaultRequest")
    filled: JsonObject = {"default": limits, "defaultRequest": requests}
    return obj | {name: value for name, value in filled.items() if value}


def _rolling_update(unavailable: Json, surge: Json, *, when_stated: bool = False) -> Rule:
    """The parts of a rolling update; `when_stated`: also where another type is stated beside it."""

    def rule(obj: JsonObject) -> JsonObject:
        stated = obj.get("rollingUpdate") is not None
        if obj.get("type") != "RollingUpdate" and not (when_stated and stated):
            return obj
        update = _filled(mapping(obj, "rollingUpdate"), maxUnavailable=unavailable, maxSurge=surge)
        return obj | {"rollingUpdate": update}

    return rule


def _typed(default_type: str, rule: Rule) -> Rule:
    """The rule after the strategy's type was filled in."""
    return lambda obj: rule(obj if obj.get("type") else obj | {"type": default_type})


def stateful_set_strategy(obj: JsonObject) -> JsonObject:
    """How a stateful set is updated; the partition only where a rolling update is stated or no type is."""
    if not obj.get("type"):
        obj = _filled(obj | {"type": "RollingUpdate"}, rollingUpdate={})
    if obj.get("type") == "RollingUpdate" and obj.get("rollingUpdate") is not None:
        return obj | {"rollingUpdate": _filled(mapping(obj, "rollingUpdate"), partition=0)}
    return obj


def _partitioned(obj: JsonObject) -> JsonObject:
    return stateful_set_strategy(obj if obj.get("type") else obj | {"type": "OnDelete"})


def job(obj: JsonObject) -> JsonObject:
    """Counts, modes and labels of a job; the template of a cron job gets none of them."""
    spec = mapping(obj, "spec")
    if spec.get("completions") is None and spec.get("parallelism") is None:
        spec = spec | {"completions": 1}
    per_index = spec.get("backoffLimitPerIndex") is not None
    spec = _filled(
        spec,
        parallelism=1,
        backoffLimit=_MAX_INT32 if per_index else 6,
        completionMode="NonIndexed",
        suspend=False,
        podReplacementPolicy="TerminatingOrFailed" if spec.get("podFailurePolicy") is None else "Failed",
        manualSelector=False,
    )
    return _labelled(obj | {"spec": spec}, mapping(obj, "spec", "template", "metadata", "labels"))


_PERCENT: JsonObject = {"type": "Percent", "value": 100, "periodSeconds": 15}
_PODS: JsonObject = {"type": "Pods", "value": 4, "periodSeconds": 15}
_CPU_METRIC: JsonObject = {
    "type": "Resource",
    "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}},
}


def autoscaler(obj: JsonObject) -> JsonObject:
    """Metrics and, where any behaviour is stated, the rules for both directions."""
    if not obj.get("metrics"):
        obj = obj | {"metrics": [_CPU_METRIC]}
    behavior = obj.get("behavior")
    if not isinstance(behavior, dict):
        return obj
    up = _filled(
        mapping(behavior, "scaleUp"),
        stabilizationWindowSeconds=0,
        selectPolicy="Max",
        policies=[_PODS, _PERCENT],
    )
    down = _filled(mapping(behavior, "scaleDown"), selectPolicy="Max", policies=[_PERCENT])
    return obj | {"behavior": behavior | {"scaleUp": up, "scaleDown": down}}


def network_policy(obj: JsonObject) -> JsonObject:
    """The policy types that the rules imply: ingress always, egress where rules for it are stated."""
    if obj.get("policyTypes"):
        return obj
    return obj | {"policyTypes": ["Ingress", "Egress"] if obj.get("egress") else ["Ingress"]}


def subject(obj: JsonObject) -> JsonObject:
    """The API group of a user or group."""
    named = obj.get("kind") in ("User", "Group")
    return obj | {"apiGroup": _RBAC} if named and not obj.get("apiGroup") else obj


def subject_v1alpha1(obj: JsonObject) -> JsonObject:
    """The API version of a subject."""
    versions: dict[str, str] = {"ServiceAccount": "v1", "User": f"{_RBAC}/v1alpha1", "Group": f"{_RBAC}/v1alpha1"}
    version = versions.get(text(obj, "kind"))
    return obj | {"apiVersion": version} if version and not obj.get("apiVersion") else obj


def priority_level_v1beta3(obj: JsonObject) -> JsonObject:
    """The shares of a limited level, unless an annotation says that zero is meant."""
    limited = child(obj, "spec", "limited")
    kept = _KEEP_ZERO_SHARES in mapping(obj, "metadata", "annotations")
    if not isinstance(limited, dict) or kept or limited.get("nominalConcurrencyShares"):
        return obj
    return obj | {"spec": mapping(obj, "spec") | {"limited": limited | {"nominalConcurrencyShares": 30}}}


_DEPLOYMENT = _typed("RollingUpdate", _rolling_update("25%", "25%"))
_DAEMON_SET = _typed("RollingUpdate", _rolling_update(1, 0))

KIND_RULES: dict[str, Rule] = {
    "core/v1/ResourceList": resource_list,
    "core/v1/ReplicationController": replication_controller,
    "core/v1/Service": service,
    "core/v1/PersistentVolume": persistent_volume,
    "core/v1/Namespace": namespace,
    "certificates/v1beta1/CertificateSigningRequestSpec": signing_request_v1beta1,
    "core/v1/NodeStatus": node_status,
    "core/v1/LimitRangeItem": limit_range_item,
    "apps/v1/DeploymentStrategy": _DEPLOYMENT,
    "apps/v1beta2/DeploymentStrategy": _DEPLOYMENT,
    "apps/v1beta1/DeploymentStrategy": _DEPLOYMENT,
    "extensions/v1beta1/DeploymentStrategy": _typed("RollingUpdate", _rolling_update(1, 1, when_stated=True)),
    "apps/v1/DaemonSetUpdateStrategy": _DAEMON_SET,
    "apps/v1beta2/DaemonSetUpdateStrategy": _DAEMON_SET,
    "extensions/v1beta1/DaemonSetUpdateStrategy": _typed("OnDelete", _rolling_update(1, 0)),
    "apps/v1/StatefulSetUpdateStrategy": stateful_set_strategy,
    "apps/v1beta2/StatefulSetUpdateStrategy": stateful_set_strategy,
    "apps/v1beta1/StatefulSetUpdateStrategy": _partitioned,
    "apps/v1beta1/Deployment": labels_from_template,
    "apps/v1beta1/StatefulSet": labels_from_template,
    "extensions/v1beta1/Deployment": labels_from_template,
    "extensions/v1beta1/DaemonSet": labels_from_template,
    "extensions/v1beta1/ReplicaSet": labels_from_template,
    "batch/v1/Job": job,
    "autoscaling/v2/HorizontalPodAutoscalerSpec": autoscaler,
    "networking/v1/NetworkPolicySpec": network_policy,
    "extensions/v1beta1/NetworkPolicySpec": network_policy,
    "rbac/v1/Subject": subject,
    "rbac/v1beta1/Subject": subject,
    "rbac/v1alpha1/Subject": subject_v1alpha1,
    "flowcontrol/v1beta3/PriorityLevelConfiguration": priority_level_v1beta3,
}
"""Rules by Go type."""
