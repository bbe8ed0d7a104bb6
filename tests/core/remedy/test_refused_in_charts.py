"""What is done where a chart that is not ours states something that no server takes."""

from __future__ import annotations

import pytest

from tests.core.remedy.choosing import chosen, situation_of
from whydrift.core.explain.causes import CATALOGUE
from whydrift.core.model.fact_kinds import RENDERED_FROM
from whydrift.core.model.facts import Facts
from whydrift.core.model.git_files import GitFiles, Tree
from whydrift.core.model.remedy import Change, Choice, RemedyKind, Safety
from whydrift.core.model.values import ABSENT, Json, JsonObject
from whydrift.core.remedy.next_choice import with_a_place
from whydrift.core.remedy.places import candidates

FAILING = [cause for cause in CATALOGUE if cause.id == "sync-is-failing"]
SOURCE: JsonObject = {"repoURL": "https://git.example.com/apps.git", "path": "chart", "targetRevision": "main"}
META: JsonObject = {"name": "db", "namespace": "shop"}
MESSAGE = 'PodDisruptionBudget.policy "db" is invalid: spec.maxUnavailable: Invalid value: "": a valid percent string'
CHART = "apiVersion: v2\nname: shop\nversion: 1.0.0\ndependencies:\n- name: db\n  version: 1.0.0\n"
VALUES = "db:\n  budget:\n    create: true\n    unavailable: ''\n"
BODY = """apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: db
spec:
  maxUnavailable: {{ .Values.budget.unavailable | quote }}
"""
SWITCHED = f"{{{{- if .Values.budget.create }}}}\n{BODY}{{{{- end }}}}\n"


def chosen_for(template: str, live: Json | None) -> tuple[Choice, str]:
    """The choice for a budget whose number no server takes, and the first place of its edit."""
    own = {"chart/Chart.yaml": CHART, "chart/values.yaml": VALUES}
    packed = {
        "chart/charts/db-1.0.0.tgz/db/Chart.yaml": "apiVersion: v2\nname: db\nversion: 1.0.0\n",
        "chart/charts/db-1.0.0.tgz/db/values.yaml": "budget: {create: false, unavailable: ''}\n",
        "chart/charts/db-1.0.0.tgz/db/templates/budget.yaml": template,
    }
    git = GitFiles(own, ("chart",), (Tree("r", "r1", "chart", own, packed=packed),))
    head: JsonObject = {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": META}
    row: JsonObject = {"group": "policy", "kind": "PodDisruptionBudget", **META}
    failed: JsonObject = {"revision": "r2", "resources": [{**row, "status": "SyncFailed", "message": MESSAGE}]}
    operation: JsonObject = {"phase": "Failed", "message": f"failed to apply: {MESSAGE}", "syncResult": failed}
    compared: JsonObject = {"revision": "r2", "comparedTo": {"source": SOURCE}}
    status: JsonObject = {"sourceType": "Helm", "sync": compared, "operationState": operation}
    case: JsonObject = {
        "application": {"spec": {"source": SOURCE}, "status": status},
        "target": {**head, "spec": {"maxUnavailable": ""}},
        "facts": {"manifests of the last synced revision": [head]},
        **({} if live is None else {"live": {**head, "spec": {"maxUnavailable": live}}}),
    }
    ((subject, finding, first),) = chosen(case, FAILING, Facts({RENDERED_FROM: git})).values()
    choice = with_a_place(first, finding, subject, situation_of(subject, (finding,)))
    target = subject.object.target
    assert isinstance(target, dict)
    found = candidates(subject.application, git, subject.key, target, choice.changes)
    return choice, next((edit.where for edit in found), "")


def test_the_value_of_before_is_stated_where_the_chart_prints_it_so() -> None:
    """Nothing changes in the cluster."""
    choice, where = chosen_for(SWITCHED, "50%")
    assert choice.changes == (Change(("spec", "maxUnavailable"), "50%"),) and choice.changes[0].value == "50%"
    assert (choice.kind, where) == (RemedyKind.CHART_VALUE, "chart/values.yaml:4")


def test_the_object_is_switched_off_where_no_value_comes_to_it() -> None:
    """The chart makes a text of every number: its switch leaves the object out, which wants a look."""
    choice, where = chosen_for(SWITCHED, 1)
    assert [change.value for change in choice.changes] == [ABSENT] and choice.changes[0].path == ()
    assert (choice.kind, choice.safety, where) == (RemedyKind.CHART_VALUE, Safety.UNSAFE, "chart/values.yaml:3")


@pytest.mark.parametrize(("template", "live"), [(BODY, 1), (SWITCHED, None)])
def test_without_a_switch_or_a_value_of_before_somebody_chooses(template: str, live: Json | None) -> None:
    """The place is named, and nothing is written there."""
    choice, _ = chosen_for(template, live)
    assert (choice.kind, choice.safety, choice.changes) == (RemedyKind.CHART_VALUE, Safety.MANUAL, ())
    assert choice.at is not None and choice.at.path == ("spec", "maxUnavailable")
