"""Services that match no pod: what must not be told of them, then what must."""

from __future__ import annotations

from dataclasses import replace

import pytest

from whydrift.core.model.application import Application
from whydrift.core.model.git_files import GitFiles
from whydrift.core.model.objects import key_of
from whydrift.core.model.snapshot import ObjectSnapshot, States
from whydrift.core.model.trouble import Category, Trouble
from whydrift.core.model.values import ABSENT, Json, JsonObject, MaybeJson, mapping
from whydrift.core.unmask.scene import Scene
from whydrift.core.unmask.troubles import troubles_of

NOW = "2026-11-22T08:00:00Z"
BEFORE = "2026-11-20T08:00:00Z"
WEB: JsonObject = {"app": "web", "tier": "front"}
OTHER: JsonObject = {"app": "web", "tier": "frontend"}


def _service(selector: JsonObject, name: str = "web", made: str = BEFORE, **spec: str) -> JsonObject:
    metadata: JsonObject = {"name": name, "namespace": "shop", "creationTimestamp": made}
    return {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": {"selector": selector, **spec}}


def _workload(labels: JsonObject, name: str = "web", replicas: int = 1, kind: str = "Deployment") -> JsonObject:
    template: JsonObject = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "a", "image": "a"}]}}
    metadata: JsonObject = {"name": name, "namespace": "shop", "creationTimestamp": BEFORE}
    spec: JsonObject = {"replicas": replicas, "template": template}
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": metadata, "spec": spec}


def _pod(labels: JsonObject, owner: str = "web", phase: str = "Running", namespace: str = "shop") -> JsonObject:
    return {
        "kind": "Pod",
        "metadata": {
            "name": f"{owner}-0",
            "namespace": namespace,
            "creationTimestamp": BEFORE,
            "labels": labels,
            "ownerReferences": [{"apiVersion": "apps/v1", "kind": "Deployment", "name": owner}],
        },
        "status": {"phase": phase, "containerStatuses": [{"name": "a", "ready": True, "state": {"running": {}}}]},
    }


def _scene(*pairs: tuple[JsonObject | None, JsonObject | None], pods: tuple[JsonObject, ...]) -> Scene:
    objects = tuple(_item(*pair) for pair in pairs)
    rows: list[Json] = [
        {"group": o.key.group, "kind": o.key.kind, "namespace": "shop", "name": o.key.name} for o in objects
    ]
    application = Application({"metadata": {"name": "shop"}, "spec": {}, "status": {"resources": rows}})
    return Scene(application, objects, pods=pods, read_at=NOW, pods_read=frozenset({"shop"}))


def _item(target: JsonObject | None, live: JsonObject | None) -> ObjectSnapshot:
    sides: tuple[MaybeJson, MaybeJson] = (target or ABSENT, live or ABSENT)
    return ObjectSnapshot(key=key_of(target or live), load=lambda: States(*sides))


def _same(obj: JsonObject) -> tuple[JsonObject, JsonObject]:
    return obj, obj


RUNS = _same(_workload(WEB))
TYPO = _scene(_same(_service(OTHER)), RUNS, pods=(_pod(WEB),))
QUIET: dict[str, Scene] = {
    "it matches": _scene(_same(_service({"app": "web"})), RUNS, pods=(_pod(WEB),)),
    "it matches a pod of somebody else": _scene(_same(_service(OTHER)), RUNS, pods=(_pod(WEB), _pod(OTHER, "x"))),
    "it matches a pod that is done": _scene(_same(_service(OTHER)), RUNS, pods=(_pod(WEB), _pod(OTHER, "x", "Failed"))),
    "it selects nothing": _scene(_same(_service({})), RUNS, pods=(_pod(WEB),)),
    "it is a name only": _scene(_same(_service(OTHER, type="ExternalName")), RUNS, pods=(_pod(WEB),)),
    "it is of another name, and nothing shows what it is for": _scene(
        _same(_service(OTHER, "api")), RUNS, pods=(_pod(WEB),)
    ),
    "its workload is at rest": _scene(_same(_service(WEB)), _same(_workload(WEB, replicas=0)), pods=()),
    "it is for another workload, which is at rest": _scene(
        _same(_service(OTHER)), RUNS, _same(_workload(OTHER, "calm", 0)), pods=(_pod(WEB),)
    ),
    "no pod runs": _scene(_same(_service(OTHER)), RUNS, pods=(_pod(WEB, phase="Pending"),)),
    "it is new": _scene(_same(_service(OTHER, made="2026-11-22T07:55:00Z")), RUNS, pods=(_pod(WEB),)),
    "a controller moves it": _scene(
        _same(_service({"app": "web", "rollouts-pod-template-hash": "1"})), RUNS, pods=(_pod(WEB),)
    ),
    "it asks for a label that those pods never had": _scene(
        _same(_service({"app": "web", "role": "primary"})), RUNS, pods=(_pod(WEB),)
    ),
    "not all pods were read": replace(TYPO, pods_read=frozenset()),
    "pods were not read": replace(TYPO, pods=None, pods_read=frozenset()),
    "it is not there": _scene((_service(OTHER), None), RUNS, pods=(_pod(WEB),)),
}


def _told(scene: Scene) -> list[Trouble]:
    return [trouble for trouble in troubles_of(scene) if trouble.key.kind == "Service"]


@pytest.mark.parametrize("why", QUIET)
def test_nothing_is_told_where(why: str) -> None:
    assert _told(QUIET[why]) == []


def test_a_selector_that_misses_the_pods_of_its_own_name_is_told() -> None:
    (trouble,) = _told(TYPO)
    assert (trouble.state, trouble.category, trouble.since) == ("NoPods", Category.CONFIG_INVALID, BEFORE)
    assert "app=web, tier=frontend" in trouble.why.line and "have tier=front" in trouble.why.line


def test_a_selector_that_arrived_before_its_pods_is_told() -> None:
    """A failing sync is partial: the Service has the new label, the workload could not be changed (measured.md 50)."""
    new: JsonObject = {"app": "shop-front"}
    scene = _scene(_same(_service(new, "front")), (_workload(new), _workload(WEB)), pods=(_pod(WEB),))
    (trouble,) = _told(scene)
    assert "git's Deployment web has these labels" in trouble.why.line


def test_a_selector_that_somebody_changed_is_told() -> None:
    scene = _scene((_service({"app": "web"}, "front"), _service({"app": "old"}, "front")), RUNS, pods=(_pod(WEB),))
    (trouble,) = _told(scene)
    assert "git's selector would match the pods of Deployment web" in trouble.why.line


def test_the_place_is_the_selector() -> None:
    stated = "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  selector:\n    app: web\n"
    git = GitFiles({"manifests/service.yaml": stated}, ("manifests",))
    (trouble,) = _told(replace(TYPO, git=git))
    assert trouble.origin.source == "manifests/service.yaml:6"


def test_pods_of_other_namespaces_do_not_count() -> None:
    elsewhere = _pod(OTHER, "x", namespace="far")
    scene = replace(TYPO, pods=(*(TYPO.pods or ()), elsewhere))
    assert len(_told(scene)) == 1
    assert mapping(elsewhere, "metadata", "labels") == OTHER
