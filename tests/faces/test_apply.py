"""`whydrift apply` against a small fleet: what it carries out, what it refuses, and what it says."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.adapters.git_work.repositories import bare, git
from tests.faces.command import WHYDRIFT
from tests.small_fleet.argocd import TRACKING
from tests.small_fleet.mortal import Runner
from tests.small_fleet.situation import (
    RULE,
    Situation,
    annotation,
    commit,
    delete,
    everything,
    more_replicas,
    ref_of,
    rule,
    step,
)
from whydrift.core.model.plan import ProofStep, Step
from whydrift.core.model.remedy import RemedyKind, Safety

WEB = "/apis/apps/v1/namespaces/shop/deployments/web"


def webs(shop: Situation) -> tuple[Step, ...]:
    """A sync of the web."""
    return (step("sync", "1", remedy=RemedyKind.SYNC, objects=(ref_of(shop, "apps/Deployment/web"),)),)


def test_every_kind_of_step_is_carried_out(runner: Runner, shop: Situation) -> None:
    """What the plan says is what is there afterwards, and nothing else was written."""
    said = runner.apply(shop.env, everything(shop))
    assert said["code"] == 0, said
    [commit_made] = shop.branches().values()
    assert "replicas: 5  # three are enough" in shop.shown(commit_made, "shop/web.yaml")
    assert "6 4" in shop.shown(commit_made, "shop/cron.yaml")
    assert shop.fleet.argocd.application("shop")[1]["spec"]["ignoreDifferences"] == [RULE]
    assert shop.fleet.store.objects[WEB]["metadata"]["annotations"]["argocd.argoproj.io/sync-options"] == "Prune=false"
    assert (shop.fleet.argocd.syncs, shop.fleet.argocd.refreshes) == (1, 1)
    assert not any("cache" in path for path in shop.fleet.store.objects)
    assert len(shop.fleet.writes) == 7
    assert all("done" in line for line in said["out"].splitlines() if line[:4] in ("done", "STOP", "wait"))
    assert said["out"].splitlines()[-1].startswith("Next: once it is merged and synced: whydrift verify ")


def test_everything_is_shown_before_anybody_is_asked(runner: Runner, shop: Situation) -> None:
    """Diffs, patches, objects and reasons stand above the question; where nobody can answer, nothing is done."""
    said = runner.run(shop.env, "apply", everything(shop))
    assert said["code"] == 2
    assert "--yes" in said["err"]
    for part in ("+  replicas: 5", "ignoreDifferences", "Prune=false", "delete apps/Deployment/cache", "because"):
        assert part in said["out"]
    assert shop.fleet.writes == []
    assert shop.branches() == {}


def test_a_dry_run_shows_and_looks_and_changes_nothing(runner: Runner, shop: Situation) -> None:
    """Not even with --yes; so too where the environment says it, which may be meant for other commands."""
    path = everything(shop)
    said = runner.run(shop.env, "apply", path, "--dry-run", "--yes")
    assert (said["code"], said["err"]) == (0, ""), said
    assert "+  replicas: 5" in said["out"] and "Nothing was changed: --dry-run" in said["out"]
    told = json.loads(runner.run(shop.env, "apply", path, "--dry-run", "-o", "json")["out"])
    assert {row["state"] for row in told["steps"]} == {"left"}
    assert (shop.fleet.writes, shop.branches()) == ([], {})
    MOVES["the object"](shop)
    assert runner.run(shop.env, "apply", path, "--dry-run")["code"] == 1
    MOVES["auto-sync"](shop)
    commits = shop.write(commit(shop, "1", {"shop/web.yaml": more_replicas}))
    said = runner.apply({**shop.env, "WHYDRIFT_DRY_RUN": "1"}, commits)
    assert "WHYDRIFT_DRY_RUN" in said["out"] and shop.branches() == {}
    assert runner.apply(shop.env, commits)["code"] == 0
    assert shop.branches()


def test_a_sync_names_revision_and_objects_and_never_prunes(runner: Runner, shop: Situation) -> None:
    """What Argo CD is asked for is what the plan was made for."""
    assert runner.apply(shop.env, shop.write(*webs(shop)))["code"] == 0
    [(_, _, body)] = shop.fleet.writes
    assert (body["prune"], body["revision"], [r["name"] for r in body["resources"]]) == (False, "a" * 40, ["web"])


CONFIG = "/api/v1/namespaces/shop/configmaps/cache-config"
LATE_POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "late", "namespace": "shop"},
    "spec": {"containers": [{"name": "late", "envFrom": [{"configMapRef": {"name": "cache-config"}}]}]},
    "status": {"phase": "Running"},
}
MOVES: dict[str, Callable[[Situation], object]] = {
    "the branch": lambda shop: _commit_on_main(shop),
    "the application": lambda shop: _change_application(shop, lambda raw: raw["spec"].update(project="other")),
    "auto-sync": lambda shop: _change_application(shop, lambda raw: raw["spec"].update(syncPolicy={"automated": {}})),
    "a running sync": lambda shop: _change_application(
        shop, lambda raw: raw["status"].update(operationState={"phase": "Running"})
    ),
    "the object": lambda shop: _change_web(shop, lambda web: web["spec"].update(replicas=9)),
    "a new object of the name": lambda shop: _change_web(shop, lambda web: web["metadata"].update(uid="other")),
    "a leftover": lambda shop: _change(shop, CONFIG, lambda config: config.update(data={})),
    "a user of a leftover": lambda shop: shop.fleet.store.put(LATE_POD),
    "what is visible": lambda shop: setattr(shop.fleet.argocd, "sees_all", False),
    "what a webhook takes": lambda shop: shop.fleet.store.refuses.update(ConfigMap="admission webhook denied it"),
}


def _change(shop: Situation, path: str, change: Callable[[dict[str, Any]], object]) -> None:
    stored = shop.fleet.store.objects[path]
    change(stored)
    shop.fleet.store.put(stored)


def _change_web(shop: Situation, change: Callable[[dict[str, Any]], object]) -> None:
    _change(shop, WEB, change)


def _change_application(shop: Situation, change: Callable[[dict[str, Any]], object]) -> None:
    _change(shop, "/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/shop", change)


def _commit_on_main(shop: Situation) -> None:
    seed = shop.folder / "remote" / "seed"
    (seed / "new.yaml").write_text("a: 1\n")
    git(seed, "add", "--all", env=shop.user)
    git(seed, "commit", "--quiet", "-m", "meanwhile", env=shop.user)
    git(seed, "push", "--quiet", str(bare(shop.url)), "HEAD:main", env=shop.user)


@pytest.mark.parametrize("what", MOVES)
def test_nothing_is_begun_where_something_moved_since_the_plan(what: str, runner: Runner, shop: Situation) -> None:
    """One step that cannot be carried out as planned keeps all of them from being begun."""
    path = shop.write(
        commit(shop, "1", {"shop/web.yaml": more_replicas}), rule(shop, "2"), annotation(shop, "3"), delete(shop, "4")
    )
    MOVES[what](shop)
    said = runner.apply(shop.env, path)
    assert said["code"] == 1, said
    assert "REFUSED" in said["out"]
    assert shop.fleet.writes == []
    assert shop.branches() == {}


def test_a_new_status_is_no_move(runner: Runner, shop: Situation) -> None:
    """Controllers write all the time: a resourceVersion alone keeps nobody from anything."""
    path = shop.write(rule(shop, "1"), annotation(shop, "2"), delete(shop, "3"))
    _change_web(shop, lambda web: web.update(status={"readyReplicas": 2}))
    _change_application(shop, lambda raw: raw["status"].update(reconciledAt="later"))
    _change(shop, "/apis/apps/v1/namespaces/shop/deployments/cache", lambda o: o.update(status={"replicas": 1}))
    assert runner.apply(shop.env, path)["code"] == 0


def test_what_has_no_proof_or_needs_a_look_is_left(runner: Runner, shop: Situation) -> None:
    """Unproven, manual and undecided steps never run; unsafe ones only where they are named; followers wait."""
    path = shop.write(
        rule(shop, "1", proof=ProofStep(why_not="nothing could render it")),
        rule(shop, "2", safety=Safety.MANUAL),
        rule(shop, "3", safety=Safety.UNSAFE),
        step("ask", "4"),
        step("refresh", "5", after=("3",)),
    )
    said = runner.apply(shop.env, path, "-o", "json")
    assert said["code"] == 0
    told = {row["id"]: (row["state"], row["says"]) for row in json.loads(said["out"])["steps"]}
    assert {state for state, _ in told.values()} == {"left"}
    assert "nothing could render it" in told["1"][1]
    assert shop.fleet.writes == []
    for named, code in (("1", 2), ("2", 2), ("4", 2), ("5", 2), ("9", 2), ("3", 0)):
        assert runner.apply(shop.env, path, "--only", named)["code"] == code, named
    assert len(shop.fleet.writes) == 1


def test_an_application_that_somebody_else_writes_is_never_patched(runner: Runner, shop: Situation) -> None:
    """A parent in git would take the patch back."""
    _change_application(
        shop, lambda raw: raw["metadata"].update(annotations={TRACKING: "root:argoproj.io/Application:x"})
    )
    said = runner.apply(shop.env, shop.write(rule(shop, "1")))
    assert said["code"] == 1
    assert "parent" in said["out"]
    assert shop.fleet.writes == []


def test_a_masked_value_is_never_written(runner: Runner, shop: Situation) -> None:
    """A plan knows secrets only by their tokens; these must not end up in a cluster or in git."""
    merge = {"spec": {"source": {"helm": {"parameters": [{"name": "password", "value": "⟦masked:0123⟧"}]}}}}
    said = runner.apply(shop.env, shop.write(rule(shop, "1", merge=merge)))
    assert said["code"] == 1
    said = runner.apply(
        shop.env, shop.write(commit(shop, "1", {"shop/web.yaml": lambda text: text + "password: ⟦masked:0123⟧\n"}))
    )
    assert said["code"] == 1
    assert (shop.fleet.writes, shop.branches()) == ([], {})


def test_secrets_of_an_application_survive_a_patch(runner: Runner, shop: Situation) -> None:
    """Only what changes is written: what is masked for the eyes stays as it is on the server."""
    parameters = [{"name": "password", "value": "hunter2-hunter2"}]
    _change_application(shop, lambda raw: raw["spec"]["source"].update(helm={"parameters": parameters}))
    assert runner.apply(shop.env, shop.write(rule(shop, "1")))["code"] == 0
    assert shop.fleet.argocd.application("shop")[1]["spec"]["source"]["helm"]["parameters"] == parameters
    assert "hunter2" not in "".join(path.read_text() for path in (shop.state / "journals").iterdir())


def test_what_comes_after_commits_waits_for_the_merge(runner: Runner, shop: Situation) -> None:
    """--resume looks whether the branch holds the commits, and whether Argo CD has seen them, and goes on then."""
    path = shop.write(
        commit(shop, "1", {"shop/web.yaml": more_replicas}), delete(shop, "2", after=("1",)), *_sync_after(shop)
    )
    said = runner.apply(shop.env, path)
    assert said["code"] == 1
    assert "not merged yet" in said["out"]
    assert shop.fleet.writes == []
    assert runner.apply(shop.env, path, "--resume")["code"] == 1
    assert runner.apply(shop.env, path)["code"] == 2, "a plan that was begun goes on with --resume only"
    [branch] = shop.branches()
    shop.merge(branch)
    said = runner.apply(shop.env, path, "--resume")
    assert "Argo CD has not looked at" in said["out"]
    assert [method for method, _, _ in shop.fleet.writes] == ["DELETE"] * 3


def _sync_after(shop: Situation) -> tuple[Step, ...]:
    return (step("sync", "3", remedy=RemedyKind.SYNC, objects=(ref_of(shop, "apps/Deployment/web"),), after=("1",)),)


def test_the_default_branch_may_be_what_is_tracked(runner: Runner, shop: Situation) -> None:
    """HEAD is a branch of the remote's choice; a tag is none, and is refused."""
    edit = {"shop/web.yaml": more_replicas}
    assert runner.apply(shop.env, shop.write(commit(shop, "1", edit, branch="HEAD")))["code"] == 0
    assert len(shop.branches()) == 1
    git(bare(shop.url), "tag", "v1", "main", env=shop.user)
    said = runner.apply(shop.env, shop.write(commit(shop, "1", edit, branch="v1")))
    assert said["code"] == 1
    assert "tag" in said["out"]


def test_a_sync_that_would_hurt_by_now_is_refused(runner: Runner, shop: Situation) -> None:
    """Somebody scaled the web up by hand since the plan: a sync would take that back."""
    path = shop.write(*webs(shop))
    _change_web(shop, lambda web: web["spec"].update(replicas=9))
    managers = [{"manager": "kubectl", "operation": "Update", "fieldsV1": {"f:spec": {"f:replicas": {}}}}]
    _change_web(shop, lambda web: web["metadata"].update(managedFields=managers))
    said = runner.apply(shop.env, path)
    assert said["code"] == 1, said
    assert shop.fleet.writes == []


def test_a_plan_that_is_none_is_said(runner: Runner, shop: Situation, tmp_path: Path) -> None:
    """Other versions, other files, a recording, two things at once."""
    path = tmp_path / "other.json"
    path.write_text('{"schema":"whydrift.plan/9"}')
    for words in ([path], [], [path, "--rollback", "x"], [tmp_path / "missing.json"]):
        assert runner.run(shop.env, "apply", *words, "--yes")["code"] == 2
    good = shop.write(rule(shop, "1"))
    for more in (["--from", "demo"], ["--resume"], ["-o", "json"], ["--only", "1", "--resume"]):
        words = [good, *more, *(() if more == ["-o", "json"] else ("--yes",))]
        assert runner.run(shop.env, "apply", *words)["code"] == 2, more
    assert shop.fleet.writes == []


CORE = """contexts: [{name: core, server: kubernetes, user: kubernetes}]
current-context: core
servers: [{server: kubernetes, core: true}]
users: [{name: kubernetes}]
"""


def test_without_an_api_server_it_says_what_to_run(runner: Runner, shop: Situation, tmp_path: Path) -> None:
    """Core mode: what is compared anew before each write is only told by that server."""
    (tmp_path / "config").write_text(CORE)
    (tmp_path / "config").chmod(0o600)
    env = {name: value for name, value in shop.env.items() if not name.startswith("ARGOCD_")}
    said = runner.run({**env, "ARGOCD_CONFIG_DIR": str(tmp_path)}, "apply", everything(shop), "--yes")
    assert said["code"] == 2 and shop.fleet.writes == []
    assert "`argocd admin dashboard`, then --server http://localhost:8080" in said["err"]
    assert "RUNBOOK.md" in said["err"] and said["err"].count("\n") == 1


def test_steps_are_chosen_one_by_one_on_a_terminal(shop: Situation) -> None:
    """The first is taken, the second is not; a no to everything changes nothing."""
    path = shop.write(rule(shop, "1"), annotation(shop, "2"))
    assert answering(shop, path, "n\n") == 0
    assert shop.fleet.writes == []
    assert answering(shop, path, "o\ny\nn\n") == 0
    assert [path for _, path, _ in shop.fleet.writes] == ["/api/v1/applications/shop"]


def answering(shop: Situation, plan: Path, answers: str) -> int:
    """The exit code of an apply whose questions are answered on a terminal."""
    ours, theirs = os.openpty()
    try:
        os.write(ours, answers.encode())
        words = [*WHYDRIFT, "apply", str(plan)]
        return subprocess.run(
            words, env=shop.env, stdin=theirs, capture_output=True, check=False, timeout=60
        ).returncode
    finally:
        os.close(ours)
        os.close(theirs)
