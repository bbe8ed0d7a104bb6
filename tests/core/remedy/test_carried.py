"""Which steps are carried out: what is safe and proven, or what the user names together with what it stands on."""

from __future__ import annotations

from typing import Any

import pytest

from whydrift.core.model.plan import ApplicationRef, EditStep, Plan, ProofStep, Step
from whydrift.core.model.remedy import How, RemedyKind, Safety
from whydrift.core.remedy.carried import applications_of, carried
from whydrift.errors import UsageError


def step(number: str, kind: Any = "refresh", **parts: Any) -> Step:
    """A step about one application."""
    stated: dict[str, Any] = {
        "remedy": RemedyKind.GIT_SET,
        "title": "t",
        "why": "w",
        "causes": ("schema-defaults-field",),
        "applications": ("argocd/a",),
        "safety": Safety.SAFE,
        "proof": ProofStep(),
    }
    return Step(id=number, kind=kind, **{**stated, **parts})


def commit(number: str, file: str, application: str, *after: str, **parts: Any) -> Step:
    """A commit of one file for one application."""
    edit = EditStep(file=file, line=1, how=How.YAML, before="", diff="")
    return step(number, "commit", edits=(edit,), applications=(application,), after=after, **parts)


def plan(*steps: Step, applications: tuple[ApplicationRef, ...] = ()) -> Plan:
    """A plan of steps."""
    return Plan(source="s", at="t", by="b", argocd="v", applications=applications, steps=steps, left=(), gaps=())


def chosen(made: Plan, *only: str) -> list[str]:
    """The ids of what is carried out."""
    return [found.id for found in carried(made, only).steps]


def test_by_default_only_what_is_safe_and_proven_runs() -> None:
    """The rest is left, each with its reason, and what stands on it as well."""
    made = plan(
        step("1"),
        step("2", safety=Safety.UNSAFE),
        step("3", safety=Safety.MANUAL),
        step("4", proof=ProofStep(why_not="it did not render")),
        step("5", "ask"),
        step("6", "application"),
        step("7", after=("2",)),
        step("8", after=("7", "1")),
        step("9", after=("1",)),
    )
    assert chosen(made) == ["1", "9"]
    left = carried(made).left
    assert set(left) == {"2", "3", "4", "5", "6", "7", "8"}
    assert "--only 2" in left["2"] and "did not render" in left["4"] and "step 7" in left["8"]


def test_what_is_named_runs_with_what_it_stands_on() -> None:
    """An unsafe step only where it is named; in the plan's order, whatever the order of the names."""
    made = plan(step("1"), step("2", safety=Safety.UNSAFE, after=("1",)), step("3"))
    assert chosen(made, "2", "1") == ["1", "2"]
    with pytest.raises(UsageError, match="name both"):
        chosen(made, "2")


@pytest.mark.parametrize("name", ["2", "3", "4", "9"])
def test_what_nobody_carries_out_is_refused_by_name(name: str) -> None:
    """Manual, unproven, a question, unknown."""
    unproven = ProofStep(why_not="no")
    made = plan(step("1"), step("2", safety=Safety.MANUAL), step("3", proof=unproven), step("4", "manual"))
    with pytest.raises(UsageError):
        chosen(made, name)


def test_commits_that_share_nothing_do_without_each_other() -> None:
    """Those of one file, or of one application, were proven on top of each other."""
    made = plan(
        commit("1", "a.yaml", "argocd/a"),
        commit("2", "b.yaml", "argocd/b", "1"),
        commit("3", "a.yaml", "argocd/c", "1", "2"),
        commit("4", "d.yaml", "argocd/b", "1", "2", "3"),
    )
    assert chosen(made, "2") == ["2"]
    assert chosen(made, "1", "3") == ["1", "3"]
    for alone in ("3", "4"):
        with pytest.raises(UsageError):
            chosen(made, alone)


def test_applications_of_one_name_are_told_apart_by_their_instance() -> None:
    """A step names the one that it is about; a name without an instance is that of the only one."""
    refs = tuple(ApplicationRef(name="a", namespace="argocd", instance=instance) for instance in ("eu", "us", ""))
    made = plan(applications=refs)
    assert applications_of(made, step("1", applications=("eu:argocd/a",))) == refs[:1]
    assert applications_of(made, step("1", applications=("argocd/a",))) == refs[2:]
    assert applications_of(made, step("1", applications=("argocd/b",))) == ()
