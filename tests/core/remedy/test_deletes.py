"""Guarded deletes: dependents first, whatever the order they are given in; the corpus says which orders were proven."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.replay.recorded import stated
from whydrift.core.model.objects import ObjectKey, key_of
from whydrift.core.model.references import Reference, references, subjects
from whydrift.core.model.values import JsonObject
from whydrift.core.remedy.deletes import deletion_order, held, manual_reason
from whydrift.core.remedy.health import health_of, with_children, worse

SHARED = Path(os.environ.get("WHYDRIFT_SHARED") or Path(__file__).parents[4] / "shared")
SCENARIOS = sorted(SHARED.glob("corpus/scenarios/*/scenario.yaml"))


def obj(kind: str, name: str, version: str = "v1", **parts: Any) -> JsonObject:
    """An object in the namespace shop."""
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name, "namespace": "shop"}, **parts}


def mounts(*names: str) -> dict[str, Any]:
    """A spec whose pods read ConfigMaps."""
    sources = [{"configMapRef": {"name": name}} for name in names]
    return {"template": {"spec": {"serviceAccountName": "app", "containers": [{"name": "a", "envFrom": sources}]}}}


CACHE = [
    obj("ConfigMap", "settings"),
    obj("ServiceAccount", "app"),
    obj("Role", "reader", "rbac.authorization.k8s.io/v1"),
    obj(
        "RoleBinding",
        "reader",
        "rbac.authorization.k8s.io/v1",
        roleRef={"kind": "Role", "name": "reader"},
        subjects=[{"kind": "ServiceAccount", "name": "app"}],
    ),
    obj("Service", "cache", spec={"selector": {"app": "cache"}}),
    obj("Deployment", "cache", "apps/v1", spec=mounts("settings")),
    obj(
        "HorizontalPodAutoscaler",
        "cache",
        "autoscaling/v2",
        spec={"scaleTargetRef": {"kind": "Deployment", "name": "cache"}},
    ),
    obj(
        "Ingress",
        "cache",
        "networking.k8s.io/v1",
        spec={"rules": [{"http": {"paths": [{"backend": {"service": {"name": "cache"}}}]}}]},
    ),
]
ORDER = [
    "HorizontalPodAutoscaler/cache",
    "Ingress/cache",
    "Deployment/cache",
    "Service/cache",
    "RoleBinding/reader",
    "Role/reader",
    "ConfigMap/settings",
    "ServiceAccount/app",
]


@given(st.permutations(CACHE))
def test_dependents_go_first_in_whatever_order_they_are_found(objects: list[JsonObject]) -> None:
    """The order depends on the objects, not on how they were listed."""
    assert [f"{key.kind}/{key.name}" for key in deletion_order(objects)] == ORDER


NAMES = st.sampled_from(["a", "b", "c"])
OBJECTS = st.lists(
    st.one_of(
        st.builds(lambda name: obj("ConfigMap", name), NAMES),
        st.builds(lambda name, used: obj("Deployment", name, "apps/v1", spec=mounts(*used)), NAMES, st.lists(NAMES)),
        st.builds(lambda name: obj("ServiceAccount", name), NAMES),
    ),
    max_size=8,
    unique_by=lambda o: str(key_of(o)),
)


@given(OBJECTS)
def test_nothing_goes_before_what_names_it(objects: list[JsonObject]) -> None:
    """Each object once, and never one that another, which is still there, names."""
    order = deletion_order(objects)
    assert sorted(order) == sorted(key_of(o) for o in objects)
    by_key = {key_of(o): o for o in objects}
    for place, key in enumerate(order):
        for later in order[place + 1 :]:
            named = references(by_key[later]) | subjects(by_key[later])
            assert Reference(key.kind, key.namespace, key.name) not in named


def test_a_circle_ends() -> None:
    """Two objects that name each other go in the order of their kinds."""
    a, b = obj("Deployment", "a", "apps/v1", spec=mounts("b")), obj("ConfigMap", "b")
    b["metadata"] = {"name": "b", "namespace": "shop", "ownerReferences": [{"kind": "Deployment", "name": "a"}]}
    assert [key.kind for key in deletion_order([b, a])] == ["Deployment", "ConfigMap"]


def test_only_people_delete_what_takes_more_with_it() -> None:
    """Definitions, namespaces, volumes and roles of the whole cluster."""
    for kind in ("CustomResourceDefinition", "ClusterRole", "Namespace", "PersistentVolumeClaim", "PersistentVolume"):
        assert manual_reason(kind)
    assert manual_reason("ClusterRoleBinding") == manual_reason("Deployment") == ""


@pytest.mark.skipif(not SCENARIOS, reason="the corpus is not on this machine")
def test_every_proven_order_of_the_corpus_holds() -> None:
    """The orders that real servers took, and the finalizers that held an object there."""
    seen = 0
    for path in SCENARIOS:
        label = stated(path.parent)["expect"].get("guarded_delete")
        if not label:
            continue
        lives = {key_of(live).id: live for live in live_objects(path.parent)}
        wanted = [name for name in label["order"] if name in lives]
        assert [key.id for key in deletion_order(lives[name] for name in reversed(wanted))] == wanted, path.parent.name
        stuck = {(row["object"], row["finalizer"], row["manager"]) for row in label.get("stuck", [])}
        assert {(h.key.id, h.finalizer, h.manager) for live in lives.values() for h in held(live)} == stuck
        seen += 1
    assert seen >= 16


def live_objects(folder: Path) -> list[JsonObject]:
    """The live objects of a recording."""
    found = []
    for path in folder.glob("argocd/api/v1/applications/*/managed-resources.json"):
        for item in json.loads(path.read_text())["items"] or []:
            live = json.loads(item.get("liveState") or "null")
            found += [live] if live else []
    return found


WEB, POD = ObjectKey("apps", "Deployment", "shop", "web"), ObjectKey("", "Pod", "shop", "web-1")


@pytest.mark.parametrize(
    ("before", "after", "over", "bad"),
    [
        ("Healthy", "Degraded", False, True),
        ("Healthy", "Missing", False, True),
        ("Healthy", "Unknown", False, True),
        ("Healthy", "Surprising", False, True),
        ("Healthy", "Progressing", False, False),
        ("Healthy", "Progressing", True, True),
        ("Progressing", "Progressing", True, False),
        ("Degraded", "Degraded", True, False),
        ("Degraded", "Healthy", True, False),
        ("Healthy", "Suspended", True, False),
        ("", "Degraded", False, True),
    ],
)
def test_worse_is_worse_than_before(before: str, after: str, over: bool, bad: bool) -> None:
    """For an object and for the application; what was meant to go does not count, what is new does."""
    for key in (WEB, None):
        assert bool(worse({key: before}, {key: after}, (), over)) is bad
    assert worse({WEB: before}, {WEB: after}, (WEB,), over) == ""


def test_what_was_not_there_before_counts() -> None:
    """A new pod that does not start is a change for the worse, one that starts is none."""
    assert worse({}, {POD: "Degraded"}, (), False)
    assert not worse({}, {POD: "Progressing"}, (), False)
    assert not worse({}, {POD: "Healthy"}, (), True)


def test_what_belongs_to_a_deleted_object_is_meant_to_go() -> None:
    """At any depth of the tree."""
    row = {"group": "apps", "kind": "Deployment", "namespace": "shop", "name": "web"}
    between = {"group": "apps", "kind": "ReplicaSet", "namespace": "shop", "name": "web-5"}
    pod: JsonObject = {"kind": "Pod", "namespace": "shop", "name": "web-1", "health": {"status": "Degraded"}}
    tree: JsonObject = {"nodes": [{**pod, "parentRefs": [{**between}]}, {**between, "parentRefs": [{**row}]}, {**row}]}
    assert with_children(tree, [WEB]) == {WEB, POD, ObjectKey("apps", "ReplicaSet", "shop", "web-5")}
    assert health_of({"status": {"health": {"status": "Healthy"}}}, tree) == {POD: "Degraded", None: "Healthy"}
