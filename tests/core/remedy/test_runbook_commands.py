"""The commands of a runbook are run: every patch ends up on a branch of its own, in its own repository."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

from tests.adapters.git_work.repositories import bare, git, remote, user
from tests.core.remedy.offered import adopted, application, edit
from whydrift.core.model.application import Application
from whydrift.core.model.remedy import Edit
from whydrift.core.model.values import JsonObject
from whydrift.core.remedy.offers import Offer
from whydrift.core.remedy.steps import steps
from whydrift.core.report.patches import patch_mail

AT = "2026-11-22T07:00:00Z"


def offered(repo: str, branch: str, what: Edit, cause: str) -> Offer:
    """Something to adopt in a repository, for an application that tracks a branch of it."""
    source: JsonObject = {"repoURL": repo, "path": "shop", "targetRevision": branch}
    made = adopted(replace(what, repo=repo), cause=cause)
    mine = Application({**application().raw, "spec": {"source": source}, "status": {}})
    snapshot = replace(made.situation.snapshot, application=mine)
    return replace(made, situation=replace(made.situation, snapshot=snapshot))


def test_commands_of_several_repositories_and_branches_do_not_meet(tmp_path: Path) -> None:
    """Each step as it stands in the runbook, one after the other."""
    env = user(tmp_path / "home")
    one = remote(tmp_path / "one", {"shop/web.yaml": "replicas: 2\n", "shop/api.yaml": "replicas: 2\n"}, env)
    two = remote(tmp_path / "two", {"shop/web.yaml": "replicas: 2\n"}, env)
    git(bare(one), "branch", "prod", "main", env=env)
    made = steps(
        [
            offered(one, "main", edit(), "person-edits-live"),
            offered(one, "main", edit("replicas: 5\n", "replicas: 5\nx: 1\n"), "unexplained"),
            offered(one, "prod", edit(file="shop/api.yaml"), "person-edits-live"),
            offered(two, "main", edit(), "person-edits-live"),
        ]
    )
    assert len({(step.repo, step.branch, step.id) for step in made}) == 4, made
    for step in made:
        place = tmp_path / step.patch
        place.parent.mkdir(exist_ok=True)
        place.write_text(patch_mail(step, AT))
        for command in step.commands:
            done = subprocess.run(["bash", "-ec", command], cwd=tmp_path, env=env, capture_output=True)
            assert done.returncode == 0, f"{command}: {done.stderr.decode()}"
    for step in made:
        [changed] = step.edits
        at = bare(step.repo)
        assert git(at, "diff", "--name-only", f"{step.branch}...whydrift/{step.id}", env=env) == changed.file
        assert "replicas: 5" in git(at, "show", f"whydrift/{step.id}:{changed.file}", env=env)
    for step in made:
        done = subprocess.run(["bash", "-ec", step.rollback[0]], cwd=tmp_path, env=env, capture_output=True)
        assert done.returncode == 0, done.stderr.decode()
    assert not any("whydrift" in git(bare(url), "branch", "--list", env=env) for url in (one, two))
