"""Pods that are being deleted and do not go; one that is about to go is no trouble."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.unmask.test_scenes import KEY, SITUATIONS, scene_of
from whydrift.core.model.trouble import Category, Trouble
from whydrift.core.model.values import Json, JsonObject, mapping
from whydrift.core.unmask.troubles import troubles_of

LONG_AGO, JUST_NOW = "2026-11-22T05:00:00Z", "2026-11-22T07:55:00Z"
HEALTHY: JsonObject = {"ready": True, "restartCount": 0, "state": {"running": {"startedAt": "2026-11-20T08:00:00Z"}}}
STOPPED: JsonObject = {"restartCount": 0, "state": {"terminated": {"exitCode": 0, "finishedAt": LONG_AGO}}}


def found(
    deleted: str,
    status: JsonObject = HEALTHY,
    phase: str = "Running",
    events: tuple[JsonObject, ...] = (),
    more: JsonObject | None = None,
    **metadata: Json,
) -> tuple[Trouble, ...]:
    """What is broken where the only pod is being deleted."""
    git = SITUATIONS[0]["git"]
    scene = scene_of({"git": git, "status": status, "phase": phase})
    pods = tuple(
        {
            **pod,
            "metadata": {**mapping(pod, "metadata"), "deletionTimestamp": deleted, **metadata},
            "status": {**mapping(pod, "status"), **(more or {})},
        }
        for pod in scene.pods or ()
    )
    return troubles_of(replace(scene, pods=pods, events=events))


def test_a_pod_that_is_about_to_go_is_no_trouble() -> None:
    """`deletionTimestamp` is when it should be gone; stopping may take a while longer."""
    assert found(JUST_NOW) == () and found("2026-11-22T08:20:00Z", finalizers=["example.com/drain"]) == ()


@pytest.mark.parametrize("phase", ["Succeeded", "Failed"])
def test_a_pod_that_ended_waits_only_for_whom_it_names(phase: str) -> None:
    """It is gone in all but name, unless somebody keeps it."""
    assert found(LONG_AGO, STOPPED, phase) == ()
    (kept,) = found(LONG_AGO, STOPPED, phase, finalizers=["example.com/drain"])
    assert kept.why.line == "its deletion waits for example.com/drain"


def test_a_pod_that_does_not_go_is_told() -> None:
    """Of which object, since when it should be gone; nothing says why where nothing does."""
    (stuck,) = found(LONG_AGO)
    assert (stuck.key, stuck.state, stuck.category) == (KEY, "Terminating", Category.STILL_WAITING)
    assert (stuck.since, stuck.pods, stuck.of, stuck.why.line) == (LONG_AGO, ("web-1-a",), 1, "")


def event(reason: str, message: str) -> JsonObject:
    """An event of the pod."""
    about: JsonObject = {"kind": "Pod", "name": "web-1-a", "namespace": "shop"}
    return {"type": "Warning", "reason": reason, "message": message, "involvedObject": about, "lastTimestamp": JUST_NOW}


def test_why_it_does_not_go() -> None:
    """The kubelet's word, or that there is no kubelet any more; an event about something else is none."""
    failed = event("FailedKillPod", "error killing pod: failed to stop container: context deadline exceeded")
    (stuck,) = found(LONG_AGO, events=(failed, event("Unhealthy", "Readiness probe failed")))
    assert stuck.why.line.startswith("error killing pod")
    lost: JsonObject = {"reason": "NodeLost", "message": "Node node-7 which was running pod web-1-a is unresponsive"}
    (stuck,) = found(LONG_AGO, more=lost)
    assert stuck.why.line == lost["message"]
    (stuck,) = found(LONG_AGO, events=(event("Unhealthy", "Readiness probe failed"),))
    assert stuck.why.line == ""
