"""What may be called safe, with what Argo CD says afterwards: the mirror of what must never be."""

from __future__ import annotations

import pytest

from tests.core.judge.situations import (
    ID,
    Before,
    applied,
    autoscaler,
    config_map,
    deployment,
    manager,
    said,
    with_metadata,
)
from whydrift.core.model.effect import Does
from whydrift.core.model.fact_kinds import AUTOSCALERS, SYNC_WINDOWS
from whydrift.core.model.values import Json, JsonObject

SSA: JsonObject = {"syncPolicy": {"syncOptions": ["ServerSideApply=true"]}}
KEEPS: JsonObject = {ID: "shop:/ConfigMap:shop/config", "argocd.argoproj.io/sync-options": "Prune=false"}
TOLERATED: JsonObject = {**KEEPS, "argocd.argoproj.io/compare-options": "IgnoreExtraneous"}
RULE: JsonObject = {"group": "apps", "kind": "Deployment", "jsonPointers": ["/spec/replicas"]}
IMAGE_RULE: JsonObject = {
    "group": "apps",
    "kind": "Deployment",
    "jqPathExpressions": [".spec.template.spec.containers[].image"],
}
SELECTED: JsonObject = {"matchLabels": {"app": "other"}}


def _addressed(address: str | None = None) -> JsonObject:
    """A Service with an address, or none."""
    spec: JsonObject = {"type": "ClusterIP", **({} if address is None else {"clusterIP": address})}
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "namespace": "shop"}, "spec": spec}


def _claim(size: str, volume: str | None = None) -> JsonObject:
    bound: JsonObject = {} if volume is None else {"volumeName": volume}
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "data", "namespace": "shop"},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": size}}, **bound},
    }


def _service(*ports: JsonObject) -> JsonObject:
    listed: list[Json] = list(ports)
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "web", "namespace": "shop"},
        "spec": {"ports": listed, "selector": {"app": "web"}},
    }


def _role(rules: Json) -> JsonObject:
    role: JsonObject = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role"}
    return {**role, "metadata": {"name": "reader", "namespace": "shop"}, "rules": rules}


def _counted(count: str) -> JsonObject:
    return with_metadata(
        {**deployment(), "kind": "DaemonSet", "spec": {"selector": {"matchLabels": {"app": "web"}}}},
        {"deprecated.daemonset.template.generation": count},
    )


def _service_side(live: JsonObject, stated: Json, *entries: Json) -> JsonObject:
    mine = manager("argocd-controller", stated, "Apply", time="2026-11-01T09:00:00Z")
    return with_metadata(live, managedFields=[mine, *entries], uid="1")


AUTOSCALER = manager("kube-controller-manager", {"f:spec": {"f:replicas": {}}}, subresource="scale", time=None)
REVISION: JsonObject = {"f:metadata": {"f:annotations": {"f:deployment.kubernetes.io/revision": {}}}}
COUNTED = with_metadata(
    applied(deployment(), deployment(), manager("kube-controller-manager", REVISION, subresource="status")),
    {"deployment.kubernetes.io/revision": "3"},
)
PORT_BY_HAND: JsonObject = {"name": "http", "port": 81, "protocol": "TCP", "targetPort": 81}
SITUATIONS: dict[str, tuple[Before, bool]] = {
    "nothing differs": (Before(((config_map(a="1"), config_map(a="1")),)), True),
    "a commit changed a value that live has as the last sync wrote it": (
        Before(((config_map(a="2"), applied(config_map(a="1"), config_map(a="1"))),), moved=True),
        True,
    ),
    "a commit brings another image: pods restart, as it wants": (
        Before(
            ((deployment(image="example.com/web:2.0"), applied(deployment(), deployment())),),
            moved=True,
        ),
        True,
    ),
    "a commit states fewer pods": (Before(((deployment(1), applied(deployment(3), deployment(3))),), moved=True), True),
    "a new object": (Before(((config_map(a="1"), None),), moved=True), True),
    "git states the count of a DaemonSet's templates, which the server keeps": (
        Before(((_counted("7"), applied(_counted("8"), _counted("7"))),)),
        False,
    ),
    "an empty list that the server stores as null": (Before(((_role([]), _role(None)),), spec=SSA), True),
    "the tracking id is put back": (
        Before(((with_metadata(config_map(a="1"), {ID: "shop:/ConfigMap:shop/config"}), config_map(a="1")),)),
        True,
    ),
    "a leftover that is kept": (Before(((None, with_metadata(config_map(), KEEPS)),)), False),
    "a leftover that is kept, and that makes nothing OutOfSync": (
        Before(((None, with_metadata(config_map(), TOLERATED)),)),
        True,
    ),
    "a leftover, and automated syncs do not prune": (
        Before(
            ((None, with_metadata(config_map(), {ID: "shop:/ConfigMap:shop/config"})),),
            spec={"syncPolicy": {"automated": {}}},
        ),
        False,
    ),
    "a sync window is closed": (
        Before(((config_map(a="1"), config_map(a="2")),), facts={SYNC_WINDOWS: {"canSync": False}}),
        False,
    ),
    "git cannot be rendered: every live object looks like a leftover (measured.md 39)": (
        Before(
            ((None, config_map(a="1")),),
            status={
                "sync": {"status": "Unknown"},
                "conditions": [{"type": "ComparisonError", "message": "helm template failed"}],
            },
        ),
        False,
    ),
    "live replicas are respected under a rule": (
        Before(
            ((deployment(), applied(deployment(20), deployment())),),
            spec={"ignoreDifferences": [RULE], "syncPolicy": {"syncOptions": ["RespectIgnoreDifferences=true"]}},
            synced=True,
        ),
        True,
    ),
    "a claim cannot shrink: the sync fails": (
        Before(((_claim("1Gi"), applied(_claim("5Gi"), _claim("1Gi"))),)),
        False,
    ),
    "git states the name of the claim's volume empty: the sync fails": (
        Before(((_claim("1Gi", ""), _service_side(_claim("1Gi", "pvc-1"), {"f:spec": {}})),), spec=SSA, synced=True),
        True,
    ),
    "a selector cannot change: the sync fails": (
        Before(
            (
                (
                    {**deployment(), "spec": {"selector": SELECTED, "template": deployment()["spec"]["template"]}},  # type: ignore[index, call-overload]  # a literal of ours
                    applied(deployment(), deployment()),
                ),
            ),
            moved=True,
        ),
        False,
    ),
    "git dropped replicas, server-side, and another manager owns them (measured.md 19)": (
        Before(
            (
                (
                    deployment(None),
                    _service_side(deployment(6), {"f:spec": {"f:selector": {}, "f:template": {}}}, AUTOSCALER),
                ),
            ),
            spec=SSA,
            synced=True,
        ),
        True,
    ),
    "git dropped an empty address, and the server keeps the one that it chose": (
        Before(((_addressed(), applied(_addressed("10.0.0.7"), _addressed(""))),)),
        True,
    ),
    "a release under Replace=true: the deployment controller counts its roll-outs at once again": (
        Before(
            ((deployment(image="example.com/web:2.0"), COUNTED),),
            spec={"syncPolicy": {"syncOptions": ["Replace=true"]}},
            moved=True,
        ),
        True,
    ),
    "a commit changes what a rule keeps from being shown": (
        Before(
            ((deployment(image="example.com/web:2.0"), applied(deployment(), deployment())),),
            spec={"ignoreDifferences": [IMAGE_RULE]},
            moved=True,
            synced=True,
        ),
        True,
    ),
    "only differing objects are applied": (
        Before(
            ((deployment(), applied(deployment(7), deployment())),),
            spec={"syncPolicy": {"syncOptions": ["ApplyOutOfSyncOnly=true"]}},
            synced=True,
        ),
        True,
    ),
}


@pytest.mark.parametrize("name", SITUATIONS)
def test_is_safe(name: str) -> None:
    """Nothing is lost, and Argo CD's verdict afterwards is as it is."""
    before, converges = SITUATIONS[name]
    found = before.forecast()
    assert found.safe, said(found)
    assert found.converges is converges, said(found)


@pytest.mark.parametrize("name", [name for name in SITUATIONS if "the sync fails" in name])
def test_names_the_field_that_is_refused(name: str) -> None:
    """A failing sync says what refuses it."""
    (effect,) = SITUATIONS[name][0].forecast().fails
    assert effect.does is Does.FAIL and effect.says.startswith("fails: /spec/")


def test_two_ports_of_one_name_are_refused() -> None:
    """Applied server-side, ports are merged by number: git's name would stand twice (measured.md 62, 69)."""
    git = _service({"name": "http", "port": 80, "protocol": "TCP", "targetPort": 80})
    owned: Json = {"f:spec": {"f:ports": {'k:{"port":80,"protocol":"TCP"}': {".": {}, "f:port": {}, "f:name": {}}}}}
    live = with_metadata(_service(PORT_BY_HAND), managedFields=[manager("kubectl-edit", owned)], uid="1")
    (effect,) = Before(((git, live),), spec=SSA).forecast().fails
    assert "two ports would have the name" in effect.says


def test_an_autoscaler_changes_no_verdict_where_git_states_no_replicas() -> None:
    """A replace sets replicas to one, and the autoscaler takes them back: not safe, and Synced all the same."""
    live = applied(deployment(4), deployment(None), AUTOSCALER)
    before = Before(
        ((deployment(None, image="example.com/web:2.0"), live),),
        spec={"syncPolicy": {"syncOptions": ["Replace=true"]}},
        facts={AUTOSCALERS: (autoscaler(4, 9),)},
        moved=True,
        compared=(deployment(4), deployment(4, image="example.com/web:2.0")),
    )
    found = before.forecast()
    assert not found.safe and found.converges, said(found)


def _scaled(least: int, most: int, wants: int, reads: str) -> JsonObject:
    """An autoscaler of the Deployment; `reads`: "True" where it can read what it scales by."""
    active: JsonObject = {"type": "ScalingActive", "status": reads, "reason": "FailedGetResourceMetric"}
    return autoscaler(least, most, {"desiredReplicas": wants, "conditions": [active]})


@pytest.mark.parametrize(
    ("reads", "states", "stays"), [("True", 3, False), ("False", 3, True), ("False", 1, False), ("False", 10, False)]
)
def test_an_autoscaler_that_reads_no_metrics_only_keeps_its_bounds(reads: str, states: int, stays: bool) -> None:
    live = applied(deployment(5), deployment(states), AUTOSCALER)
    before = Before(((deployment(states), live),), facts={AUTOSCALERS: (_scaled(2, 9, 5, reads),)})
    found = before.forecast()
    assert not found.safe, said(found)
    assert found.converges is stays, said(found)


@pytest.mark.parametrize("ruled", [False, True])
def test_what_an_autoscaler_takes_back_under_a_rule_makes_nothing_out_of_sync(ruled: bool) -> None:
    """A release beside it is synced: the number falls to git's and rises again, which Argo CD does not compare."""
    live = applied(deployment(5), deployment(3), AUTOSCALER)
    before = Before(
        ((deployment(3, image="example.com/web:2.0"), live),),
        spec={"ignoreDifferences": [RULE]} if ruled else {},
        facts={AUTOSCALERS: (_scaled(2, 9, 5, "True"),)},
        moved=True,
        compared=(deployment(5), deployment(5 if ruled else 3, image="example.com/web:2.0")),
    )
    found = before.forecast()
    assert not found.safe, said(found)
    assert found.converges is ruled, said(found)
