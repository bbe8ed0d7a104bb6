"""Objects of a cluster by path, with the semantics of an API server as far as writes need them."""

from __future__ import annotations

import copy
import itertools
import threading
from typing import Any

Object = dict[str, Any]
Answer = tuple[int, Object]
CREATED = "2026-11-01T09:00:00Z"

KINDS: dict[str, list[tuple[str, str, bool]]] = {
    "v1": [
        ("configmaps", "ConfigMap", True),
        ("secrets", "Secret", True),
        ("services", "Service", True),
        ("serviceaccounts", "ServiceAccount", True),
        ("pods", "Pod", True),
        ("events", "Event", True),
        ("endpoints", "Endpoints", True),
        ("limitranges", "LimitRange", True),
        ("resourcequotas", "ResourceQuota", True),
        ("persistentvolumeclaims", "PersistentVolumeClaim", True),
        ("namespaces", "Namespace", False),
    ],
    "apps/v1": [
        ("deployments", "Deployment", True),
        ("replicasets", "ReplicaSet", True),
        ("statefulsets", "StatefulSet", True),
        ("daemonsets", "DaemonSet", True),
    ],
    "batch/v1": [("jobs", "Job", True), ("cronjobs", "CronJob", True)],
    "networking.k8s.io/v1": [("ingresses", "Ingress", True), ("networkpolicies", "NetworkPolicy", True)],
    "rbac.authorization.k8s.io/v1": [
        ("roles", "Role", True),
        ("rolebindings", "RoleBinding", True),
        ("clusterroles", "ClusterRole", False),
        ("clusterrolebindings", "ClusterRoleBinding", False),
    ],
    "argoproj.io/v1alpha1": [("applications", "Application", True), ("appprojects", "AppProject", True)],
}
"""Version → (plural, kind, whether it is namespaced)."""


def status(code: int, reason: str, message: str) -> Answer:
    """A refusal as an API server writes it."""
    kind = {"kind": "Status", "apiVersion": "v1", "status": "Failure"}
    return code, {**kind, "reason": reason, "message": message, "code": code}


class Store:
    """Objects by their URL path. Every write makes a new resourceVersion."""

    def __init__(self) -> None:
        self.objects: dict[str, Object] = {}
        self.lock = threading.RLock()
        self.refuses: dict[str, str] = {}
        """Kinds whose create a webhook refuses, each with its message."""
        self.recreated: set[str] = set()
        """Paths of objects that somebody creates again as soon as they are gone."""
        self._numbers = itertools.count(1)

    def list_path(self, version: str, kind: str, namespace: str) -> str:
        """Where objects of a kind are created and listed."""
        plural, namespaced = next((p, n) for p, k, n in KINDS[version] if k == kind)
        group = f"/apis/{version}" if "/" in version else f"/api/{version}"
        return f"{group}/namespaces/{namespace}/{plural}" if namespaced else f"{group}/{plural}"

    def path_of(self, obj: Object) -> str:
        """The path of an object."""
        metadata = obj["metadata"]
        listed = self.list_path(obj["apiVersion"], obj["kind"], metadata.get("namespace", ""))
        return f"{listed}/{metadata['name']}"

    def put(self, obj: Object) -> Object:
        """Put an object there as it is, with a new uid where there was none."""
        with self.lock:
            kept = copy.deepcopy(obj)
            path = self.path_of(kept)
            before = self.objects.get(path)
            uid = before["metadata"]["uid"] if before else f"uid-{next(self._numbers)}"
            kept["metadata"].setdefault("uid", uid)
            kept["metadata"].setdefault("creationTimestamp", CREATED)
            kept["metadata"]["resourceVersion"] = str(next(self._numbers))
            self.objects[path] = kept
            return kept

    def get(self, path: str) -> Answer:
        """One object, or a list of a kind, in one namespace or in all."""
        with self.lock:
            if path in self.objects:
                return 200, copy.deepcopy(self.objects[path])
            kind = self._listed(path)
            if kind is not None:
                plural = path.rpartition("/")[2]
                found = [obj for at, obj in sorted(self.objects.items()) if _is_in(at, path, plural)]
                return 200, {"kind": f"{kind}List", "apiVersion": "v1", "metadata": {}, "items": copy.deepcopy(found)}
            return status(404, "NotFound", f"{path} not found")

    def _listed(self, path: str) -> str | None:
        parts = path.strip("/").split("/")
        version = parts[1] if parts[0] == "api" else "/".join(parts[1:3])
        rest = parts[2:] if parts[0] == "api" else parts[3:]
        plural = rest[2] if len(rest) == 3 and rest[0] == "namespaces" else rest[0] if len(rest) == 1 else ""
        return next((kind for p, kind, _ in KINDS.get(version, []) if p == plural), None)

    def create(self, path: str, body: Object, dry: bool) -> Answer:
        """Create an object; a dry run stores nothing."""
        with self.lock:
            kind, metadata = body["kind"], body["metadata"]
            if kind in self.refuses:
                return status(400, "BadRequest", self.refuses[kind])
            for own in ("resourceVersion", "uid"):
                if own in metadata:
                    return status(422, "Invalid", f"metadata.{own}: must not be set on objects to be created")
            if f"{path}/{metadata['name']}" in self.objects:
                return status(409, "AlreadyExists", f"{metadata['name']} already exists")
            return (201, body) if dry else (201, copy.deepcopy(self.put(body)))

    def patch(self, path: str, body: Object) -> Answer:
        """A JSON merge patch, with the preconditions that its metadata states."""
        with self.lock:
            if path not in self.objects:
                return status(404, "NotFound", f"{path} not found")
            obj = self.objects[path]
            stated = body.get("metadata", {})
            for own in ("uid", "resourceVersion"):
                if own in stated and stated[own] != obj["metadata"][own]:
                    return status(409, "Conflict", "the object has been modified")
            kept = self.put(merged(obj, body))
            if "deletionTimestamp" in kept["metadata"] and not kept["metadata"].get("finalizers"):
                del self.objects[path]  # its last finalizer is gone
            return 200, copy.deepcopy(kept)

    def delete(self, path: str, options: Object) -> Answer:
        """Delete an object, or mark it where a finalizer holds it."""
        with self.lock:
            if path not in self.objects:
                return status(404, "NotFound", f"{path} not found")
            obj = self.objects[path]
            for own, wanted in options.get("preconditions", {}).items():
                if obj["metadata"][own] != wanted:
                    return status(409, "Conflict", f"the {own} in the precondition does not match")
            if obj["metadata"].get("finalizers"):
                obj["metadata"].setdefault("deletionTimestamp", CREATED)
                return 200, copy.deepcopy(self.put(obj))
            del self.objects[path]
            self._collect(obj["metadata"]["uid"])
            if path in self.recreated:
                self.put({**obj, "metadata": {k: v for k, v in obj["metadata"].items() if k != "uid"}})
            return 200, {"kind": "Status", "apiVersion": "v1", "status": "Success"}

    def _collect(self, uid: str) -> None:
        """What an object owned goes with it."""
        for path, obj in list(self.objects.items()):
            owners = obj["metadata"].get("ownerReferences", [])
            if any(owner["uid"] == uid for owner in owners) and path in self.objects:
                del self.objects[path]
                self._collect(obj["metadata"]["uid"])


def _is_in(path: str, listed: str, plural: str) -> bool:
    """Whether an object's path belongs to a list, which may be one of all namespaces."""
    head, _, _ = path.rpartition("/")
    return head == listed or ("/namespaces/" not in listed and _without_namespace(head) == listed)


def _without_namespace(path: str) -> str:
    head, found, rest = path.partition("/namespaces/")
    return f"{head}/{rest.partition('/')[2]}" if found else path


def merged(obj: Any, patch: Any) -> Any:
    """RFC 7386."""
    if not isinstance(patch, dict):
        return patch
    result = dict(obj) if isinstance(obj, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value)
    return result
