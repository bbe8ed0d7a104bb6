"""Defaults in the published CRDs of widely used operators: evidence where a cluster's own CRDs cannot be read.

Sources: the CRDs of external-secrets (v0.9 to v1.0), Gateway API (v1.0 to v1.4), prometheus-operator, CloudNativePG and
KEDA. A cluster may run another release, so that agreeing with this table is a coincidence, never a replay.
"""

from __future__ import annotations

from whydrift.core.model.paths import Path
from whydrift.core.model.values import ABSENT, Json, MaybeJson

_REFERENCE: dict[str, Json] = {"conversionStrategy": "Default", "decodingStrategy": "None", "metadataPolicy": "None"}
_SERVICE: dict[str, Json] = {"group": "", "kind": "Service"}
_PARENT: dict[str, Json] = {"group": "gateway.networking.k8s.io", "kind": "Gateway"}
_PREFIX: Json = {"type": "PathPrefix", "value": "/"}


def _below(place: str, defaults: dict[str, Json]) -> dict[str, Json]:
    return {f"{place}/{name}": value for name, value in defaults.items()}


_EXTERNAL_SECRET: dict[str, Json] = {
    "spec/refreshInterval": "1h",
    "spec/target": {"creationPolicy": "Owner", "deletionPolicy": "Retain"},
    **_below("spec/target", {"creationPolicy": "Owner", "deletionPolicy": "Retain"}),
    **_below("spec/target/template", {"engineVersion": "v2", "mergePolicy": "Replace"}),
    **_below("spec/data/*/remoteRef", _REFERENCE),
    **_below("spec/dataFrom/*/extract", _REFERENCE),
    **_below("spec/dataFrom/*/find", {"conversionStrategy": "Default", "decodingStrategy": "None"}),
}
_ROUTE: dict[str, Json] = {
    **_below("spec/parentRefs/*", _PARENT),
    **_below("spec/rules/*/backendRefs/*", {**_SERVICE, "weight": 1}),
    **_below("spec/rules/*/filters/*/requestMirror/backendRef", _SERVICE),
    "spec/rules/*/matches/*/headers/*/type": "Exact",
}
_HTTP_ROUTE: dict[str, Json] = {
    **_ROUTE,
    "spec/rules/*/matches": [{"path": _PREFIX}],
    "spec/rules/*/matches/*/path": _PREFIX,
    **_below("spec/rules/*/matches/*/path", {"type": "PathPrefix", "value": "/"}),
    "spec/rules/*/matches/*/queryParams/*/type": "Exact",
    "spec/rules/*/filters/*/requestRedirect/statusCode": 302,
}
_GATEWAY: dict[str, Json] = {
    "spec/listeners/*/allowedRoutes": {"namespaces": {"from": "Same"}},
    "spec/listeners/*/allowedRoutes/namespaces": {"from": "Same"},
    "spec/listeners/*/allowedRoutes/namespaces/from": "Same",
    "spec/listeners/*/allowedRoutes/kinds/*/group": "gateway.networking.k8s.io",
    "spec/listeners/*/tls/mode": "Terminate",
    **_below("spec/listeners/*/tls/certificateRefs/*", {"group": "", "kind": "Secret"}),
}
_MONITOR: dict[str, Json] = {
    f"spec/{endpoints}/*/{relabelings}/*/action": "replace"
    for endpoints in ("endpoints", "podMetricsEndpoints")
    for relabelings in ("relabelings", "metricRelabelings")
}
PUBLISHED: dict[tuple[str, str], dict[str, Json]] = {
    ("external-secrets.io", "ExternalSecret"): _EXTERNAL_SECRET,
    ("gateway.networking.k8s.io", "HTTPRoute"): _HTTP_ROUTE,
    ("gateway.networking.k8s.io", "GRPCRoute"): _ROUTE,
    ("gateway.networking.k8s.io", "Gateway"): _GATEWAY,
    ("monitoring.coreos.com", "ServiceMonitor"): _MONITOR,
    ("monitoring.coreos.com", "PodMonitor"): _MONITOR,
    ("postgresql.cnpg.io", "Cluster"): _below(
        "spec/managed/roles/*", {"ensure": "present", "inherit": True, "connectionLimit": -1}
    ),
    ("keda.sh", "ScaledObject"): {"spec/fallback/behavior": "static"},
}
"""By group and kind: the default at a path, `*` for any index."""


def published_default(group: str, kind: str, path: Path) -> MaybeJson:
    """The default that the published CRD of a kind has at a path, ABSENT where none is known."""
    generic = "/".join("*" if isinstance(step, int) else step for step in path)
    return PUBLISHED.get((group, kind), {}).get(generic, ABSENT)
