"""What Argo CD calls Progressing although no pod is in trouble: told when it lasts too long, named until then."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.unmask.test_objects import NO_METRICS, OLD, RECENT, condition, event, live, pod, row_of, scene, written
from whydrift.core.model.application import Application
from whydrift.core.model.objects import key_of
from whydrift.core.model.trouble import Category
from whydrift.core.model.values import Json, JsonObject, items, mapping
from whydrift.core.unmask.scene import Scene
from whydrift.core.unmask.troubles import troubles_of
from whydrift.core.unmask.verdicts import waits_of

LONG_AGO, HALF_AN_HOUR = "2026-11-02T08:00:00Z", "2026-11-22T07:30:00Z"
DEPLOYMENT = live("Deployment", "apps/v1", condition("Progressing", "True", "ReplicaSetUpdated", at=HALF_AN_HOUR))
WAITING = [
    ("route-that-no-controller-takes", scene(live("HTTPRoute", "g.k8s.io/v1"), said="Waiting for status"), OLD),
    (
        "claim-of-a-custom-kind-that-says-why",
        scene(
            live("Bucket", "s3.example.com/v1", condition("Ready", "False", "Denied", "no such bucket", HALF_AN_HOUR))
        ),
        HALF_AN_HOUR,
    ),
    (
        "resource-whose-controller-writes-a-heartbeat",
        scene(written(live("Database", "db.example.com/v1", made=LONG_AGO), RECENT), said="still creating", so=OLD),
        OLD,
    ),
    ("rollout-past-its-deadline", scene(DEPLOYMENT, said="Waiting for rollout to finish"), HALF_AN_HOUR),
    ("set-that-nothing-moves", scene(live("StatefulSet", "apps/v1"), said="Waiting for 1 pods to be ready..."), OLD),
    (
        "object-that-a-finalizer-keeps",
        scene(
            {
                "apiVersion": "v1",
                "kind": "ConfigMap",
                "metadata": {
                    "name": "x",
                    "namespace": "shop",
                    "creationTimestamp": LONG_AGO,
                    "deletionTimestamp": HALF_AN_HOUR,
                    "finalizers": ["example.com/keep"],
                },
            },
            said="Pending deletion",
        ),
        HALF_AN_HOUR,
    ),
    ("job-that-runs-for-days", scene(live("Job", "batch/v1", made=LONG_AGO)), LONG_AGO),
    (
        "job-past-its-own-deadline",
        scene(live("Job", "batch/v1", made=HALF_AN_HOUR, activeDeadlineSeconds=900)),
        HALF_AN_HOUR,
    ),
]


@pytest.mark.parametrize(("_name", "found", "since"), WAITING, ids=[row[0] for row in WAITING])
def test_what_waits_for_too_long(_name: str, found: Scene, since: str) -> None:
    """What Argo CD calls Progressing for longer than it may, since when, and the best word on it."""
    (trouble,) = troubles_of(found)
    assert (trouble.key.name, trouble.state, trouble.since) == ("x", "Progressing", since)
    assert trouble.category in (Category.STILL_WAITING, Category.APPLICATION_ERROR) and not waits_of(found, (trouble,))


YOUNG = [
    ("rollout-within-its-deadline", scene(written(DEPLOYMENT, RECENT), said="Waiting for rollout to finish")),
    (
        "rollout-with-a-longer-deadline",
        scene(live("Deployment", "apps/v1", made=HALF_AN_HOUR, progressDeadlineSeconds=3600)),
    ),
    ("set-that-goes-on", scene(written(live("StatefulSet", "apps/v1"), RECENT))),
    (
        "set-whose-pods-go-on",
        scene(live("StatefulSet", "apps/v1"), pods=(pod("x-3", RECENT, owner=("StatefulSet", "x")),)),
    ),
    ("resource-that-was-changed-just-now", scene(written(live("Database", "db.example.com/v1"), RECENT, ""))),
    ("job-of-an-hour", scene(live("Job", "batch/v1", made=HALF_AN_HOUR))),
    ("claim-that-no-pod-uses", scene(live("PersistentVolumeClaim", status={"phase": "Pending"}))),
]


@pytest.mark.parametrize(("_name", "found"), YOUNG, ids=[row[0] for row in YOUNG])
def test_what_may_still_come_is_named_and_not_called_broken(_name: str, found: Scene) -> None:
    """It is within its time, or it is its nature to wait: no trouble, and never fine."""
    assert troubles_of(found) == ()
    (said,) = waits_of(found, ())
    assert "shop/x is Progressing" in said


def test_a_volume_that_nobody_makes() -> None:
    """The provisioner that a claim waits for does not answer: its event says so again and again."""
    happened = event("PersistentVolumeClaim", "ExternalProvisioning", "Waiting for a volume to be created")
    claim = live("PersistentVolumeClaim", status={"phase": "Pending"})
    (trouble,) = troubles_of(scene(claim, events=({**happened, "type": "Normal"},)))
    assert (trouble.category, trouble.since) == (Category.VOLUME_PENDING, OLD)
    assert trouble.why.line == "Waiting for a volume to be created"
    assert not troubles_of(scene(claim, events=({**happened, "firstTimestamp": RECENT},)))


def test_what_waits_for_something_that_is_told_is_not_told_again() -> None:
    """A workload whose pods wait for a claim, and an autoscaler without metrics of them."""
    claim: Json = {"persistentVolumeClaim": {"claimName": "x"}}
    waits = condition("PodScheduled", "False", "Unschedulable", "pod has unbound immediate PersistentVolumeClaims")
    of_set = pod(owner=("StatefulSet", "x"), phase="Pending", status=waits)
    found = scene(
        live("StatefulSet", "apps/v1"),
        live("PersistentVolumeClaim", status={"phase": "Pending"}),
        live("HorizontalPodAutoscaler", "autoscaling/v2", NO_METRICS),
        pods=({**of_set, "spec": {"volumes": [claim]}},),
    )
    (trouble,) = troubles_of(found)
    assert trouble.key.kind == "PersistentVolumeClaim"


def test_the_tree_says_what_rows_do_not() -> None:
    """Argo CD 3 keeps health out of the rows: the nodes of the tree hold it."""
    route = live("HTTPRoute", "g.k8s.io/v1")
    found = scene(route, tree=({**row_of(key_of(route, "shop"), "Progressing", "Waiting for status")},))
    bare: JsonObject = {
        "resources": [{k: v for k, v in row.items() if k != "health"} for _, row in found.application.rows],
        "health": {"status": "Progressing"},
    }
    (trouble,) = troubles_of(replace(found, application=Application({"metadata": {"name": "a"}, "status": bare})))
    assert trouble.why.line == "Waiting for status"


def test_an_autoscaler_without_metrics_is_argo_cds_verdict() -> None:
    """Nothing else is broken in a Degraded application: what Argo CD calls so, and its own word on it."""
    found = scene(live("HorizontalPodAutoscaler", "autoscaling/v2", NO_METRICS), health="Degraded")
    (trouble,) = troubles_of(found)
    assert (trouble.state, trouble.category) == ("Degraded", Category.DEPENDENCY_UNREACHABLE)
    assert (trouble.why.line, trouble.since) == ("no metrics returned", OLD)


def test_argo_cds_message_goes_before_a_condition() -> None:
    """The health message is what people saw; its words give the category."""
    deployment = live(
        "Deployment", "apps/v1", condition("Progressing", "False", "ProgressDeadlineExceeded", "timed out")
    )
    found = scene(deployment, health="Degraded")
    (row,) = items(found.application.raw, "status", "resources")
    health: JsonObject = {"status": "Degraded", "message": 'Deployment "x" exceeded its progress deadline'}
    status: JsonObject = {"resources": [{**mapping(row), "health": health}], "health": {"status": "Degraded"}}
    (trouble,) = troubles_of(replace(found, application=Application({"metadata": {"name": "a"}, "status": status})))
    assert trouble.why.line == 'Deployment "x" exceeded its progress deadline'
    assert (trouble.state, trouble.category) == ("Degraded", Category.APPLICATION_ERROR)
