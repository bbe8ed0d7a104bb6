"""Troubles of whole workloads and of objects without pods; and what only looks like one."""

from __future__ import annotations

import pytest

from whydrift.core.model.application import Application
from whydrift.core.model.git_files import GitFiles
from whydrift.core.model.objects import ObjectKey, key_of
from whydrift.core.model.snapshot import ObjectSnapshot, States
from whydrift.core.model.trouble import Category, ContainerLog
from whydrift.core.model.values import Json, JsonObject, mapping
from whydrift.core.unmask.scene import Scene
from whydrift.core.unmask.troubles import troubles_of

NOW = "2026-11-22T08:00:00Z"
OLD = "2026-11-20T08:00:00Z"
RECENT = "2026-11-22T07:59:00Z"


def scene(
    *objects: JsonObject,
    pods: tuple[JsonObject, ...] | None = (),
    events: tuple[JsonObject, ...] = (),
    health: str = "Progressing",
    tree: tuple[JsonObject, ...] = (),
    git: str = "",
    logs: str = "",
    said: str = "",
    so: str = OLD,
) -> Scene:
    """An application of some live objects in namespace shop."""
    keys = [key_of(obj, "shop") for obj in objects]
    rows: list[Json] = [row_of(key, health, said) for key in keys]
    nodes: list[Json] = list(tree)
    snapshots = tuple(
        ObjectSnapshot(key=key, load=lambda obj=obj: States(target=obj, live=obj))  # type: ignore[misc]  # bound at once
        for key, obj in zip(keys, objects, strict=True)
    )
    return Scene(
        application=Application(
            {
                "metadata": {"name": "a"},
                "status": {"resources": rows, "health": {"status": health, "lastTransitionTime": so}},
            }
        ),
        objects=snapshots,
        tree={"nodes": nodes},
        pods=pods,
        events=events,
        logs={
            ("shop", str(pod["metadata"]["name"]), "c"): ContainerLog(logs)
            for pod in pods or ()
            if isinstance(pod["metadata"], dict)
        },
        git=GitFiles({"m/a.yaml": git}, ("m",)) if git else None,
        read_at=NOW,
    )


def row_of(key: ObjectKey, health: str, said: str = "") -> JsonObject:
    """Argo CD's row of an object."""
    word: JsonObject = {"status": health, "message": said} if said else {"status": health}
    return {"group": key.group, "kind": key.kind, "namespace": "shop", "name": key.name, "health": word}


def written(obj: JsonObject, at: str, subresource: str = "status") -> JsonObject:
    """An object that somebody wrote at a time: its status, or what it asks for."""
    entry: JsonObject = {"manager": "m", "operation": "Update", "time": at, "subresource": subresource}
    return {**obj, "metadata": {**mapping(obj, "metadata"), "managedFields": [entry]}}


def live(kind: str, version: str = "v1", status: JsonObject | None = None, made: str = OLD, **spec: Json) -> JsonObject:
    """A live object called `x`."""
    metadata: JsonObject = {"name": "x", "namespace": "shop", "creationTimestamp": made}
    return {"apiVersion": version, "kind": kind, "metadata": metadata, "spec": spec, "status": status or {}}


def pod(
    name: str = "p",
    made: str = OLD,
    phase: str = "Running",
    owner: tuple[str, str] = ("Job", "x"),
    status: JsonObject | None = None,
) -> JsonObject:
    """A pod of an owner."""
    group = {"Job": "batch/v1", "CronJob": "batch/v1"}.get(owner[0], "apps/v1")
    owners: list[Json] = [{"apiVersion": group, "kind": owner[0], "name": owner[1]}]
    metadata: JsonObject = {"name": name, "namespace": "shop", "creationTimestamp": made, "ownerReferences": owners}
    return {"kind": "Pod", "metadata": metadata, "spec": {}, "status": {"phase": phase, **(status or {})}}


def ended(code: int, at: str = OLD) -> list[Json]:
    """The status of a container that ended."""
    return [
        {
            "name": "c",
            "restartCount": 0,
            "state": {"terminated": {"exitCode": code, "reason": "Error", "finishedAt": at}},
        }
    ]


def event(kind: str, reason: str, message: str, name: str = "x") -> JsonObject:
    """A warning about an object."""
    about: JsonObject = {"kind": kind, "name": name}
    return {
        "type": "Warning",
        "reason": reason,
        "message": message,
        "involvedObject": about,
        "firstTimestamp": OLD,
        "lastTimestamp": NOW,
    }


def condition(kind: str, status: str, reason: str = "", message: str = "", at: str = OLD) -> JsonObject:
    """A status that holds one condition."""
    row: JsonObject = {"type": kind, "status": status, "reason": reason, "message": message, "lastTransitionTime": at}
    return {"conditions": [row]}


NO_METRICS = condition("ScalingActive", "False", "FailedGetResourceMetric", "no metrics returned")


def node(kind: str, name: str, *parents: tuple[str, str, str], **info: str) -> JsonObject:
    """A node of the resource tree."""
    rows: list[Json] = [{"name": key.replace("_", " "), "value": value} for key, value in info.items()]
    above: list[Json] = [{"group": g, "kind": k, "namespace": "shop", "name": n} for g, k, n in parents]
    group = {"Pod": "", "Job": "batch", "CronJob": "batch"}.get(kind, "apps")
    return {
        "group": group,
        "kind": kind,
        "namespace": "shop",
        "name": name,
        "parentRefs": above,
        "info": rows,
        "createdAt": OLD,
    }


BROKEN = [
    ("balancer-without-address", scene(live("Service", type="LoadBalancer")), Category.NO_ADDRESS, "Progressing"),
    ("ingress-without-address", scene(live("Ingress", "networking.k8s.io/v1")), Category.NO_ADDRESS, "Progressing"),
    (
        "certificate-not-issued",
        scene(
            live(
                "Certificate", "cert-manager.io/v1", condition("Ready", "False", "DoesNotExist", "Issuing certificate")
            )
        ),
        Category.CERTIFICATE_NOT_READY,
        "Progressing",
    ),
    (
        "pods-over-quota",
        scene(
            live(
                "Deployment",
                "apps/v1",
                condition("ReplicaFailure", "True", "FailedCreate", 'pods "x" is forbidden: exceeded quota: q'),
            )
        ),
        Category.QUOTA_EXCEEDED,
        "NoPods",
    ),
    (
        "pods-that-admission-refuses",
        scene(
            live("StatefulSet", "apps/v1", replicas=1),
            events=(event("StatefulSet", "FailedCreate", "pods is forbidden: violates PodSecurity"),),
        ),
        Category.PERMISSION_DENIED,
        "NoPods",
    ),
    (
        "job-that-failed",
        scene(
            live("Job", "batch/v1", condition("Failed", "True", "BackoffLimitExceeded", "Job has reached the limit")),
            pods=(pod(phase="Failed", status={"containerStatuses": ended(1)}),),
            logs="fatal: nothing to do",
        ),
        Category.JOB_FAILED,
        "Failed",
    ),
    (
        "newest-run-of-a-schedule-failed",
        scene(
            live("CronJob", "batch/v1"),
            pods=(
                pod("old", "2026-11-20T08:00:00Z", "Succeeded", ("Job", "x-1")),
                pod("new", "2026-11-21T08:00:00Z", "Failed", ("Job", "x-2"), status={"containerStatuses": ended(1)}),
            ),
            tree=(node("Job", "x-1", ("batch", "CronJob", "x")), node("Job", "x-2", ("batch", "CronJob", "x"))),
            health="Healthy",
            logs="ERROR connection refused",
        ),
        Category.DEPENDENCY_UNREACHABLE,
        "Failed",
    ),
    (
        "claim-of-an-unknown-class",
        scene(
            live("PersistentVolumeClaim", status={"phase": "Pending"}),
            events=(event("PersistentVolumeClaim", "ProvisioningFailed", "no such class"),),
        ),
        Category.VOLUME_PENDING,
        "Pending",
    ),
    (
        "pods-without-a-node",
        scene(
            live("StatefulSet", "apps/v1"),
            pods=(
                pod(
                    owner=("StatefulSet", "x"),
                    phase="Pending",
                    status=condition("PodScheduled", "False", "Unschedulable", "0/3 nodes"),
                ),
            ),
        ),
        Category.UNSCHEDULABLE,
        "Pending",
    ),
    (
        "crash-loop-that-only-the-tree-tells-of",
        scene(
            live("StatefulSet", "apps/v1"),
            pods=None,
            tree=(
                node("Pod", "x-0", ("apps", "StatefulSet", "x"), Status_Reason="CrashLoopBackOff", Restart_Count="12"),
            ),
        ),
        Category.LOG_NOT_READ,
        "CrashLoopBackOff",
    ),
    (
        "rollout-that-was-aborted",
        scene(
            live(
                "Rollout",
                "argoproj.io/v1alpha1",
                {"abort": True, "phase": "Degraded", "message": "RolloutAborted: metric failed"},
            )
        ),
        Category.ROLLOUT_ABORTED,
        "Degraded",
    ),
    (
        "custom-resource-that-is-degraded",
        scene(
            live(
                "ExternalSecret",
                "external-secrets.io/v1",
                condition("Ready", "False", "SecretSyncedError", "could not get secret: permission denied"),
            ),
            health="Degraded",
        ),
        Category.PERMISSION_DENIED,
        "Degraded",
    ),
]


@pytest.mark.parametrize(("_name", "found", "category", "state"), BROKEN, ids=[row[0] for row in BROKEN])
def test_broken(_name: str, found: Scene, category: Category, state: str) -> None:
    """One trouble, about the managed object, of that category and state."""
    troubles = troubles_of(found)
    assert [(t.key.name, t.category, t.state) for t in troubles] == [("x", category, state)]


FINE = [
    ("balancer-that-was-made-just-now", scene(live("Service", made=RECENT, type="LoadBalancer"))),
    (
        "balancer-with-an-address",
        scene(
            live("Service", status={"loadBalancer": {"ingress": [{"ip": "1.2.3.4"}]}}, type="LoadBalancer"),
            health="Healthy",
        ),
    ),
    ("service-without-balancer", scene(live("Service", type="ClusterIP"), health="Healthy")),
    (
        "certificate-that-is-ready",
        scene(live("Certificate", "cert-manager.io/v1", condition("Ready", "True")), health="Healthy"),
    ),
    (
        "certificate-being-issued",
        scene(live("Certificate", "cert-manager.io/v1", condition("Ready", "False", at=RECENT))),
    ),
    (
        "rollout-that-is-paused",
        scene(
            live("Rollout", "argoproj.io/v1alpha1", {"phase": "Paused", "pauseConditions": [{}]}), health="Suspended"
        ),
    ),
    ("claim-that-waits-for-its-first-pod", scene(live("PersistentVolumeClaim", status={"phase": "Pending"}))),
    (
        "schedule-whose-newest-run-succeeded",
        scene(
            live("CronJob", "batch/v1"),
            health="Healthy",
            pods=(
                pod("old", "2026-11-20T08:00:00Z", "Failed", ("Job", "x-1"), status={"containerStatuses": ended(1)}),
                pod("new", "2026-11-21T08:00:00Z", "Succeeded", ("Job", "x-2"), status={"containerStatuses": ended(0)}),
            ),
            tree=(node("Job", "x-1", ("batch", "CronJob", "x")), node("Job", "x-2", ("batch", "CronJob", "x"))),
        ),
    ),
    (
        "job-that-succeeded-in-the-end",
        scene(
            live("Job", "batch/v1", condition("Complete", "True")),
            health="Healthy",
            pods=(
                pod("a", phase="Failed", status={"containerStatuses": ended(1)}),
                pod("b", phase="Succeeded", status={"containerStatuses": ended(0)}),
            ),
        ),
    ),
    (
        "workload-scaled-to-nothing",
        scene(live("Deployment", "apps/v1", condition("ReplicaFailure", "True"), replicas=0), health="Healthy"),
    ),
    (
        "refusals-that-were-overcome",
        scene(
            live("StatefulSet", "apps/v1", replicas=1),
            health="Healthy",
            pods=(pod(owner=("StatefulSet", "x")),),
            events=(event("StatefulSet", "FailedCreate", "exceeded quota"),),
        ),
    ),
    (
        "autoscaler-that-has-no-metrics-yet",
        scene(
            live("HorizontalPodAutoscaler", "autoscaling/v2", NO_METRICS, made=RECENT),
            health="Degraded",
        ),
    ),
    (
        "autoscaler-without-metrics-that-argo-cd-does-not-call-degraded",
        scene(live("HorizontalPodAutoscaler", "autoscaling/v2", NO_METRICS), health="Healthy"),
    ),
    (
        "verdict-without-a-word",
        scene(live("Deployment", "apps/v1"), health="Degraded"),
    ),
    (
        "child-application",
        scene(live("Application", "argoproj.io/v1alpha1", condition("x", "False", "", "why")), health="Degraded"),
    ),
    (
        "restarts-of-a-pod-that-runs-in-the-tree",
        scene(
            live("StatefulSet", "apps/v1"),
            health="Healthy",
            pods=None,
            tree=(
                node(
                    "Pod",
                    "x-0",
                    ("apps", "StatefulSet", "x"),
                    Status_Reason="Running",
                    Restart_Count="214",
                    Containers="1/1",
                ),
            ),
        ),
    ),
    (
        "pod-that-the-scheduler-just-saw",
        scene(
            live("StatefulSet", "apps/v1"),
            pods=(
                pod(
                    owner=("StatefulSet", "x"),
                    phase="Pending",
                    status=condition("PodScheduled", "False", "Unschedulable", at=RECENT),
                ),
            ),
        ),
    ),
]


@pytest.mark.parametrize(("_name", "found"), FINE, ids=[row[0] for row in FINE])
def test_not_broken(_name: str, found: Scene) -> None:
    """What recovers, begins, ended or waits on purpose is not reported."""
    assert troubles_of(found) == ()
