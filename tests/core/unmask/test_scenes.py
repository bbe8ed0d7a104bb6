"""Situations of one pod each: what is broken, why, since when and where in git; and what must not be reported."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TypedDict

import pytest

from tests.from_yaml import from_yaml
from whydrift.core.model.application import Application
from whydrift.core.model.git_files import GitFiles
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.snapshot import ObjectSnapshot, States
from whydrift.core.model.trouble import ContainerLog, Trouble
from whydrift.core.model.values import Json, JsonObject, mapping
from whydrift.core.unmask.scene import Scene
from whydrift.core.unmask.troubles import troubles_of

NOW = "2026-11-22T08:00:00Z"
KEY = ObjectKey("apps", "Deployment", "shop", "web")


class Situation(TypedDict, total=False):
    """One situation as scenes.yaml states it."""

    name: str
    git: dict[str, str]
    path: str
    live: JsonObject
    status: JsonObject
    events: list[dict[str, str]]
    current: str
    previous: str
    init: bool
    deleted: bool
    phase: str
    owner: str
    unready: str
    expect: list[JsonObject]


SITUATIONS: list[Situation] = from_yaml(Path(__file__).with_name("scenes.yaml").read_text())


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda s: s["name"])
def test_what_is_broken(situation: Situation) -> None:
    """Each situation gives exactly the troubles that it names, and an empty one none."""
    found = troubles_of(scene_of(situation))
    assert len(found) == len(situation["expect"]), found
    for trouble, wanted in zip(found, situation["expect"], strict=True):
        said = told(trouble)
        assert {key: said[key] for key in wanted if key != "line"} == {k: v for k, v in wanted.items() if k != "line"}
        line = wanted.get("line")
        assert line is None or (
            isinstance(line, str) and line in trouble.why.line and bool(line) == bool(trouble.why.line)
        )


def told(trouble: Trouble) -> Mapping[str, Json]:
    """A trouble in the words of a situation."""
    return {
        "state": trouble.state,
        "category": trouble.category.value,
        "source": trouble.origin.source,
        "since": trouble.since,
        "restarts": trouble.restarts,
        "exit": trouble.exit,
    }


def scene_of(situation: Situation) -> Scene:
    """A Deployment with one pod of one container."""
    live = situation.get("live") or from_yaml(situation["git"]["manifests/web.yaml"])
    path = situation.get("path", "manifests")
    status: JsonObject = {"resources": [{"group": "apps", "kind": "Deployment", "namespace": "shop", "name": "web"}]}
    source: Json = {"repoURL": "r", "path": path}
    application = Application({"metadata": {"name": "shop"}, "spec": {"source": source}, "status": status})
    written = ContainerLog(situation.get("current", ""), situation.get("previous", ""))
    return Scene(
        application=application,
        objects=(ObjectSnapshot(key=KEY, load=lambda: States(target=live, live=live)),),
        pods=(pod_of(situation, live),),
        events=tuple(event_of(event) for event in situation.get("events", [])),
        logs={} if situation.get("unread") else {("shop", "web-1-a", "web"): written},
        git=GitFiles(situation["git"], (path,)),
        read_at=NOW,
    )


def pod_of(situation: Situation, live: JsonObject) -> JsonObject:
    """The pod, two days old."""
    owner = situation.get("owner", "web")
    deleted: JsonObject = {"deletionTimestamp": NOW} if situation.get("deleted") else {}
    metadata: JsonObject = {
        "name": "web-1-a",
        "namespace": "shop",
        "creationTimestamp": "2026-11-20T08:00:00Z",
        "labels": {"pod-template-hash": "1"},
        "ownerReferences": [{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": f"{owner}-1"}],
    }
    field = "initContainerStatuses" if situation.get("init") else "containerStatuses"
    unready = situation.get("unready", "2026-11-20T08:00:00Z")
    return {
        "kind": "Pod",
        "metadata": {**metadata, **deleted},
        "spec": mapping(live, "spec", "template", "spec"),
        "status": {
            "phase": situation.get("phase", "Running"),
            "startTime": "2026-11-20T08:00:00Z",
            "conditions": [{"type": "Ready", "status": "False", "lastTransitionTime": unready}],
            field: [{"name": "web", "ready": False, **situation["status"]}],
        },
    }


def event_of(event: dict[str, str]) -> JsonObject:
    """A warning of the kubelet about the container (or the pod)."""
    container = event.get("container", "web")
    about: JsonObject = {
        "kind": "Pod",
        "name": "web-1-a",
        "fieldPath": f"spec.containers{{{container}}}" if container else "",
    }
    times: JsonObject = {"firstTimestamp": event["first"], "lastTimestamp": NOW}
    return {"type": "Warning", "reason": event["reason"], "message": event["message"], "involvedObject": about, **times}
