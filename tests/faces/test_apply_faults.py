"""Faults in the middle of an apply: nothing is lost, nothing is done twice, and it is said where it stands."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.adapters.forge.server import forge
from tests.adapters.git_work.repositories import bare
from tests.small_fleet.mortal import Runner
from tests.small_fleet.server import Fault
from tests.small_fleet.situation import Situation, annotation, commit, delete, more_replicas, ref_of, rule, step
from whydrift.core.model.plan import Step
from whydrift.core.model.remedy import RemedyKind


def sync(shop: Situation, number: str) -> Step:
    """A sync of the web."""
    return step("sync", number, remedy=RemedyKind.SYNC, objects=(ref_of(shop, "apps/Deployment/web"),))


WRITES: dict[str, tuple[str, str, Callable[[Situation, str], Step]]] = {
    "patch": ("PATCH", "applications/shop", rule),
    "annotate": ("PATCH", "deployments/web", annotation),
    "sync": ("POST", "applications/shop/sync", sync),
    "delete": ("DELETE", "services/cache", delete),
}


@pytest.mark.parametrize("kind", WRITES)
@pytest.mark.parametrize("fault", [403, 409, 429, 500, "before", "after"])
def test_a_fault_at_a_write_stops_and_resuming_finishes_it_once(
    kind: str, fault: int | str, runner: Runner, shop: Situation
) -> None:
    """Refused, failed, or the connection broke before or after it was done: the step after it was not begun.

    Only what was done although nobody said so goes on at once: a look found it.
    """
    method, path, make = WRITES[kind]
    plan = shop.write(make(shop, "1"), step("refresh", "2", remedy=RemedyKind.REFRESH))
    shop.fleet.faults.append(Fault(method, path, fault))
    said = runner.apply(shop.env, plan)
    assert said["code"] == (0 if fault == "after" else 1), said
    if fault != "after":
        assert "STOPPED" in said["out"]
        assert shop.fleet.argocd.refreshes == 0
        assert isinstance(fault, str) or str(fault) in said["out"]
        said = runner.apply(shop.env, plan, "--resume")
        assert said["code"] == 0, said
    assert shop.fleet.argocd.refreshes == 1
    assert set(Counter((method, path) for method, path, _ in shop.fleet.writes).values()) == {1}


def test_a_rejected_push_stops_before_anything_else(runner: Runner, shop: Situation) -> None:
    """The server's hook says no: nothing after it is begun, and once it lets us, resuming pushes the same commits."""
    hook = bare(shop.url) / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho no deploys on Friday >&2\nexit 1\n")
    hook.chmod(0o755)
    plan = shop.write(commit(shop, "1", {"shop/web.yaml": more_replicas}), rule(shop, "2"))
    said = runner.apply(shop.env, plan)
    assert said["code"] == 1
    assert "declined" in said["out"]
    assert (shop.branches(), shop.fleet.writes) == ({}, [])
    hook.unlink()
    assert runner.apply(shop.env, plan, "--resume")["code"] == 0
    assert len(shop.branches()) == len(shop.fleet.writes) == 1


def test_a_remote_that_goes_away_in_the_middle(runner: Runner, shop: Situation) -> None:
    """The push is begun and finds nobody: it is said why, and resuming pushes once the remote is back."""
    plan = shop.write(commit(shop, "1", {"shop/web.yaml": more_replicas}))
    killed = runner.run(shop.env, "apply", plan, "--yes", kill=3, when="after")  # the push is begun, and not sent
    assert killed["code"] == -9
    away = bare(shop.url).rename(bare(shop.url).with_name("away"))
    said = runner.apply(shop.env, plan, "--resume")
    assert said["code"] == 1
    assert "STOPPED" in said["out"]
    away.rename(bare(shop.url))
    assert runner.apply(shop.env, plan, "--resume")["code"] == 0
    assert len(shop.branches()) == 1


@pytest.mark.parametrize("refuse", [0, 401, 500])
def test_a_forge_that_refuses_leaves_the_branch_and_its_page(refuse: int, runner: Runner, shop: Situation) -> None:
    """What was pushed is pushed; the request is one for a person then, and its page is said.

    The token is in nothing that is printed, in no journal, and on no command line.
    """
    with forge() as hosted:
        hosted.refuse = refuse
        web, config = f"{hosted.url}/team/apps.git", Path(shop.user["HOME"]) / ".gitconfig"
        config.write_text(f'{config.read_text()}[url "{shop.url}"]\n\tinsteadOf = {web}\n')
        job = {"GITHUB_SERVER_URL": hosted.url, "GITHUB_API_URL": f"{hosted.url}/api"}
        shop.more = {**job, "GITHUB_TOKEN": "tok-abc123", "PATH": telling_git(shop.folder)}
        said = runner.apply(shop.env, shop.write(commit(shop, "1", {"shop/web.yaml": more_replicas}, repo=web)))
    assert said["code"] == 0, said
    assert (f"{hosted.url}/requests/1" if not refuse else f"{hosted.url}/team/apps/compare/main...") in said["out"]
    assert len(shop.branches()) == 1
    arguments = (shop.folder / "arguments").read_text()
    assert "push" in arguments
    written = "".join(file.read_text() for file in (shop.state / "journals").iterdir())
    assert "tok-abc123" not in said["out"] + said["err"] + written + arguments


def telling_git(folder: Path) -> str:
    """A PATH whose git writes down its arguments."""
    place, real = folder / "bin", shutil.which("git")
    place.mkdir()
    (place / "git").write_text(f'#!/bin/sh\necho "$@" >> {folder}/arguments\nexec {real} "$@"\n')
    (place / "git").chmod(0o755)
    return f"{place}:{os.environ['PATH']}"


def test_a_journal_that_cannot_be_written_changes_nothing(runner: Runner, shop: Situation) -> None:
    """No memory, no act."""
    shop.state.mkdir()
    (shop.state / "journals").write_text("")
    said = runner.apply(shop.env, shop.write(rule(shop, "1")))
    assert said["code"] == 2
    assert shop.fleet.writes == []


def test_dumps_that_cannot_be_written_delete_nothing(runner: Runner, shop: Situation) -> None:
    """No dump, no delete."""
    shop.state.mkdir()
    (shop.state / "dumps").write_text("")
    said = runner.apply(shop.env, shop.write(delete(shop, "1")))
    assert said["code"] == 1
    assert "nothing is deleted" in said["out"]
    assert shop.fleet.writes == []


def test_a_sync_that_fails_is_no_success(runner: Runner, shop: Situation) -> None:
    """Argo CD took the request, and the operation ended badly."""
    shop.fleet.argocd.ends = ("Failed", "one or more objects failed to apply")
    said = runner.apply(shop.env, shop.write(sync(shop, "1")))
    assert said["code"] == 1
    assert "failed to apply" in said["out"]


def test_two_syncs_after_one_lost_answer_are_told_apart(runner: Runner, shop: Situation) -> None:
    """Somebody else synced after the answer was lost: whether ours ran is not known any more, and nothing is sent."""
    plan = shop.write(sync(shop, "1"))
    killed = runner.run(shop.env, "apply", plan, "--yes", kill=2, when="after")
    assert killed["code"] == -9
    shop.fleet.argocd.sync("shop", {})
    said = runner.apply(shop.env, plan, "--resume")
    assert said["code"] == 1
    assert "not known" in said["out"]
    assert shop.fleet.argocd.syncs == 1
