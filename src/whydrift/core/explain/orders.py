"""Lists whose order means nothing, and why."""

from __future__ import annotations

import re

from whydrift.core.explain.places import Place, place_of, struct_name
from whydrift.core.explain.subject import Subject
from whydrift.core.model.paths import Path
from whydrift.core.model.values import Json, child, text

RBAC = "permissions add up"
ANY_MATCHES = "it holds when any item does"
ALL_MATCH = "it holds when all items do"
SET = "a set of names"
BY_KEY = "each item stands for itself, told apart by its key"

UNORDERED: dict[tuple[str, str], str] = {
    **{(kind, "rules"): RBAC for kind in ("Role", "ClusterRole")},
    **{(kind, "subjects"): RBAC for kind in ("RoleBinding", "ClusterRoleBinding")},
    **{("PolicyRule", f): SET for f in ("apiGroups", "resources", "verbs", "resourceNames", "nonResourceURLs")},
    ("AggregationRule", "clusterRoleSelectors"): ANY_MATCHES,
    ("NetworkPolicySpec", "policyTypes"): SET,
    ("NetworkPolicySpec", "ingress"): ANY_MATCHES,
    ("NetworkPolicySpec", "egress"): ANY_MATCHES,
    **{("NetworkPolicyIngressRule", f): ANY_MATCHES for f in ("from", "ports")},
    **{("NetworkPolicyEgressRule", f): ANY_MATCHES for f in ("to", "ports")},
    ("IPBlock", "except"): SET,
    ("LabelSelector", "matchExpressions"): ALL_MATCH,
    **{(kind, "values"): SET for kind in ("LabelSelectorRequirement", "NodeSelectorRequirement")},
    ("NodeSelector", "nodeSelectorTerms"): ANY_MATCHES,
    **{("NodeSelectorTerm", f): ALL_MATCH for f in ("matchExpressions", "matchFields")},
    **{
        (kind, "requiredDuringSchedulingIgnoredDuringExecution"): ALL_MATCH
        for kind in ("PodAffinity", "PodAntiAffinity")
    },
    ("PodAffinityTerm", "namespaces"): SET,
    ("PodSpec", "tolerations"): ANY_MATCHES,
    ("PodSpec", "volumes"): BY_KEY,
    ("PodSpec", "imagePullSecrets"): BY_KEY,
    ("PodSpec", "topologySpreadConstraints"): ALL_MATCH,
    ("PodSpec", "readinessGates"): ALL_MATCH,
    ("PodSpec", "hostAliases"): BY_KEY,
    ("PodSecurityContext", "supplementalGroups"): SET,
    ("PodSecurityContext", "sysctls"): BY_KEY,
    **{("Capabilities", f): SET for f in ("add", "drop")},
    **{("Container", f): BY_KEY for f in ("ports", "volumeMounts", "volumeDevices", "resizePolicy")},
    **{(f"{kind}VolumeSource", "items"): BY_KEY for kind in ("ConfigMap", "Secret", "DownwardAPI")},
    **{(f"{kind}Projection", "items"): BY_KEY for kind in ("ConfigMap", "Secret", "DownwardAPI")},
    **{("ServiceSpec", f): SET for f in ("externalIPs", "loadBalancerSourceRanges")},
    ("ServiceSpec", "ports"): BY_KEY,
    **{("ServiceAccount", f): BY_KEY for f in ("secrets", "imagePullSecrets")},
    ("IngressSpec", "tls"): BY_KEY,
    ("IngressTLS", "hosts"): SET,
    **{(kind, "accessModes"): SET for kind in ("PersistentVolumeClaimSpec", "PersistentVolumeSpec")},
    ("HorizontalPodAutoscalerSpec", "metrics"): "the largest proposal counts",
    ("ResourceQuotaSpec", "scopes"): SET,
    ("ScopeSelector", "matchExpressions"): ALL_MATCH,
    ("ScopedResourceSelectorRequirement", "values"): SET,
    ("LimitRangeSpec", "limits"): BY_KEY,
    ("ObjectMeta", "finalizers"): SET,
    ("ObjectMeta", "ownerReferences"): BY_KEY,
    ("ValidatingWebhookConfiguration", "webhooks"): "validating webhooks are called at once",
    **{(kind, "rules"): ANY_MATCHES for kind in ("ValidatingWebhook", "MutatingWebhook")},
    **{
        (kind, f): SET
        for kind in ("RuleWithOperations", "NamedRuleWithOperations")
        for f in ("apiGroups", "apiVersions", "operations", "resources")
    },
    ("NamedRuleWithOperations", "resourceNames"): SET,
    ("MatchResources", "resourceRules"): ANY_MATCHES,
    ("MatchResources", "excludeResourceRules"): ANY_MATCHES,
    ("EndpointSlice", "endpoints"): BY_KEY,
    ("EndpointSlice", "ports"): BY_KEY,
}
"""By Go struct and field. Left out because their order counts: containers and initContainers (start order), args,
command, envFrom (the later wins), projected sources, Ingress rules and paths, DNS servers, IP families, preferences."""
CUSTOM: dict[tuple[str, str], tuple[str, ...]] = {
    ("cert-manager.io", "Certificate"): (
        "spec/dnsNames", "spec/ipAddresses", "spec/uris", "spec/emailAddresses", "spec/usages",
    ),
    ("external-secrets.io", "ExternalSecret"): ("spec/data",),
    ("gateway.networking.k8s.io", "HTTPRoute"): ("spec/hostnames", "spec/parentRefs"),
    ("gateway.networking.k8s.io", "GRPCRoute"): ("spec/hostnames", "spec/parentRefs"),
    ("gateway.networking.k8s.io", "Gateway"): ("spec/listeners",),
    ("monitoring.coreos.com", "PrometheusRule"): ("spec/groups",),
    ("postgresql.cnpg.io", "Cluster"): ("spec/managed/roles",),
    ("security.istio.io", "AuthorizationPolicy"): ("spec/rules",),
    **{("cilium.io", f"Cilium{wide}NetworkPolicy"): ("spec/ingress", "spec/egress") for wide in ("", "Clusterwide")},
    ("argoproj.io", "Application"): ("spec/syncPolicy/syncOptions",),
    ("argoproj.io", "AppProject"): ("spec/sourceRepos", "spec/destinations"),
    ("apiextensions.k8s.io", "CustomResourceDefinition"): ("spec/names/shortNames", "spec/names/categories"),
}  # fmt: skip
"""Lists of custom resources that their controllers read as sets or by key."""
REFERENCE = re.compile(r"\$\(([^()]+)\)")


def means_nothing(subject: Subject, path: Path, git: list[Json], live: list[Json]) -> str:
    """Why the order of a list means nothing, "" where it may mean something."""
    if path[-1] == "env" and _named(git):
        return "" if _references_moved(git, live) else "no variable refers to one that moved past it"
    place = place_of(subject.object.target, path, subject.knowledge.types)
    if isinstance(place, Place):
        return UNORDERED.get((struct_name(place), str(path[-1])), "")
    return _custom(subject, path)


def _custom(subject: Subject, path: Path) -> str:
    listed = CUSTOM.get((subject.key.group, subject.key.kind), ())
    if "/".join(map(str, path)) in listed:
        return f"{subject.key.kind} objects are read so that the order does not count"
    if subject.key.kind == "CustomResourceDefinition" and path[-1] in ("required", "enum"):
        return SET
    schema = subject.schema.at(path) if subject.schema is not None else None
    return "the schema calls it a set" if schema is not None and schema.list_type == "set" else ""


def _named(env: list[Json]) -> bool:
    """Whether all items have names of their own; of two variables of one name the later one counts."""
    names = [text(item, "name") for item in env]
    return bool(env) and all(names) and len(set(names)) == len(names)


def _references_moved(git: list[Json], live: list[Json]) -> bool:
    """Whether `$(NAME)` sees another variable than before, because its definition moved to its other side.

    Asked of the variables that both sides have: what one side has more is a difference of its own.
    """
    stated, found = _visible(git), _visible(live)
    return any(stated[name] != found[name] for name in stated.keys() & found.keys())


def _visible(env: list[Json]) -> dict[str, tuple[str, ...]]:
    """For each variable the references in its value that are defined before it: only those are expanded."""
    seen: set[str] = set()
    found: dict[str, tuple[str, ...]] = {}
    for item in env:
        value = child(item, "value")
        names = REFERENCE.findall(value) if isinstance(value, str) else []
        found[text(item, "name")] = tuple(name for name in names if name in seen)
        seen.add(text(item, "name"))
    return found
