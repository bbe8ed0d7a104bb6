"""From a plan to a branch, on a recorded Argo CD with its repository: what `plan` writes is what `apply` takes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.adapters.git_work.repositories import git, user
from tests.faces.command import run
from tests.replay import Replay
from tests.replay.recorded import unpack

STORY2 = Path(__file__).parents[1] / "scenarios" / "story2"
TOKEN = "replay-token"


@pytest.mark.parametrize("name", ["d-payment-service", "d-user-service"])
def test_the_patch_of_a_plan_is_what_ends_up_on_the_branch(name: str, tmp_path: Path) -> None:
    """The branch holds the files with the edits of the plan, on top of the revision that was compared."""
    recording = unpack(STORY2 / f"{name}.zip", tmp_path / "recording")
    env = user(tmp_path / "home")
    bare = tmp_path / "apps.git"
    git(tmp_path, "clone", "--quiet", "--bare", str(recording / "git.bundle"), str(bare), env=env)
    with Replay(recording, token=TOKEN) as replay:
        known = {
            **env,
            "ARGOCD_SERVER": replay.url.removeprefix("http://"),
            "ARGOCD_OPTS": "--plaintext",
            "ARGOCD_AUTH_TOKEN": TOKEN,
            "WHYDRIFT_NO_KUBERNETES": "1",
            "WHYDRIFT_STATE": str(tmp_path / "state"),
            "WHYDRIFT_CACHE": str(tmp_path / "cache"),
        }
        url = repository(replay)
        config = Path(env["HOME"]) / ".gitconfig"
        config.write_text(f'{config.read_text()}[url "{bare.as_uri()}"]\n\tinsteadOf = {url}\n')
        assert run("plan", name, "--to", tmp_path, env=known).code == 1
        plan = json.loads((tmp_path / "plan.json").read_text())
        step = next(step for step in plan["steps"] if step["kind"] == "commit")
        said = run("apply", tmp_path / "plan.json", "--only", step["id"], "--yes", env=known)
        assert said.code == 0, said.everything
    branch = git(bare, "for-each-ref", "--format=%(refname)", "refs/heads/whydrift", env=env)
    assert git(bare, "rev-parse", f"{branch}^", env=env) == step["revision"]
    shown = git(bare, "diff", "-U3", f"{branch}^", branch, env=env)
    wanted = [line for edit in step["edits"] for line in edit["diff"].splitlines() if line[:1] in "+-"]
    assert [line for line in shown.splitlines() if line[:1] in ("+", "-")] == wanted


def repository(replay: Replay) -> str:
    """The repository that the recorded application comes from."""
    listed = json.loads(replay.files.read("argocd/api/v1/applications.json") or b"{}")
    return str(listed["items"][0]["spec"]["source"]["repoURL"])
