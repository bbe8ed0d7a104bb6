"""Objects that Argo CD itself calls Degraded, with its own word on why: told where nothing else says what is broken.

Source: gitops-engine pkg/health (health_hpa.go and its neighbours), whose messages stand in status.resources[].health.
"""

from __future__ import annotations

from collections.abc import Iterator

from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.trouble import Category, Reason, SaidBy, Trouble
from whydrift.core.model.values import JsonObject, items, text
from whydrift.core.unmask.categories import category_of
from whydrift.core.unmask.containers import GRACE, condition
from whydrift.core.unmask.moments import between
from whydrift.core.unmask.scene import Scene

NO_METRICS = ("FailedGetResourceMetric", "FailedGetPodsMetric", "FailedGetObjectMetric", "FailedGetExternalMetric")
"""Why an autoscaler does not compute: who answers for metrics does not (podautoscaler/horizontal.go)."""


def verdict_troubles(scene: Scene) -> tuple[Trouble, ...]:
    """What makes a Degraded application so, in Argo CD's words. A child application tells its own."""
    if scene.application.health != "Degraded":
        return ()
    rows = ((key, row) for key, row in scene.application.rows if key.kind != "Application")
    return tuple(
        t for key, row in rows if text(row, "health", "status") == "Degraded" for t in _degraded(scene, key, row)
    )


def _degraded(scene: Scene, key: ObjectKey, row: JsonObject) -> Iterator[Trouble]:
    live = scene.stated(key)
    if not isinstance(live, dict) or between(text(live, "metadata", "creationTimestamp"), scene.now) <= GRACE:
        return
    shown = _shown(live)
    said = text(row, "health", "message")
    if said or text(shown, "message"):
        reason = text(shown, "reason")
        yield Trouble(
            key=key,
            state="Degraded",
            category=Category.DEPENDENCY_UNREACHABLE if reason in NO_METRICS else _category(said),
            reason=reason,
            since=text(shown, "lastTransitionTime"),
            why=Reason(said or text(shown, "message"), SaidBy.STATUS if said else SaidBy.CONDITION),
        )


def _category(said: str) -> Category:
    return category_of(said) or Category.APPLICATION_ERROR


def _shown(live: JsonObject) -> JsonObject:
    """The condition that says most: of an autoscaler whether it scales, else the first that is False and says why."""
    scaling = condition(live, "ScalingActive")
    false = (row for row in items(live, "status", "conditions") if text(row, "status") == "False")
    told = (row for row in false if isinstance(row, dict) and text(row, "message"))
    return scaling if text(scaling, "status") == "False" else next(told, {})
