"""What an AppProject permits: kinds, and the places of live objects.

Source: pkg/apis/application/v1alpha1/app_project_types.go :: IsGroupKindNamePermitted, isDestinationMatched.
Projects that permit only their own clusters are not looked at: that needs the cluster secrets.
"""

from __future__ import annotations

from fnmatch import fnmatchcase

from whydrift.core.compare.globs import glob_matches
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.values import Json, JsonObject, child, items, mapping, text


def permits_kind(project: JsonObject, key: ObjectKey, namespaced: bool) -> bool:
    """Whether a project lets its applications deploy this kind (cluster-scoped kinds also by name)."""
    spec = mapping(project, "spec")
    if namespaced:
        white = child(spec, "namespaceResourceWhitelist")
        listed = not isinstance(white, list) or _listed(white, key, named=False)
        return listed and not _listed(items(spec, "namespaceResourceBlacklist"), key, named=False)
    allowed = _listed(items(spec, "clusterResourceWhitelist"), key, named=True)
    return allowed and not _listed(items(spec, "clusterResourceBlacklist"), key, named=True)


def permits_live(project: JsonObject, key: ObjectKey, server: str, cluster: str) -> bool:
    """Whether a project lets its applications see a live object; `server` and `cluster` are URL and name."""
    if not permits_kind(project, key, bool(key.namespace)):
        return False
    return not key.namespace or permits_destination(project, server, cluster, key.namespace)


def permits_destination(project: JsonObject, server: str, cluster: str, namespace: str) -> bool:
    """Whether a project lets its applications deploy there; a pattern after `!` forbids."""
    permitted = False
    for item in items(project, "spec", "destinations"):
        patterns = (text(item, "server"), text(item, "name"), text(item, "namespace"))
        by_server = bool(server) and _matches(patterns[0], server)
        by_name = bool(cluster) and _matches(patterns[1], cluster)
        by_namespace = _matches(patterns[2], namespace)
        if (by_server or by_name) and by_namespace:
            permitted = True
        elif _is_denied(patterns, by_server, by_name, by_namespace):
            return False
    return permitted


def _is_denied(patterns: tuple[str, str, str], by_server: bool, by_name: bool, by_namespace: bool) -> bool:
    server, name, namespace = (pattern.startswith("!") for pattern in patterns)
    cluster_denied = (name and not by_name) or (server and not by_server and by_namespace)
    return cluster_denied or (namespace and not by_namespace and by_server)


def _matches(pattern: str, value: str) -> bool:
    if pattern.startswith("!"):
        return not glob_matches(pattern[1:], value)
    return pattern == "*" or glob_matches(pattern, value)


def _listed(entries: list[Json], key: ObjectKey, *, named: bool) -> bool:
    return any(
        _file_match(text(entry, "kind"), key.kind)
        and _file_match(text(entry, "group"), key.group)
        and (not named or not text(entry, "name") or _file_match(text(entry, "name"), key.name))
        for entry in entries
    )


def _file_match(pattern: str, value: str) -> bool:
    """Go's filepath.Match, as far as kinds, groups and names need it."""
    return fnmatchcase(value, pattern.replace("[^", "[!"))
