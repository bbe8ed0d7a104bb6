"""Edits of the Application itself, and of the files that it comes from."""

from __future__ import annotations

from whydrift.core.model.application import Application
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.remedy import Change, Choice, How, RemedyKind
from whydrift.core.model.trouble import GitFiles, Tree
from whydrift.core.model.values import ABSENT, JsonObject
from whydrift.core.remedy.places.above import Holder, lifted
from whydrift.core.remedy.places.application import application_text, changes_of, choice_edit, own_edit
from whydrift.core.remedy.text.reading import documents

PARAMETERS = ("spec", "source", "helm", "parameters")
RULE: JsonObject = {"group": "apps", "kind": "Deployment", "name": "web", "jsonPointers": ["/spec/replicas"]}
CHILD = Application(
    {
        "metadata": {
            "name": "shop",
            "namespace": "argocd",
            "resourceVersion": "7",
            "annotations": {"kubectl.kubernetes.io/last-applied-configuration": "{}"},
        },
        "spec": {
            "source": {"repoURL": "charts", "path": "shop", "helm": {"parameters": [{"name": "size", "value": "3"}]}},
            "syncPolicy": {"syncOptions": ["CreateNamespace=true"]},
        },
        "status": {"sync": {"status": "OutOfSync"}},
    }
)
PLAIN_PARENT = Application(
    {
        "metadata": {"name": "root", "namespace": "argocd"},
        "spec": {"source": {"repoURL": "apps", "path": "apps"}, "destination": {"namespace": "argocd"}},
        "status": {"sourceType": "Directory"},
    }
)
MANIFEST = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: shop
spec:
  source:
    repoURL: charts
    path: shop
    helm:
      parameters:
        - name: size   # of the pool
          value: "3"
  syncPolicy:
    syncOptions:
      - CreateNamespace=true
"""
SET = """\
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata:
  name: shops
spec:
  generators: []
  template:
    spec:
      source:
        helm:
          parameters:
            - name: size
              value: "{{.size}}"
      syncPolicy:
        syncOptions:
          - CreateNamespace=true
"""


def _holder(kind: str, name: str, content: str) -> Holder:
    git = GitFiles(trees=(Tree("apps", "0" * 40, "apps", {"apps/shop.yaml": content}),))
    return Holder(PLAIN_PARENT, git, ObjectKey("argoproj.io", kind, "argocd", name))


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


def test_an_edit_goes_to_the_parents_manifest() -> None:
    (edit,) = own_edit(CHILD, [Change((*PARAMETERS, 0, "value"), "6")], How.VALUE)
    (above,) = lifted(edit, _holder("Application", "shop", MANIFEST))
    assert above.where == "apps/shop.yaml:12"
    assert above.after == MANIFEST.replace('value: "3"', 'value: "6"')


def test_a_rule_goes_to_the_template_of_the_set() -> None:
    choice = Choice(RemedyKind.IGNORE, "", rule=RULE, options=("RespectIgnoreDifferences=true",))
    (edit,) = choice_edit(CHILD, choice)
    (above,) = lifted(edit, _holder("ApplicationSet", "shops", SET))
    assert above.where == "apps/shop.yaml:8"
    assert "      ignoreDifferences:\n        - group: apps\n" in above.after
    assert "          - RespectIgnoreDifferences=true\n" in above.after


def test_what_a_template_computes_is_not_written_over() -> None:
    (edit,) = own_edit(CHILD, [Change((*PARAMETERS, 0, "value"), "6")], How.VALUE)
    assert list(lifted(edit, _holder("ApplicationSet", "shops", SET))) == []


def test_a_rule_that_is_there_needs_no_edit() -> None:
    ruled = Application({**CHILD.raw, "spec": {"ignoreDifferences": [RULE]}})
    assert list(choice_edit(ruled, Choice(RemedyKind.IGNORE, "", rule=RULE))) == []
