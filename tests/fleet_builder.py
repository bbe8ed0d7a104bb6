"""Recordings out of Python values: a small, valid fleet that tests bend."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from whydrift.core.model.values import Json, JsonObject

LIST = "argocd/api/v1/applications.json"
APPLICATION = "argocd/api/v1/applications/{name}.json"
MANAGED = "argocd/api/v1/applications/{name}/managed-resources.json"
SAFE = "-._~!$&'()+,;=:@"


def deployment(name: str = "web", namespace: str = "shop", replicas: int = 3, **spec: Json) -> JsonObject:
    """A Deployment with one container."""
    labels: JsonObject = {"app": name}
    container: JsonObject = {"name": "web", "image": "example.com/web:1.0"}
    template: JsonObject = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"replicas": replicas, "selector": {"matchLabels": labels}, "template": template, **spec},
    }


def config_map(name: str = "config", namespace: str = "shop", **data: Json) -> JsonObject:
    """A ConfigMap."""
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": namespace}, "data": data}


@dataclass
class App:
    """An application: pairs of (target, live) objects; equal ones are Synced."""

    name: str = "shop"
    pairs: list[tuple[JsonObject | None, JsonObject | None]] = field(default_factory=list)
    metadata: JsonObject = field(default_factory=dict)
    spec: JsonObject = field(default_factory=dict)
    status: JsonObject = field(default_factory=dict)

    def resource(self) -> JsonObject:
        """The Application as Argo CD lists it."""
        rows: list[Json] = [_row(target, live) for target, live in self.pairs]
        red = any(target != live for target, live in self.pairs)
        source: JsonObject = {
            "repoURL": "https://git.example.com/apps.git",
            "path": self.name,
            "targetRevision": "main",
        }
        destination: JsonObject = {"server": "https://kubernetes.default.svc", "namespace": "shop"}
        return {
            "apiVersion": "argoproj.io/v1alpha1",
            "kind": "Application",
            "metadata": {"name": self.name, "namespace": "argocd", **self.metadata},
            "spec": {"project": "default", "source": source, "destination": destination, **self.spec},
            "status": {
                "sync": {"status": "OutOfSync" if red else "Synced", "revision": "a" * 40},
                "health": {"status": "Healthy"},
                "reconciledAt": "2026-11-20T10:00:00Z",
                "controllerNamespace": "argocd",
                "resources": rows,
                **self.status,
            },
        }

    def managed(self) -> JsonObject:
        """The answer of `/managed-resources`."""
        return {"items": [_item(target, live) for target, live in self.pairs]}


def _identity(obj: JsonObject) -> JsonObject:
    metadata, version = obj["metadata"], str(obj["apiVersion"])
    assert isinstance(metadata, dict)
    names: JsonObject = {"name": metadata.get("name", ""), "namespace": metadata.get("namespace", "")}
    return {"group": version.rpartition("/")[0], "kind": obj["kind"], **names}


def _row(target: JsonObject | None, live: JsonObject | None) -> JsonObject:
    identity = _identity(target or live or {})
    return {**identity, "version": "v1", "status": "Synced" if target == live else "OutOfSync"}


def _item(target: JsonObject | None, live: JsonObject | None) -> JsonObject:
    states = {"targetState": target, "liveState": live, "normalizedLiveState": live, "predictedLiveState": target}
    spelled: JsonObject = {key: json.dumps(state) if state else "null" for key, state in states.items()}
    return {**_identity(target or live or {}), **spelled}


@dataclass
class Fleet:
    """A recording: what `files` adds, replaces (bytes, or JSON) or removes (None) comes last."""

    apps: list[App] = field(default_factory=list)
    files: Mapping[str, bytes | Json] = field(default_factory=dict)

    def content(self) -> dict[str, bytes]:
        """Every file of the recording, by its name."""
        listed: list[Json] = [app.resource() for app in self.apps]
        made: dict[str, Json | bytes] = {
            LIST: {"metadata": {"resourceVersion": "1"}, "items": listed},
            "argocd/api/v1/account/can-i/applications/get/%2A.json": {"value": "yes"},
            "argocd/api/version.json": {"Version": "v3.2.1"},
            "argocd/api/v1/settings.json": {"trackingMethod": "annotation"},
            "argocd/api/v1/projects.json": {"items": [{"metadata": {"name": "default"}, "spec": {}}]},
        }
        for app in self.apps:
            made[APPLICATION.format(name=quote(app.name, SAFE))] = app.resource()
            made[MANAGED.format(name=quote(app.name, SAFE))] = app.managed()
        made.update(self.files)
        return {name: _bytes(value) for name, value in made.items() if value is not None}

    def folder(self, place: Path) -> Path:
        """Write it as a folder."""
        for name, content in self.content().items():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            (place / name).write_bytes(content)
        return place

    def zip(self, place: Path) -> Path:
        """Write it as a .zip."""
        with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in self.content().items():
                archive.writestr(name, content)
        return place


def _bytes(value: Json | bytes) -> bytes:
    return value if isinstance(value, bytes) else json.dumps(value).encode()


def scaled() -> App:
    """An application whose Deployment was scaled in the cluster."""
    return App("shop", [(deployment(), deployment(replicas=5)), (config_map(a="1"), config_map(a="1"))])


def clean() -> App:
    """An application that is Synced."""
    return App("calm", [(config_map(a="1"), config_map(a="1"))])


def changed(value: JsonObject, path: str, new: Json) -> JsonObject:
    """A copy with one value replaced; `path` is joined by slashes."""
    copy = deepcopy(value)
    *parents, last = path.split("/")
    place: Json = copy
    for key in parents:
        assert isinstance(place, dict)
        place = place[key]
    assert isinstance(place, dict)
    place[last] = new
    return copy
