"""Guarded deletes: the dump comes first, dependents go first, health is watched, and everything comes back."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from tests.small_fleet.mortal import Runner
from tests.small_fleet.server import Fault
from tests.small_fleet.situation import GONE, Situation, delete, manifest
from whydrift.core.model.remedy import Safety

SECRET = "s3cr3t-of-the-cache"
ANEW = ("uid", "resourceVersion", "creationTimestamp")
CACHE = "/apis/apps/v1/namespaces/shop/deployments/cache"


def deleted(shop: Situation) -> list[str]:
    """The names of what was deleted, in that order."""
    return [path.rpartition("/")[2] for method, path, _ in shop.fleet.writes if method == "DELETE"]


def dumps(shop: Situation) -> list[Path]:
    """The dumps that are kept."""
    return sorted((shop.state / "dumps").glob("*")) if (shop.state / "dumps").exists() else []


def content(shop: Situation) -> dict[str, Any]:
    """What the cluster holds, without what a server gives anew."""
    found = {}
    for path, obj in shop.fleet.store.objects.items():
        metadata = {
            k: v for k, v in obj["metadata"].items() if k not in ("uid", "resourceVersion", "creationTimestamp")
        }
        found[path] = {**obj, "metadata": metadata, "status": None}
    return found


def test_dependents_go_first_and_a_rollback_brings_everything_back(runner: Runner, shop: Situation) -> None:
    """Each delete has preconditions; the dump is its owner's only; the command that is printed restores."""
    before = content(shop)
    said = runner.apply(shop.env, shop.write(delete(shop, "1")))
    assert said["code"] == 0, said
    assert deleted(shop) == ["cache", "cache", "cache-config"]
    for _, _, body in shop.fleet.writes:
        assert set(body["preconditions"]) == {"uid", "resourceVersion"}
    [dump] = dumps(shop)
    assert stat.S_IMODE(dump.stat().st_mode) == 0o600
    assert any("10.0.0.7" in lost for row in json.loads(dump.read_text())["objects"] for lost in row["lost"])
    command = said["out"].rpartition("back: whydrift ")[2].splitlines()[0].split()
    said = runner.run(shop.env, *command, "--yes")
    assert said["code"] == 0, said
    address = before["/api/v1/namespaces/shop/services/cache"]["spec"].pop("clusterIP")
    assert address == "10.0.0.7"
    assert content(shop) == before
    said = runner.run(shop.env, *command, "--yes")
    assert said["code"] == 0
    assert "nothing to restore" in said["out"]
    assert sum(method == "POST" for method, _, _ in shop.fleet.writes) == 3


def test_the_first_change_for_the_worse_stops_everything(runner: Runner, shop: Situation) -> None:
    """The web cannot live without the Service: the ConfigMap stays, and the way back is printed."""
    shop.fleet.argocd.sick_without["Service/cache"] = "Deployment/web"
    path = shop.write(delete(shop, "1"))
    said = runner.apply(shop.env, path)
    assert said["code"] == 1
    assert "Deployment shop/web is Degraded" in said["out"]
    assert f"whydrift apply --rollback {dumps(shop)[0]}" in said["out"]
    assert deleted(shop) == ["cache", "cache"]
    said = runner.apply(shop.env, path, "--resume")
    assert said["code"] == 1, "it is still worse: going on is not what resuming means"
    assert deleted(shop) == ["cache", "cache"]


def test_an_application_that_turns_sick_counts_too(runner: Runner, shop: Situation) -> None:
    """No part of it says why, the application itself does."""
    shop.fleet.argocd.sick_without["Deployment/cache"] = "Application/shop"
    said = runner.apply(shop.env, shop.write(delete(shop, "1")))
    assert said["code"] == 1
    assert "the application is Degraded" in said["out"]
    assert deleted(shop) == ["cache"]


def test_what_a_finalizer_holds_is_waited_for_and_named(
    runner: Runner, shop: Situation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An object that is being deleted already is not taken for one that a delete would remove."""
    stored = shop.fleet.store.objects[CACHE]
    stored["metadata"].update(finalizers=["example.com/keep"], deletionTimestamp="2026-11-01T09:00:00Z")
    shop.fleet.store.put(stored)
    said = runner.apply(shop.env, shop.write(delete(shop, "1")))
    assert said["code"] == 1
    assert "example.com/keep" in said["out"]
    assert deleted(shop) == []


def with_secret(shop: Situation) -> Path:
    """A plan that deletes a Secret and a Deployment whose environment holds a password."""
    shop.fleet.store.put(manifest("v1", "Secret", "cache-login", data={"password": SECRET}, type="Opaque"))
    return shop.write(delete(shop, "1", (*GONE, "/Secret/cache-login")))


def test_secrets_stay_unless_the_user_allows_their_dump(runner: Runner, shop: Situation) -> None:
    """Without the flag the real value is not even read; with it the dump holds it, and nothing else does."""
    path = with_secret(shop)
    said = runner.apply(shop.env, path)
    assert said["code"] == 1
    assert "--dump-secrets" in said["out"]
    assert not any("secrets/cache-login" in line for line in shop.fleet.asked)
    assert (deleted(shop), dumps(shop)) == ([], [])
    said = runner.apply(shop.env, path, "--dump-secrets")
    assert said["code"] == 0, said
    assert deleted(shop)[-1] == "cache-login"
    [dump] = dumps(shop)
    assert SECRET in dump.read_text()
    assert SECRET not in said["out"] + said["err"]
    assert SECRET not in "".join(file.read_text() for file in (shop.state / "journals").iterdir())
    command = said["out"].rpartition("back: whydrift ")[2].splitlines()[0].split()
    restored = runner.run(shop.env, *command, "--yes")
    assert restored["code"] == 0, restored
    assert SECRET not in restored["out"] + restored["err"]
    assert shop.fleet.store.objects["/api/v1/namespaces/shop/secrets/cache-login"]["data"] == {"password": SECRET}


def test_values_that_look_secret_are_treated_like_secrets(runner: Runner, shop: Situation) -> None:
    """A ConfigMap may hold a password as well."""
    config = shop.fleet.store.objects["/api/v1/namespaces/shop/configmaps/cache-config"]
    shop.fleet.store.put({**config, "data": {"password": SECRET}})
    said = runner.apply(shop.env, shop.write(delete(shop, "1")))
    assert said["code"] == 1
    assert SECRET not in said["out"] + said["err"]
    assert deleted(shop) == []


@pytest.mark.parametrize(
    ("version", "kind"), [("rbac.authorization.k8s.io/v1", "ClusterRole"), ("v1", "PersistentVolumeClaim")]
)
def test_kinds_that_take_more_with_them_are_left_to_people(
    version: str, kind: str, runner: Runner, shop: Situation
) -> None:
    """Whatever the plan says."""
    obj = manifest(version, kind, "data")
    if kind == "ClusterRole":
        del obj["metadata"]["namespace"]
    shop.fleet.store.put(obj)
    group = version.rpartition("/")[0]
    said = runner.apply(shop.env, shop.write(delete(shop, "1", (f"{group}/{kind}/data",), safety=Safety.SAFE)))
    assert said["code"] == 1
    assert "by hand" in said["out"]
    assert deleted(shop) == []


def test_where_auto_sync_prunes_nothing_races_with_it(runner: Runner, shop: Situation) -> None:
    """The plan knows of auto-sync, and still a prune could come in between."""
    application = shop.fleet.store.objects["/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/shop"]
    application["spec"]["syncPolicy"] = {"automated": {"prune": True}}
    shop.fleet.store.put(application)
    path = shop.write(delete(shop, "1"))
    plan = json.loads(path.read_text())
    plan["applications"][0]["automated"] = True
    path.write_text(json.dumps(plan))
    said = runner.apply(shop.env, path)
    assert said["code"] == 1
    assert "prunes at any moment" in said["out"]
    assert deleted(shop) == []


def test_a_dump_never_lands_in_a_work_tree(runner: Runner, shop: Situation) -> None:
    """Where the state folder lies in one, nothing is deleted."""
    (shop.folder / ".git").mkdir()
    said = runner.apply(shop.env, shop.write(delete(shop, "1")))
    assert said["code"] == 1
    assert "work tree" in said["out"]
    assert (deleted(shop), dumps(shop)) == ([], [])


def test_an_object_that_changes_between_dump_and_delete_stays(runner: Runner, shop: Situation) -> None:
    """The first delete is refused by the server; meanwhile somebody writes the object: it is not what was dumped."""
    path = shop.write(delete(shop, "1"))
    shop.fleet.faults.append(Fault("DELETE", "services/cache", 409))
    assert runner.apply(shop.env, path)["code"] == 1
    service = shop.fleet.store.objects["/api/v1/namespaces/shop/services/cache"]
    shop.fleet.store.put({**service, "spec": {**service["spec"], "selector": {"app": "other"}}})
    said = runner.apply(shop.env, path, "--resume")
    assert said["code"] == 1
    assert "changed since it was dumped" in said["out"]
    assert deleted(shop) == ["cache"]


def test_a_rollback_never_writes_over_what_is_there(runner: Runner, shop: Situation) -> None:
    """What somebody made again stays; the rest is created."""
    said = runner.apply(shop.env, shop.write(delete(shop, "1")))
    assert said["code"] == 0
    shop.fleet.store.put(manifest("v1", "ConfigMap", "cache-config", data={"size": "128"}))
    assert runner.run(shop.env, "apply", "--rollback", dumps(shop)[0], "--yes")["code"] == 0
    assert shop.fleet.store.objects["/api/v1/namespaces/shop/configmaps/cache-config"]["data"] == {"size": "128"}
    assert CACHE in shop.fleet.store.objects


def test_a_rollback_goes_on_where_it_was_refused(runner: Runner, shop: Situation) -> None:
    """Run again, it creates what is still missing."""
    assert runner.apply(shop.env, shop.write(delete(shop, "1")))["code"] == 0
    shop.fleet.faults.append(Fault("POST", "services", 403))
    said = runner.run(shop.env, "apply", "--rollback", dumps(shop)[0], "--yes")
    assert said["code"] == 2
    assert "fault 403" in said["err"]
    assert CACHE not in shop.fleet.store.objects
    assert runner.run(shop.env, "apply", "--rollback", dumps(shop)[0], "--yes")["code"] == 0
    assert CACHE in shop.fleet.store.objects
