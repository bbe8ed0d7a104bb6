"""Applying on a real Argo CD: it turns Synced, deletes come back, and what moved since the plan is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from tests.live.conftest import Deploy
from tests.live.ground import Deployed, Ground
from tests.live.situations import WEB

from whydrift.core.model.values import Json, JsonObject, items, text

CACHE = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: cache-config
data: {size: "64"}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: cache
spec:
  replicas: 1
  selector: {matchLabels: {app: cache}}
  template:
    metadata: {labels: {app: cache}}
    spec:
      containers:
      - name: cache
        image: registry.example.com/cache:1
        envFrom: [{configMapRef: {name: cache-config}}]
---
apiVersion: v1
kind: Service
metadata:
  name: cache
spec:
  selector: {app: cache}
  ports: [{port: 6379}]
"""
WHO = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "Jo"), ("EMAIL", "jo@example.com"))
}


@pytest.fixture
def user(ground: Ground, tmp_path: Path) -> Ground:
    """The servers as a user sees them whose state lies in the test's folder."""
    return replace(ground, environ={**ground.environ, **WHO, "WHYDRIFT_STATE": str(tmp_path / "state")})


def planned(user: Ground, app: Deployed, folder: Path, *more: str) -> Path:
    """A plan for one application."""
    user.whydrift("plan", app.name, "--to", str(folder), *more)
    return folder / "plan.json"


def merge(app: Deployed) -> None:
    """Merge what apply pushed, as somebody does on a forge."""
    git = ("git", "-C", str(app.work))
    app.ground.run(*git, "fetch", "-q", "origin")
    pushed = app.ground.run(*git, "for-each-ref", "--format=%(refname)", "refs/remotes/origin/whydrift").split()
    app.ground.run(*git, "merge", "-q", "--ff-only", *pushed)
    app.ground.run(*git, "push", "-q", "origin", "HEAD:main")


def test_adopting_a_change_by_hand_turns_the_application_synced(deploy: Deploy, user: Ground, tmp_path: Path) -> None:
    """Plan, apply, merge: git says what the cluster holds, and nothing was synced for it."""
    app = deploy(WEB)
    user.kubectl("-n", app.name, "scale", "deployment/web", "--replicas=5")
    app.until("OutOfSync")
    plan = planned(user, app, tmp_path)
    user.whydrift("apply", str(plan), "--yes", "--only", "1", ok=(0,))
    merge(app)
    app.until("Synced")
    assert user.kubectl("-n", app.name, "get", "deployment/web", "-o", "jsonpath={.spec.replicas}") == "5"


def leave_cache_behind(deploy: Deploy) -> Deployed:
    """An application whose cache was taken out of git; all of it still runs."""
    app = deploy({**WEB, "manifests/cache.yaml": CACHE})
    app.work.joinpath("manifests/cache.yaml").unlink()
    app.commit({}, "the cache is not needed any more")
    app.until("OutOfSync")
    return app


def names(user: Ground, app: Deployed) -> set[str]:
    """What of the cache is there."""
    listed = json.loads(user.kubectl("-n", app.name, "get", "deployment,service,configmap", "-o", "json"))
    return {f"{text(row, 'kind')}/{text(row, 'metadata', 'name')}" for row in items(listed, "items")} & GONE


GONE = {"Deployment/cache", "Service/cache", "ConfigMap/cache-config"}


def test_a_guarded_delete_and_its_way_back(deploy: Deploy, user: Ground, tmp_path: Path) -> None:
    """What git dropped goes, the application is Synced; the rollback brings every object back as it was."""
    app = leave_cache_behind(deploy)
    assert names(user, app) == GONE
    plan = planned(user, app, tmp_path)
    said = user.whydrift("apply", str(plan), "--yes", "--watch", "3", ok=(0,))
    assert names(user, app) == set()
    app.until("Synced")
    (dump,) = (tmp_path / "state" / "dumps").iterdir()
    assert str(dump) in said
    user.whydrift("apply", "--rollback", str(dump), "--yes", ok=(0,))
    assert names(user, app) == GONE
    app.until("OutOfSync")


def test_what_somebody_uses_since_the_plan_stays(deploy: Deploy, user: Ground, tmp_path: Path) -> None:
    """Between plan and apply a colleague lets the web read the old settings: nothing of it is deleted."""
    app = leave_cache_behind(deploy)
    plan = planned(user, app, tmp_path)
    user.kubectl("-n", app.name, "set", "env", "deployment/web", "--from=configmap/cache-config")
    said = user.whydrift("apply", str(plan), "--yes", ok=(1,))
    assert "REFUSED" in said
    assert names(user, app) == GONE


def test_a_commit_since_the_plan_is_refused(deploy: Deploy, user: Ground, tmp_path: Path) -> None:
    """git moved: nothing is pushed."""
    app = deploy(WEB)
    user.kubectl("-n", app.name, "scale", "deployment/web", "--replicas=5")
    app.until("OutOfSync")
    plan = planned(user, app, tmp_path)
    app.commit({"manifests/notes.yaml": "# nothing\n"}, "meanwhile")
    said = user.whydrift("apply", str(plan), "--yes", "--only", "1", ok=(1,))
    assert "REFUSED" in said
    assert "whydrift/" not in user.run("git", "ls-remote", app.repository)


def test_argocd_tests_the_version_before_it_patches(deploy: Deploy, user: Ground) -> None:
    """A JSON patch whose test fails changes nothing; one that holds does: what apply's patches rely on."""
    app = deploy(WEB)
    rules = [{"kind": "ConfigMap", "jsonPointers": ["/data/days"]}]
    change = {"op": "add", "path": "/spec/ignoreDifferences", "value": rules}

    def patched(version: str) -> bool:
        test = {"op": "test", "path": "/metadata/resourceVersion", "value": version}
        body: JsonObject = {"name": app.name, "patchType": "json", "patch": json.dumps([test, change])}
        try:
            user.argocd("PATCH", f"/api/v1/applications/{app.name}", body)
        except AssertionError as error:
            assert "test failed" in str(error)
            return False
        return True

    def now() -> Json:
        return user.argocd("GET", f"/api/v1/applications/{app.name}")

    app.refresh()
    assert not patched("1") and not items(now(), "spec", "ignoreDifferences")
    # the controller writes statuses in between: the version that was read may be gone by then
    assert any(patched(text(now(), "metadata", "resourceVersion")) for _ in range(10))
    assert items(now(), "spec", "ignoreDifferences")
