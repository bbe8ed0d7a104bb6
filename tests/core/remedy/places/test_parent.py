"""Edits of an Application in the files that it comes from: its parent's manifest, or the template of its set."""

from __future__ import annotations

import pytest
from tests.core.remedy.places.child import CHILD, PARAMETERS, RULE

from whydrift.core.model.application import Application
from whydrift.core.model.git_files import GitFiles, Tree
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.remedy import Change, Choice, How, RemedyKind
from whydrift.core.model.values import ABSENT, is_object
from whydrift.core.remedy.overlay import Overlay
from whydrift.core.remedy.places.application import changes_of, choice_edit, own_edit
from whydrift.core.remedy.places.parent import ParentManifest
from whydrift.core.remedy.text.reading import documents

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

ELEMENTS = """\
  generators:
    - list:
        elements:
          - name: shop
            size: "3"
          - name: stall
            size: "3"
"""
LISTED = SET.replace("  generators: []\n", ELEMENTS).replace(
    "  template:\n", '  template:\n    metadata:\n      name: "{{.name}}"\n'
)
OWN_TEMPLATE = """\
        template:
          metadata: {}
          spec:
            project: shops
"""
FILLED_IN = OWN_TEMPLATE.replace("shops", '""\n            destination: {}')
SIZE = [Change((*PARAMETERS, 0, "value"), "6")]


def _manifest(kind: str, name: str, content: str) -> ParentManifest:
    git = GitFiles(trees=(Tree("apps", "0" * 40, "apps", {"apps/shop.yaml": content}),))
    target = documents(content)[0].value
    assert is_object(target)
    inside = ("spec", "template") if kind == "ApplicationSet" else ()
    key = ObjectKey("argoproj.io", kind, "argocd", name)
    return ParentManifest(PLAIN_PARENT, git, key, target, inside, ("stall",), "shop")


def test_an_edit_goes_to_the_parents_manifest() -> None:
    (edit,) = own_edit(CHILD, [Change((*PARAMETERS, 0, "value"), "6")], How.VALUE)
    (above,) = _manifest("Application", "shop", MANIFEST).edits(changes_of(edit))
    assert above.where == "apps/shop.yaml:12"
    assert above.after == MANIFEST.replace('value: "3"', 'value: "6"')


def test_a_rule_goes_to_the_template_of_the_set() -> None:
    choice = Choice(RemedyKind.IGNORE, "", rule=RULE, options=("RespectIgnoreDifferences=true",))
    (edit,) = choice_edit(CHILD, choice)
    (above,) = _manifest("ApplicationSet", "shops", SET).edits(changes_of(edit))
    assert above.where == "apps/shop.yaml:8"
    assert "      ignoreDifferences:\n        - group: apps\n" in above.after
    assert "          - RespectIgnoreDifferences=true\n" in above.after


def test_what_a_template_computes_is_not_written_over() -> None:
    (edit,) = own_edit(CHILD, [Change((*PARAMETERS, 0, "value"), "6")], How.VALUE)
    assert list(_manifest("ApplicationSet", "shops", SET).edits(changes_of(edit))) == []


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(LISTED.replace("name: shop\n            size", "name: shed\n            size"), id="no element"),
        pytest.param(LISTED.replace("name: stall", "name: shop"), id="two elements"),
        pytest.param(LISTED.replace("{{.size}}", "{{.size}}0"), id="computed"),
        pytest.param(LISTED.replace("- name: size", '- name: "{{.size}}"'), id="taken twice"),
        pytest.param(LISTED.replace("- name: size", "- name: '{{ upper .size }}'"), id="taken by a function too"),
        pytest.param(LISTED.replace("- name: size", "- name: '{{ toJson . }}'"), id="taken with all others"),
        pytest.param(LISTED.replace("  template:\n", OWN_TEMPLATE + "  template:\n"), id="a template of its own"),
        pytest.param(LISTED.replace("  template:\n", "  templatePatch: '{}'\n  template:\n"), id="patched"),
    ],
)
def test_what_no_single_element_states_is_not_written_over(content: str) -> None:
    assert content != LISTED
    manifest = _manifest("ApplicationSet", "shops", content)
    assert list(manifest.edits(SIZE)) == []
    assert manifest.others(SIZE) == ("stall",)


@pytest.mark.parametrize("content", [LISTED, LISTED.replace("  template:\n", FILLED_IN + "  template:\n")])
def test_what_a_template_takes_from_an_element_is_changed_there_for_that_application_alone(content: str) -> None:
    manifest = _manifest("ApplicationSet", "shops", content)
    (edit,) = manifest.edits(SIZE)
    assert edit.where == "apps/shop.yaml:10"
    assert edit.after == content.replace('size: "3"', 'size: "6"', 1)
    assert manifest.others(SIZE) == ()


def test_places_are_those_of_the_manifest_with_earlier_edits_in_place() -> None:
    manifest = _manifest("Application", "shop", MANIFEST)
    (first,) = manifest.edits([Change((*PARAMETERS, 0, "value"), "6")])
    (second,) = manifest.edits([Change(("spec", "syncPolicy"), ABSENT)], Overlay((first,)))
    assert second.after == MANIFEST.partition("  syncPolicy")[0].replace('value: "3"', 'value: "6"')
