"""What a restore sends: nothing that the server gives itself, everything else as it was."""

from __future__ import annotations

from whydrift.core.model.values import Json, JsonObject
from whydrift.core.remedy.restores import not_restored, restorable, trial

METADATA: JsonObject = {
    "name": "cache",
    "namespace": "shop",
    "labels": {"app": "cache"},
    "annotations": {"argocd.argoproj.io/tracking-id": "shop:/Service:shop/cache"},
    "finalizers": ["example.com/keep"],
    "uid": "1",
    "resourceVersion": "2",
    "generation": 3,
    "creationTimestamp": "2026-01-01T00:00:00Z",
    "managedFields": [{"manager": "argocd-controller"}],
    "ownerReferences": [{"kind": "Deployment", "name": "x", "uid": "9"}],
}
SERVICE: JsonObject = {
    "apiVersion": "v1",
    "kind": "Service",
    "metadata": METADATA,
    "spec": {"clusterIP": "10.0.0.7", "clusterIPs": ["10.0.0.7"], "ports": [{"port": 80, "nodePort": 30080}]},
    "status": {"loadBalancer": {}},
}


def test_a_service_comes_back_without_its_address() -> None:
    """Labels, annotations, finalizers and node ports stay; the loss is said."""
    body = restorable(SERVICE)
    assert body["metadata"] == {
        key: METADATA[key] for key in ("name", "namespace", "labels", "annotations", "finalizers")
    }
    assert body["spec"] == {"ports": [{"port": 80, "nodePort": 30080}]}
    assert "status" not in body
    assert any("10.0.0.7" in line for line in not_restored(SERVICE))
    assert any("owner references" in line for line in not_restored(SERVICE))


def test_a_headless_service_stays_headless() -> None:
    """None is no address."""
    headless: JsonObject = {**SERVICE, "spec": {"clusterIP": "None", "clusterIPs": ["None"]}}
    assert restorable(headless)["spec"] == headless["spec"]
    assert not any("address" in line for line in not_restored(headless))


def test_owners_that_live_are_named_again() -> None:
    """With a reference to what is gone the object would be collected at once."""
    owner: Json = {"kind": "Deployment", "name": "x", "uid": "9"}
    metadata = restorable(SERVICE, [owner])["metadata"]
    assert isinstance(metadata, dict)
    assert metadata["ownerReferences"] == [owner]


def test_a_job_comes_back_without_what_selects_its_old_pods() -> None:
    """The server refuses a generated selector that is sent; one of the user's own stays. That it runs again is said."""
    labels: JsonObject = {"controller-uid": "1", "batch.kubernetes.io/controller-uid": "1", "app": "x"}
    template: JsonObject = {"metadata": {"labels": labels}, "spec": {}}
    spec: JsonObject = {"selector": {"matchLabels": {"a": "1"}}, "template": template}
    job: JsonObject = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "x", "labels": labels}}
    job["spec"] = spec
    body = restorable(job)
    assert body["spec"] == {"template": {"metadata": {"labels": {"app": "x"}}, "spec": {}}}
    assert body["metadata"] == {"name": "x", "labels": {"app": "x"}}
    own: JsonObject = {**job, "spec": {**spec, "manualSelector": True}}
    assert restorable(own)["spec"] == own["spec"]
    assert any("runs again" in line for line in not_restored(job))


def test_a_trial_takes_another_name_and_no_port_of_a_node() -> None:
    """The object itself still holds both."""
    body = trial(SERVICE, "cache-0f")
    assert body["metadata"] == {**METADATA_KEPT, "name": "cache-0f"}
    assert body["spec"] == {"ports": [{"port": 80, "nodePort": 0}]}


METADATA_KEPT = {key: METADATA[key] for key in ("namespace", "labels", "annotations", "finalizers")}


def test_nothing_is_changed_in_place() -> None:
    """The dump is written after the trial."""
    before = repr(SERVICE)
    trial(SERVICE, "x")
    restorable(SERVICE)
    assert repr(SERVICE) == before
