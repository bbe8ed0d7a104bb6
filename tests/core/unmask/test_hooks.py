"""Hooks that failed: their Jobs stand among Argo CD's rows, and not among the objects that it compares."""

from __future__ import annotations

from dataclasses import replace

from tests.core.unmask.test_objects import ended, pod, row_of, scene
from whydrift.core.model.application import Application
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.trouble import Category
from whydrift.core.model.values import Json, JsonObject
from whydrift.core.unmask.scene import Scene
from whydrift.core.unmask.troubles import troubles_of

REFUSED = 'psql:/m/42.sql:7: ERROR:  column "phone" contains null values'


def _scene(health: str, logs: str = REFUSED) -> Scene:
    """An application whose only row is the Job of a hook, with a pod that failed."""
    found = scene(pods=(pod(phase="Failed", status={"containerStatuses": ended(1)}),), logs=logs)
    key = ObjectKey("batch", "Job", "shop", "x")
    row: JsonObject = {**row_of(key, health, "Job has reached the specified backoff limit"), "hook": True}
    rows: list[Json] = [row]
    return replace(found, application=Application({"metadata": {"name": "a"}, "status": {"resources": rows}}))


def test_a_hook_that_failed_says_what_its_pod_wrote() -> None:
    """Argo CD's own word is only that the limit of tries was reached."""
    (trouble,) = troubles_of(_scene("Degraded"))
    assert (trouble.state, trouble.category, trouble.container) == ("Failed", Category.JOB_FAILED, "c")
    assert trouble.why.line == REFUSED


def test_a_hook_whose_second_try_succeeded_is_no_trouble() -> None:
    """A failed pod alone says nothing of a Job."""
    assert troubles_of(_scene("Healthy")) == ()
