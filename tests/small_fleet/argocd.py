"""Argo CD over a store: Applications with a comparison that knows missing, left behind and modified objects."""

from __future__ import annotations

import copy
import json
from typing import Any

from tests.small_fleet.store import Answer, Object, Store

TRACKING = "argocd.argoproj.io/tracking-id"
NAMESPACE = "argocd"
REVISION = "a" * 40


def refused(code: int, message: str) -> Answer:
    """A refusal as Argo CD's gateway writes it."""
    return code, {"error": message, "message": message, "code": 7 if code == 403 else 2}


class Argocd:
    """Applications live in the store, as objects; `targets` is what git renders for each."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.targets: dict[str, list[Object]] = {}
        self.sees_all = True
        self.syncs = 0
        self.ends = ("Succeeded", "")
        """Phase and message of operations."""
        self.refreshes = 0
        self.health: dict[str, str] = {}
        """Health by `Kind/name`; `Application/NAME` is the application's own. Healthy where nothing is said."""
        self.sick_without: dict[str, str] = {}
        """What turns sick (`Kind/name`) once an object (`Kind/name`) is gone."""
        self.sickness = "Degraded"

    def add(self, name: str, targets: list[Object], **spec: Any) -> None:
        """An Application of one source; its objects are those that carry its tracking id."""
        source = {"repoURL": "https://git.example.com/apps.git", "path": name, "targetRevision": "main"}
        destination = {"server": "https://kubernetes.default.svc", "namespace": "shop"}
        self.targets[name] = targets
        self.store.put(
            {
                "apiVersion": "argoproj.io/v1alpha1",
                "kind": "Application",
                "metadata": {"name": name, "namespace": NAMESPACE},
                "spec": {"project": "default", "source": source, "destination": destination, **spec},
                "status": {"operationState": {}},
            }
        )

    def _stored(self, name: str) -> Object | None:
        return self.store.objects.get(f"/apis/argoproj.io/v1alpha1/namespaces/{NAMESPACE}/applications/{name}")

    def application(self, name: str) -> Answer:
        """One Application with its status."""
        with self.store.lock:
            stored = self._stored(name)
            if stored is None:
                return refused(403, "permission denied")
            found = copy.deepcopy(stored)
            rows = [self._row(name, target, live) for target, live in self._pairs(name)]
            red = any(row["status"] == "OutOfSync" for row in rows)
            source = found["spec"]["source"]
            found["status"] = {
                **found["status"],
                "controllerNamespace": NAMESPACE,
                "reconciledAt": f"2026-11-01T09:00:{self.refreshes:02}Z",
                "resources": rows,
                "health": {"status": self.health_of(f"Application/{name}")},
                "sync": {
                    "status": "OutOfSync" if red else "Synced",
                    "revision": REVISION,
                    "comparedTo": {"source": source, "destination": found["spec"]["destination"]},
                },
            }
            return 200, found

    def health_of(self, name: str) -> str:
        """Argo CD's word on an object or an application."""
        for missing, sick in self.sick_without.items():
            kind, _, of = missing.partition("/")
            there = any(o["kind"] == kind and o["metadata"]["name"] == of for o in self.store.objects.values())
            if sick == name and not there:
                return self.sickness
        return self.health.get(name, "Healthy")

    def applications(self) -> Answer:
        """All of them."""
        return 200, {"metadata": {}, "items": [self.application(name)[1] for name in self.targets]}

    def _pairs(self, name: str) -> list[tuple[Object | None, Object | None]]:
        """Target and live of every object that git has, or that carries the application's id."""
        pairs: list[tuple[Object | None, Object | None]] = []
        claimed = set()
        for target in self.targets[name]:
            path = self.store.path_of(target)
            claimed.add(path)
            pairs.append((target, self.store.objects.get(path)))
        for path, live in sorted(self.store.objects.items()):
            tracked = live["metadata"].get("annotations", {}).get(TRACKING, "").startswith(f"{name}:")
            if tracked and path not in claimed and not live["metadata"].get("ownerReferences"):
                pairs.append((None, live))
        return pairs

    def _row(self, name: str, target: Object | None, live: Object | None) -> Object:
        obj = target or live
        assert obj is not None
        version = obj["apiVersion"]
        same = target is not None and live is not None and _contained(target, live)
        row = {
            "version": version.rpartition("/")[2],
            "kind": obj["kind"],
            "name": obj["metadata"]["name"],
            "status": "Synced" if same else "OutOfSync",
            **({"group": version.rpartition("/")[0]} if "/" in version else {}),
            **({"namespace": obj["metadata"]["namespace"]} if "namespace" in obj["metadata"] else {}),
        }
        return {**row, **({"requiresPruning": True} if target is None else {})}

    def managed_resources(self, name: str) -> Answer:
        """Both sides of every object, Secrets masked."""
        items: list[Object] = []
        for target, live in self._pairs(name):
            row = self._row(name, target, live)
            states: Object = {
                "targetState": _stated(target),
                "liveState": _stated(live),
                "normalizedLiveState": _stated(live),
                "predictedLiveState": _stated(_over(live or {}, target) if target else None),
            }
            about: Object = {key: row[key] for key in ("group", "kind", "namespace", "name") if key in row}
            version = live["metadata"]["resourceVersion"] if live is not None else ""
            items.append({**about, **states, "resourceVersion": version})
        return 200, {"items": items}

    def resource_tree(self, name: str) -> Answer:
        """The live objects of an application with their health."""
        nodes = []
        for _, live in self._pairs(name):
            if live is None:
                continue
            metadata, version = live["metadata"], live["apiVersion"]
            nodes.append(
                {
                    "version": version.rpartition("/")[2],
                    "kind": live["kind"],
                    "name": metadata["name"],
                    "uid": metadata["uid"],
                    "health": {"status": self.health_of(f"{live['kind']}/{metadata['name']}")},
                    **({"group": version.rpartition("/")[0]} if "/" in version else {}),
                    **({"namespace": metadata["namespace"]} if "namespace" in metadata else {}),
                }
            )
        return 200, {"nodes": nodes}

    def patch(self, name: str, body: Object) -> Answer:
        """A JSON patch with its tests (server/application/application.go, Patch)."""
        with self.store.lock:
            stored = self._stored(name)
            if stored is None:
                return refused(403, "permission denied")
            found = copy.deepcopy(stored)
            for operation in json.loads(body["patch"]):
                if not _patched(found, operation):
                    return refused(400, "error applying patch: testing value failed")
            found["metadata"].pop("resourceVersion")
            self.store.put(found)
            return self.application(name)

    def sync(self, name: str, body: Object) -> Answer:
        """Apply what git has, or the named objects of it; the operation is over at once."""
        with self.store.lock:
            stored = self._stored(name)
            if stored is None:
                return refused(403, "permission denied")
            self.syncs += 1
            chosen = {(r["kind"], r["name"]) for r in body.get("resources", [])}
            for target in self.targets[name]:
                if not chosen or (target["kind"], target["metadata"]["name"]) in chosen:
                    live = self.store.objects.get(self.store.path_of(target), {})
                    self.store.put(_over(live, target))
            operation = {"sync": {"revision": body.get("revision", REVISION)}, "info": body.get("infos", [])}
            stored["status"]["operationState"] = {
                "operation": operation,
                "phase": self.ends[0],
                "message": self.ends[1],
                "startedAt": f"2026-11-01T10:00:{self.syncs:02}Z",
                "finishedAt": f"2026-11-01T10:00:{self.syncs:02}Z",
            }
            self.store.put(stored)
            return self.application(name)


def _stated(obj: Object | None) -> str:
    if obj is None:
        return "null"
    if obj["kind"] == "Secret":
        obj = {**obj, "data": dict.fromkeys(obj.get("data", {}), "++++++++")}
    return json.dumps(obj)


def _contained(part: Any, whole: Any) -> bool:
    """Whether everything that one side states is on the other."""
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(key in whole and _contained(v, whole[key]) for key, v in part.items())
    return bool(part == whole)


def _over(live: Any, target: Any) -> Any:
    if isinstance(live, dict) and isinstance(target, dict):
        return {**live, **{key: _over(live.get(key), value) for key, value in target.items()}}
    return copy.deepcopy(target)


def _patched(document: Object, operation: Object) -> bool:
    """One operation of RFC 6902; False where a test fails."""
    *parents, last = [part.replace("~1", "/").replace("~0", "~") for part in operation["path"].split("/")[1:]]
    place: Any = document
    for key in parents:
        place = place[key]
    match operation["op"]:
        case "test":
            return bool(place.get(last) == operation["value"])
        case "remove":
            del place[last]
        case _:
            place[last] = operation["value"]
    return True
