"""What the last sync wrote: whole, selective and half-failed syncs, rollbacks, and whose last-applied it is."""

from __future__ import annotations

from tests.cases import subject_of

from whydrift.core.explain.base import FROM_LAST_APPLIED, FROM_SAME_REVISION, FROM_SYNCED_REVISION, base_of, git_moved
from whydrift.core.explain.rollback import rolled_back_to
from whydrift.core.model.application import Application
from whydrift.core.model.fact_kinds import SYNCED_MANIFESTS
from whydrift.core.model.facts import Facts
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.values import Json, JsonObject, is_object

KEY = ObjectKey("", "ConfigMap", "shop", "web")


def config(level: str, tracking: str = "") -> JsonObject:
    metadata: JsonObject = {"name": "web", "namespace": "shop"}
    if tracking:
        metadata["annotations"] = {"argocd.argoproj.io/tracking-id": tracking}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"LEVEL": level}}


def says(status: JsonObject, rendered: str = "", **sides: Json) -> str:
    """Where the base of the ConfigMap is known from; "" where it is not known."""
    case: JsonObject = {"target": config("debug"), "live": config("info"), "application": {"status": status}, **sides}
    subject = subject_of(case)
    facts = Facts({SYNCED_MANIFESTS: {KEY: config(rendered)}}) if rendered else Facts()
    base = base_of(subject.application, subject.object, facts)
    return "" if base is None else base.says


def operation(status: str, finished: str = "2026-11-09T09:00:00Z") -> JsonObject:
    row: JsonObject = {"group": "", "kind": "ConfigMap", "namespace": "shop", "name": "web", "status": status}
    result: JsonObject = {"revision": "r2", "source": _source(), "resources": [row]}
    return {"phase": "Failed", "startedAt": finished, "finishedAt": finished, "syncResult": result}


def _source() -> Json:
    history = subject_of({"target": config("a"), "live": config("b")}).application.history
    return history[-1]["source"]


def test_the_synced_revision_is_the_compared_one() -> None:
    assert says({}) == FROM_SAME_REVISION


def test_git_moved_and_the_render_of_the_synced_revision_is_there() -> None:
    assert says({"sync": {"revision": "r2"}}) == ""
    assert says({"sync": {"revision": "r2"}}, rendered="info") == FROM_SYNCED_REVISION


def test_a_later_sync_counts_for_the_objects_that_it_applied() -> None:
    moved: JsonObject = {"sync": {"revision": "r2"}}
    assert says({**moved, "operationState": operation("Synced")}) == FROM_SAME_REVISION
    assert says({**moved, "operationState": operation("SyncFailed")}) == ""
    assert says({**moved, "operationState": operation("Synced", finished="2026-10-01T09:00:00Z")}) == ""


def test_parameters_of_the_application_changed_at_the_same_revision() -> None:
    compared: JsonObject = {"source": {**_object(_source()), "helm": {"parameters": [{"name": "a", "value": "b"}]}}}
    status: JsonObject = {"sync": {"comparedTo": compared}}
    assert says(status) == ""
    subject = subject_of({"target": config("a"), "live": config("b"), "application": {"status": status}})
    assert git_moved(subject.application, KEY)


def test_last_applied_counts_where_argocd_wrote_it_for_this_application() -> None:
    mine, theirs = "shop:/ConfigMap:shop/web", "other:/ConfigMap:shop/web"
    assert says({}, lastApplied=config("info")) == FROM_LAST_APPLIED
    assert says({}, target=config("debug", mine), lastApplied=config("info", mine)) == FROM_LAST_APPLIED
    assert says({}, target=config("debug", mine), lastApplied=config("info", theirs)) == FROM_SAME_REVISION


def test_argocd_wrote_after_the_sync_that_is_known() -> None:
    entry: JsonObject = {"manager": "argocd-controller", "operation": "Apply", "time": "2026-11-05T09:00:00Z"}
    live = config("info")
    metadata = live["metadata"]
    assert is_object(metadata)
    metadata["managedFields"] = [entry]
    assert says({}, live=live) == ""


def test_a_rollback_repeats_an_earlier_deployment() -> None:
    first, second = _deployment(1, "r1"), _deployment(2, "r2")
    assert rolled_back_to(_with_history(first, second, first)) == "2026-11-01T09:00:00Z"
    assert rolled_back_to(_with_history(first, second)) == ""
    assert rolled_back_to(_with_history(first, second, second)) == ""
    assert rolled_back_to(_with_history(first, second, first, automated=True)) == ""


def _deployment(day: int, revision: str) -> JsonObject:
    return {"revision": revision, "deployedAt": f"2026-11-0{day}T09:00:00Z"}


def _with_history(*entries: JsonObject, automated: bool = False) -> Application:
    policy: JsonObject = {"automated": {}} if automated else {}
    return Application({"spec": {"syncPolicy": policy}, "status": {"history": list(entries)}})


def _object(value: Json) -> JsonObject:
    assert is_object(value)
    return value
