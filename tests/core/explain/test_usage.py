"""Who may go and who may not: leftovers, and what lives around them."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from tests.cases import subject_of

from whydrift.core.explain.usage import usage
from whydrift.core.model.explanation import Side
from whydrift.core.model.values import Json, JsonObject

POD: JsonObject = {"containers": [{"name": "a", "env": [{"name": "URL", "value": "http://cache:6379"}]}]}


def obj(kind: str, name: str, version: str = "v1", **parts: Json) -> JsonObject:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name, "namespace": "shop"}, **parts}


def workload(name: str, spec: JsonObject, kind: str = "Deployment") -> JsonObject:
    template: JsonObject = {"metadata": {"labels": {"app": name}}, "spec": spec}
    return obj(kind, name, "apps/v1", spec={"template": template})


def side(leftover: JsonObject, *others: JsonObject, around: Iterable[JsonObject] = ()) -> Side | None:
    """The side of the first leftover beside other leftovers; None is the cause's own (it may go)."""
    siblings: list[Json] = [{"live": other} for other in others]
    facts: JsonObject = {"neighbours": [*around], "neighbours in the cluster": []}
    found, evidence = usage(subject_of({"live": leftover, "siblings": siblings, "facts": facts}))
    assert evidence.says
    return found


SETTINGS = obj("ConfigMap", "settings")
CACHE = obj("Service", "cache")
MOUNTS: JsonObject = {"volumes": [{"name": "v", "configMap": {"name": "settings"}}]}
FREE: dict[str, tuple[JsonObject, list[JsonObject], list[JsonObject]]] = {
    "nobody names it": (SETTINGS, [], [obj("Pod", "web", spec={"containers": []})]),
    "only a finished pod names it": (SETTINGS, [], [obj("Pod", "old", spec=MOUNTS, status={"phase": "Succeeded"})]),
    "only a replica set without pods names it": (SETTINGS, [], [workload("web", MOUNTS, "ReplicaSet")]),
    "only another leftover names it": (SETTINGS, [workload("old", MOUNTS)], []),
    "a service of another name is called": (
        CACHE,
        [],
        [obj("Pod", "web", spec={"containers": [{"args": ["cached"]}]})],
    ),
    "a workload that nothing selects": (
        workload("old", {}),
        [],
        [obj("Service", "web", spec={"selector": {"app": "web"}})],
    ),
}
USED: dict[str, tuple[JsonObject, list[JsonObject], list[JsonObject]]] = {
    "a running pod mounts it": (SETTINGS, [], [obj("Pod", "web", spec=MOUNTS)]),
    "a schedule mounts it": (
        SETTINGS,
        [],
        [obj("CronJob", "nightly", "batch/v1", spec={"jobTemplate": {"spec": MOUNTS}})],
    ),
    "a running pod calls it": (CACHE, [], [obj("Pod", "web", spec=POD)]),
    "a service selects its pods": (workload("old", {}), [], [obj("Service", "web", spec={"selector": {"app": "old"}})]),
    "it holds data": (obj("PersistentVolumeClaim", "data"), [], []),
    "it mounts a leftover claim": (
        workload("old", {"volumes": [{"name": "d", "persistentVolumeClaim": {"claimName": "data"}}]}),
        [obj("PersistentVolumeClaim", "data")],
        [],
    ),
    "a leftover that is used runs under it": (
        obj("ServiceAccount", "old"),
        [workload("old", {"serviceAccountName": "old"})],
        [obj("Service", "web", spec={"selector": {"app": "old"}})],
    ),
    "a custom resource": (obj("Queue", "orders", "mq.example.com/v1"), [], []),
    "it gives rights to people": (
        obj(
            "RoleBinding", "night", "rbac.authorization.k8s.io/v1", subjects=[{"kind": "Group", "name": "night-shift"}]
        ),
        [],
        [],
    ),
}


@pytest.mark.parametrize("name", FREE)
def test_what_nobody_uses_may_go(name: str) -> None:
    leftover, others, around = FREE[name]
    assert side(leftover, *others, around=around) is None


@pytest.mark.parametrize("name", USED)
def test_what_is_used_has_to_be_asked(name: str) -> None:
    leftover, others, around = USED[name]
    assert side(leftover, *others, around=around) is Side.ASK


def test_a_pod_of_a_leftover_does_not_keep_it() -> None:
    deployment = workload("old", MOUNTS)
    deployment["metadata"] = {"name": "old", "namespace": "shop", "uid": "u1"}
    pod = obj("Pod", "old-1", spec=MOUNTS)
    pod["metadata"] = {"name": "old-1", "namespace": "shop", "uid": "u2", "ownerReferences": [{"uid": "u1"}]}
    assert side(SETTINGS, deployment, around=[pod]) is None


def test_without_a_list_of_pods_it_has_to_be_asked() -> None:
    found, _ = usage(subject_of({"live": SETTINGS, "gaps": {"neighbours": "403 forbidden"}}))
    assert found is Side.ASK
