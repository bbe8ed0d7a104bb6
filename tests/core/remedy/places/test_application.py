"""Edits of the Application itself."""

from __future__ import annotations

from tests.core.remedy.places.child import CHILD, PARAMETERS, RULE

from whydrift.core.model.application import Application
from whydrift.core.model.remedy import Change, Choice, How, RemedyKind
from whydrift.core.model.values import ABSENT
from whydrift.core.remedy.places.application import application_text, changes_of, choice_edit, own_edit
from whydrift.core.remedy.text.reading import documents


def test_an_application_is_stated_as_a_manifest_would() -> None:
    stated = documents(application_text(CHILD))[0].value
    assert isinstance(stated, dict)
    assert stated["metadata"] == {"name": "shop", "namespace": "argocd"}
    assert stated["spec"] == CHILD.raw["spec"]
    assert "status" not in stated


def test_an_edit_of_the_application_says_where_in_it() -> None:
    (edit,) = own_edit(CHILD, [Change((*PARAMETERS, 0, "value"), "6")], How.VALUE)
    assert edit.where == "Application:/spec/source/helm/parameters/0/value"
    (added,) = own_edit(CHILD, [Change(("spec", "source", "helm", "valuesObject", "a"), 1)], How.VALUE)
    assert added.where == "Application:/spec/source/helm"


def test_an_edit_tells_its_changes() -> None:
    wanted = [Change((*PARAMETERS, 0, "value"), "6"), Change((*PARAMETERS, 1), {"name": "b", "value": "1"})]
    (edit,) = own_edit(CHILD, wanted, How.VALUE)
    assert {change.path: change.value for change in changes_of(edit)} == {c.path: c.value for c in wanted}
    (dropped,) = own_edit(CHILD, [Change(("spec", "syncPolicy"), ABSENT)], How.YAML)
    assert [(change.path, change.value) for change in changes_of(dropped)] == [(("spec", "syncPolicy"), ABSENT)]


def test_a_rule_that_is_there_needs_no_edit() -> None:
    ruled = Application({**CHILD.raw, "spec": {"ignoreDifferences": [RULE]}})
    assert list(choice_edit(ruled, Choice(RemedyKind.IGNORE, "", rule=RULE))) == []
