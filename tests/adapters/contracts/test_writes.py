"""What apply relies on when it writes: the small fleet keeps it, and so do real servers (WHYDRIFT_LIVE)."""

from __future__ import annotations

import asyncio
import json
import os
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.small_fleet.server import Fault, SmallFleet, small_fleet

from whydrift.adapters.argocd import ArgocdOptions
from whydrift.adapters.argocd import connect as connect_argocd
from whydrift.adapters.argocd.writes import ArgocdWrites
from whydrift.adapters.kubernetes import KubernetesOptions
from whydrift.adapters.kubernetes import connect as connect_kubernetes
from whydrift.adapters.kubernetes.writes import KubernetesWrites
from whydrift.core.model.values import Json, JsonObject, mapping, text
from whydrift.ports import Api, Body, NotRead, Outcome, Question, Refused, Unanswered, Write

LIVE = os.environ.get("WHYDRIFT_LIVE", "")
PATIENCE = 30.0
MERGE = "application/merge-patch+json"


class Cluster:
    """A cluster that is written to and read; each test has a namespace of its own."""

    def __init__(self, kubeconfig: Path, secrets: bool = False) -> None:
        self.namespace = f"contract-{uuid.uuid4().hex[:8]}"
        self._kubeconfig = kubeconfig
        self._secrets = secrets

    def write(self, method: str, path: str, body: JsonObject | None = None, **more: object) -> Outcome:
        """One write, with a connection of its own."""
        query = tuple((key, str(value)) for key, value in more.items() if key != "kind")
        kind = str(more.get("kind", "application/json"))
        assert method in ("POST", "PATCH", "DELETE")
        write = Write(Api.KUBERNETES, method, path, body, query, "", kind)  # type: ignore[arg-type]  # just asserted

        async def run() -> Outcome:
            source = connect_kubernetes(KubernetesOptions(str(self._kubeconfig)), {}, Path("/nonexistent"))
            assert source is not None
            try:
                return await KubernetesWrites(source, self._secrets).write(write)
            finally:
                await source.close()

        return asyncio.run(run())

    def read(self, path: str) -> JsonObject | int | None:
        """An object, or the status of the refusal."""

        async def run() -> JsonObject | int | None:
            source = connect_kubernetes(KubernetesOptions(str(self._kubeconfig)), {}, Path("/nonexistent"))
            assert source is not None
            try:
                reply = await source.ask(Question(Api.KUBERNETES, path))
                return reply.status if isinstance(reply, NotRead) else mapping(_json(reply.content))
            finally:
                await source.close()

        return asyncio.run(run())

    def until_gone(self, path: str) -> None:
        """Wait until an object is gone: real servers collect garbage in their own time."""
        end = time.monotonic() + PATIENCE
        while self.read(path) != 404:
            assert time.monotonic() < end, path
            time.sleep(0.2)

    @property
    def configs(self) -> str:
        """Where ConfigMaps are created."""
        return f"/api/v1/namespaces/{self.namespace}/configmaps"

    def config(self, name: str, **data: str) -> JsonObject:
        """A ConfigMap's manifest."""
        metadata: JsonObject = {"name": name, "namespace": self.namespace}
        return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {**data}}

    def made(self, name: str) -> JsonObject:
        """A ConfigMap that is there."""
        assert isinstance(self.write("POST", self.configs, self.config(name, a="1")), Body)
        found = self.read(f"{self.configs}/{name}")
        assert isinstance(found, dict)
        return found


def _json(content: bytes) -> Json:
    found: Json = json.loads(content)
    return found


@pytest.fixture(params=["small fleet", "real servers"])
def cluster(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Cluster]:
    """A cluster in memory, and a real one where there is one."""
    if request.param == "small fleet":
        with small_fleet() as fleet:
            yield Cluster(fleet.kubeconfig(tmp_path / "kubeconfig"))
        return
    if not LIVE:
        pytest.skip("no real servers: WHYDRIFT_LIVE=FOLDER names the folder of their env file")
    from tests.live.ground import Ground

    ground = Ground.at(Path(LIVE))
    found = Cluster(Path(ground.environ["KUBECONFIG"]))
    ground.kubectl("create", "namespace", found.namespace)
    yield found
    ground.kubectl("delete", "namespace", found.namespace, "--wait=false")


def test_what_is_created_is_there_once(cluster: Cluster) -> None:
    """With a uid and a version of the server's; a second one of the name is refused with 409."""
    made = cluster.made("one")
    assert text(made, "metadata", "uid") and text(made, "metadata", "resourceVersion")
    again = cluster.write("POST", cluster.configs, cluster.config("one"))
    assert isinstance(again, Refused) and again.status == 409


def test_a_dry_run_stores_nothing_and_still_checks(cluster: Cluster) -> None:
    """A create that would be taken, and one that would not."""
    assert isinstance(cluster.write("POST", cluster.configs, cluster.config("dry"), dryRun="All"), Body)
    assert cluster.read(f"{cluster.configs}/dry") == 404
    cluster.made("dry")
    assert isinstance(cluster.write("POST", cluster.configs, cluster.config("dry"), dryRun="All"), Refused)


def test_a_create_may_not_bring_a_version(cluster: Cluster) -> None:
    """That is why a restore leaves it out."""
    body = cluster.config("versioned")
    body["metadata"] = {**mapping(body, "metadata"), "resourceVersion": "1"}
    assert isinstance(cluster.write("POST", cluster.configs, body), Refused)


def test_a_patch_holds_only_for_the_version_that_was_seen(cluster: Cluster) -> None:
    """A stale one changes nothing; the right one does, null removes, and the version moves."""
    made = cluster.made("patched")
    path, version = f"{cluster.configs}/patched", text(made, "metadata", "resourceVersion")
    patch: JsonObject = {"metadata": {"resourceVersion": version, "annotations": {"note": "x"}}}
    assert isinstance(cluster.write("PATCH", path, patch, kind=MERGE), Body)
    stale = cluster.write("PATCH", path, {**patch, "data": {"a": "2"}}, kind=MERGE)
    assert isinstance(stale, Refused) and stale.status == 409
    found = cluster.read(path)
    assert isinstance(found, dict)
    assert (found["data"], text(found, "metadata", "annotations", "note")) == ({"a": "1"}, "x")
    assert text(found, "metadata", "resourceVersion") != version
    assert isinstance(cluster.write("PATCH", path, {"metadata": {"annotations": None}}, kind=MERGE), Body)
    found = cluster.read(path)
    assert isinstance(found, dict) and not mapping(found, "metadata", "annotations")


@pytest.mark.parametrize("wrong", ["uid", "resourceVersion"])
def test_a_delete_holds_only_for_the_object_that_was_seen(wrong: str, cluster: Cluster) -> None:
    """With another uid or version in the preconditions nothing goes."""
    made = cluster.made("doomed")
    path = f"{cluster.configs}/doomed"
    right: JsonObject = {key: text(made, "metadata", key) for key in ("uid", "resourceVersion")}
    options: JsonObject = {"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": "Foreground"}
    refused = cluster.write("DELETE", path, {**options, "preconditions": {**right, wrong: "1"}})
    assert isinstance(refused, Refused) and refused.status == 409
    assert isinstance(cluster.read(path), dict)
    assert isinstance(cluster.write("DELETE", path, {**options, "preconditions": right}), Body)
    cluster.until_gone(path)


def test_a_finalizer_holds_what_is_deleted(cluster: Cluster) -> None:
    """It gets a deletionTimestamp and stays until the finalizer goes."""
    made = cluster.made("held")
    path = f"{cluster.configs}/held"
    hold: JsonObject = {"metadata": {"finalizers": ["example.com/hold"]}}
    assert isinstance(cluster.write("PATCH", path, hold, kind=MERGE), Body)
    options: JsonObject = {"preconditions": {"uid": text(made, "metadata", "uid")}}
    assert isinstance(cluster.write("DELETE", path, options), Body)
    found = cluster.read(path)
    assert text(found if isinstance(found, dict) else None, "metadata", "deletionTimestamp")
    cluster.write("PATCH", path, {"metadata": {"finalizers": None}}, kind=MERGE)
    cluster.until_gone(path)


def test_secrets_and_what_is_no_resource_are_never_written(cluster: Cluster) -> None:
    """Not even asked for: the refusal has no status."""
    secrets = f"/api/v1/namespaces/{cluster.namespace}/secrets"
    for path in (secrets, f"{secrets}/x", "/api/v1/namespaces/x/pods/p/exec", "/metrics", "/api/v1/../x"):
        outcome = cluster.write("POST", path, {})
        assert isinstance(outcome, Refused) and outcome.status is None, path


@pytest.fixture
def fleet() -> Iterator[SmallFleet]:
    """A small fleet with an empty application."""
    with small_fleet() as running:
        running.argocd.add("shop", [])
        yield running


def argocd(fleet: SmallFleet, method: str, path: str, body: JsonObject | None = None) -> Outcome:
    """One write to Argo CD."""

    async def run() -> Outcome:
        source = connect_argocd(ArgocdOptions(server=fleet.url, auth_token="x"), {}, Path("/nonexistent"))
        try:
            return await ArgocdWrites(source).write(Write(Api.ARGOCD, method, path, body))  # type: ignore[arg-type]  # as stated
        finally:
            await source.close()

    return asyncio.run(run())


def test_argocd_takes_writes_about_applications_only(fleet: SmallFleet) -> None:
    """Nothing else of its API is ever written to."""
    for path in ("/api/v1/projects/default", "/api/v1/applications/", "/api/v1/applications/a/../b", "/api/v1/session"):
        assert isinstance(argocd(fleet, "POST", path, {}), Refused), path
    assert fleet.writes == []
    assert isinstance(argocd(fleet, "POST", "/api/v1/applications/shop/sync", {}), Body)


FAULTS: list[tuple[int | str, type, int]] = [
    *((status, Refused, 0) for status in (403, 409, 429)),
    *((status, Unanswered, 0) for status in (500, 503)),
    ("before", Unanswered, 0),
    ("after", Unanswered, 1),
]


@pytest.mark.parametrize(("fault", "outcome", "done"), FAULTS)
def test_no_write_is_ever_repeated(fault: int | str, outcome: type, done: int, fleet: SmallFleet) -> None:
    """Not after a refusal, not after 429 or 503, not when the connection breaks: whether it happened is asked first."""
    fleet.faults.append(Fault("POST", "sync", fault))
    assert isinstance(argocd(fleet, "POST", "/api/v1/applications/shop/sync", {}), outcome)
    assert len(fleet.writes) == done
    assert len([line for line in fleet.asked if line.startswith("POST")]) == 1


def test_a_server_that_is_not_there_did_nothing(fleet: SmallFleet) -> None:
    """A connection that was never made is a refusal, not a doubt."""
    gone = SmallFleet()
    gone.server_close()
    outcome = argocd(gone, "POST", "/api/v1/applications/shop/sync", {})
    assert isinstance(outcome, Refused) and outcome.status is None
