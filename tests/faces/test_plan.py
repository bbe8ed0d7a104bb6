"""`whydrift plan` as a user runs it on the shipped fleet: files, patches that git takes, what verify reads."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from tests.demo_repository import demo_repository, git
from tests.faces.command import Said, inside, of_demo
from whydrift.adapters.files.plans import read_plan
from whydrift.core.model.plan import Plan
from whydrift.core.model.remedy import Safety
from whydrift.core.report.plan_text import plan_text
from whydrift.core.report.words import Ink, plain


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a plan for the whole fleet."""
    place = tmp_path_factory.mktemp("planned")
    said = inside("plan", "--from", "demo", "--to", str(place))
    assert said.code == 1 and not said.err
    (place / "said.txt").write_text(said.out)
    return place


@pytest.fixture(scope="module")
def plan(folder: Path) -> Plan:
    """The plan as `apply` and `verify` read it."""
    return read_plan(folder / "plan.json")


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The fleet's repository, checked out."""
    return demo_repository(tmp_path_factory.mktemp("repository"))


def test_every_field_has_a_step_or_is_named(plan: Plan) -> None:
    """Nothing gets lost between what differs and what is planned."""
    told = json.loads(of_demo("scan", "-o", "json").out)
    differing = {
        (f"{a['namespace']}/{a['name']}", o["id"], d["path"])
        for a in told["applications"]
        for o in a.get("objects", ())
        for d in o["differences"]
    }
    planned = {(f.application, f.object, f.path) for step in plan.steps for f in step.fields}
    left = {(row.application, row.object, row.path) for row in plan.left}
    assert differing == planned | left and len(differing) > 100


def test_the_patches_are_commits_that_git_takes(folder: Path, plan: Plan, repository: Path) -> None:
    """In their order, on the head that they were made from; each file then is what the plan says."""
    commits = [step for step in plan.steps if step.kind == "commit"]
    assert len(commits) >= 3
    for step in commits:
        before = {edit.file: (repository / edit.file).read_text() for edit in step.edits}
        git(repository, "am", "--keep-cr", "--quiet", given=(folder / step.patch).read_bytes())
        changed = git(repository, "show", "--name-only", "--format=").split()
        assert sorted(changed) == sorted(edit.file for edit in step.edits)
        assert git(repository, "log", "-1", "--format=%s").strip() == step.title
        assert all((repository / file).read_text() != content for file, content in before.items())


def test_proven_steps_say_what_they_close(plan: Plan) -> None:
    """A pin of defaults in plain files is proven without any tool."""
    pinned = next(step for step in plan.steps if step.kind == "commit" and step.causes == ("schema-defaults-field",))
    plain = [edit for edit in pinned.edits if edit.how.value == "yaml"]
    assert plain and pinned.proof.closes and not pinned.proof.hides


def test_a_plugin_that_answers_404_is_dropped_and_never_called_safe(plan: Plan) -> None:
    """What unmask found behind the noise, after the commits that it stands on; nobody else names the plugin."""
    mend = next(step for step in plan.steps if step.kind == "commit" and not step.fields)
    assert [(edit.file, edit.line) for edit in mend.edits] == [("apps/argo-rollouts/values.yaml", 23)]
    assert mend.safety is Safety.UNSAFE and "nothing that was read names argoproj-labs/cilium" in mend.why
    earlier = [step.id for step in plan.steps if step.kind == "commit" and step is not mend]
    assert mend.after == tuple(earlier) and mend.where == "apps/argo-rollouts/values.yaml:24"
    assert "response code Not Found" in mend.why


def test_what_else_is_broken_is_asked_with_its_place(plan: Plan) -> None:
    """A load balancer without an address: no program knows what to write, a person finds the line."""
    asked = [step for step in plan.steps if step.kind == "ask" and not step.fields]
    assert "apps/gitea/values.yaml:11" in [step.where for step in asked]
    assert all(step.safety is Safety.MANUAL and not step.edits for step in asked)


def test_deletes_come_dependents_first_and_after_dumps(plan: Plan) -> None:
    """Every object is kept before the first one goes; kinds that only a person may delete are no step of a program."""
    deletes = [step for step in plan.steps if step.kind == "delete"]
    assert deletes
    for step in deletes:
        dumps = [line for line in step.commands if " get " in line]
        assert len(dumps) == len(step.objects) and step.commands[: len(dumps)] == tuple(dumps)
        assert not any("/ClusterRole/" in o.id or "CustomResourceDefinition" in o.id for o in step.objects)


def test_the_runbook_holds_every_step(folder: Path, plan: Plan) -> None:
    """With the commands and the way back."""
    runbook = (folder / "RUNBOOK.md").read_text()
    assert all(f"## {step.id}. " in runbook for step in plan.steps)
    assert all(line in runbook for step in plan.steps for line in step.commands)


def test_the_screen_fits_and_a_pipe_is_not_cut(folder: Path, plan: Plan) -> None:
    """On a terminal no line is wider than the page; elsewhere every reason can be found whole."""
    assert max(map(len, plan_text(plan, (), Ink(), 110).splitlines())) <= 110
    said = (folder / "said.txt").read_text()
    assert all(plain(step.title) in said and plain(step.why) in said for step in plan.steps if step.safety != "safe")
    assert said.splitlines()[-1].startswith(f"Next: {folder / 'RUNBOOK.md'}")


def test_verify_says_that_nothing_was_done_yet(folder: Path) -> None:
    """On the recording that the plan was made from everything is left."""
    said = inside("verify", str(folder / "plan.json"), "--from", "demo", "-o", "json")
    became = {step["became"] for step in json.loads(said.out)["steps"]}
    assert said.code == 1 and became == {"left"}


def test_planning_again_writes_over_its_own_files_only(folder: Path, tmp_path: Path) -> None:
    """A folder with a runbook of somebody else's is refused, and stays as it is."""
    (tmp_path / "RUNBOOK.md").write_text("ours\n")
    said = inside("plan", "--from", "demo", "--to", str(tmp_path), "--cause", "verdict-is-stale")
    assert said.code == 0 and "Nothing to do for verdict-is-stale" in said.out
    refused = inside("plan", "--from", "demo", "--to", str(tmp_path), "--cause", "list-order-differs", "root")
    assert refused.code in (0, 1, 2)
    assert (tmp_path / "RUNBOOK.md").read_text() == "ours\n"


def test_a_file_that_is_no_plan_is_refused(tmp_path: Path) -> None:
    """One line that says so."""
    (tmp_path / "plan.json").write_bytes(msgspec.json.encode({"schema": "x"}))
    said: Said = inside("verify", str(tmp_path / "plan.json"), "--from", "demo")
    assert said.code == 2 and "is not what `whydrift plan` wrote" in said.err


def test_a_cause_that_does_not_exist_is_refused() -> None:
    """A plan for a misspelled one would look like nothing to do."""
    said = inside("plan", "--from", "demo", "--cause", "schema-default-field")
    assert said.code == 2 and "schema-defaults-field is near" in said.err


def test_with_nothing_to_do_no_older_plan_stays(tmp_path: Path) -> None:
    """It would be carried out although nobody plans it any more."""
    plan = ("plan", "n8n", "open-webui", "--from", "demo", "--to", str(tmp_path), "--cause")
    assert inside(*plan, "schema-defaults-field").code == 1
    assert read_plan(tmp_path / "plan.json").steps and list((tmp_path / "patches").glob("*.patch"))
    said = inside(*plan, "verdict-is-stale")
    assert "Nothing to do" in said.out and "Wrote" in said.out and "Next: whydrift apply" not in said.out
    assert read_plan(tmp_path / "plan.json").steps == () and not list((tmp_path / "patches").glob("*.patch"))
    assert "Nothing to do" in (tmp_path / "RUNBOOK.md").read_text()
