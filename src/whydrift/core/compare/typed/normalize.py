"""What Argo CD changes in single kinds before it compares them (gitops-engine/pkg/diff/diff.go :: Normalize)."""

from __future__ import annotations

import base64

from whydrift.core.compare.typed.endpoints import sorted_subsets
from whydrift.core.compare.typed.scalars import bytes_text
from whydrift.core.model.values import Json, JsonObject, mapping, text


def normalize(obj: JsonObject, *, ignore_aggregated_roles: bool = False) -> JsonObject:
    """The object without its creation time; Secrets, Roles and Endpoints in the form in which Argo CD compares them."""
    result, metadata = obj, obj.get("metadata")
    if isinstance(metadata, dict):
        kept: JsonObject = {key: value for key, value in metadata.items() if key != "creationTimestamp"}
        result = obj | {"metadata": kept}
    group = text(obj, "apiVersion").rpartition("/")[0]
    match group, text(obj, "kind"):
        case "", "Secret":
            return _secret(result)
        case "", "Endpoints":
            return _endpoints(result)
        case ("rbac.authorization.k8s.io", "Role" | "ClusterRole"):
            return _role(result, ignore_aggregated_roles=ignore_aggregated_roles)
    return result


def _secret(obj: JsonObject) -> JsonObject:
    """stringData moved into data, data in canonical base64 with "" for null (NormalizeSecret)."""
    plain = obj.get("stringData")
    if isinstance(plain, dict):
        encoded: JsonObject = {key: _base64(value) for key, value in plain.items()}
        obj = {key: value for key, value in obj.items() if key != "stringData"} | {
            "data": mapping(obj, "data") | encoded
        }
    data = obj.get("data")
    if not isinstance(data, dict) or not _decodes(obj):
        return obj
    canonical: JsonObject = {key: bytes_text(value) if isinstance(value, str) else "" for key, value in data.items()}
    # An empty map is encoded to nothing, and that nothing is then set as null.
    return obj | {"data": canonical or None}


def _base64(value: Json) -> Json:
    return base64.b64encode(value.encode()).decode() if isinstance(value, str) else value


def _decodes(secret: JsonObject) -> bool:
    """Whether the converter takes the object for a Secret; one that it does not take stays as it is."""
    data, metadata = mapping(secret, "data"), secret.get("metadata")
    texts = [secret.get("type"), *mapping(metadata, "labels").values(), *mapping(metadata, "annotations").values()]
    return (
        all(value is None or (isinstance(value, str) and bytes_text(value) is not None) for value in data.values())
        and all(value is None or isinstance(value, str) for value in texts)
        and isinstance(secret.get("immutable"), bool | None)
        and isinstance(metadata, dict | None)
        and isinstance(secret.get("stringData"), dict | None)
    )


def _role(obj: JsonObject, *, ignore_aggregated_roles: bool) -> JsonObject:
    """No rules where they are an empty list, or where others aggregate them and the option says so (normalizeRole)."""
    if ignore_aggregated_roles and isinstance(obj.get("aggregationRule"), dict):
        return obj | {"rules": None}
    return obj | {"rules": None} if obj.get("rules") == [] else obj


def _endpoints(obj: JsonObject) -> JsonObject:
    """Subsets with a protocol for each port, in a fixed order (normalizeEndpoint)."""
    subsets = obj.get("subsets")
    return obj | {"subsets": sorted_subsets(subsets)} if isinstance(subsets, list) and subsets else obj
