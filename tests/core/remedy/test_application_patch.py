"""Merge patches of Applications: what they put in place, and that their way back takes back nothing else."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.core.remedy.offered import application
from whydrift.core.compare.merge.json_merge import apply
from whydrift.core.model.application import Application
from whydrift.core.model.remedy import Choice, RemedyKind
from whydrift.core.model.values import Json, JsonObject, same
from whydrift.core.remedy.application_patch import back, merged, patch_of

KEYS = st.sampled_from(["a", "b", "c/d", "ignoreDifferences"])
SCALARS = st.booleans() | st.integers(-2, 2) | st.sampled_from(["", "x"])
VALUES: st.SearchStrategy[Json] = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(KEYS, inner, max_size=3)
)
OBJECTS = st.dictionaries(KEYS, VALUES, max_size=4)
RULE: JsonObject = {"group": "apps", "kind": "Deployment", "name": "web", "jsonPointers": ["/spec/replicas"]}


def ignoring(rule: JsonObject, *options: str) -> Choice:
    """A choice for a rule."""
    return Choice(RemedyKind.IGNORE, "x", rule=rule, options=options)


@given(OBJECTS, OBJECTS)
def test_a_patch_makes_one_of_the_other_and_back_makes_it_the_first_again(one: JsonObject, two: JsonObject) -> None:
    """A law of JSON merge patches (RFC 7386) for objects without null: there and back."""
    patch = merged(one, two)
    there = apply(patch, one)
    assert same(there, two)
    assert same(apply(back(Application(one), patch), there), one)


def test_a_rule_for_the_same_objects_takes_up_the_pointers() -> None:
    """No second rule for them, and no pointer twice."""
    held: JsonObject = {"ignoreDifferences": [{**RULE, "jsonPointers": ["/spec/paused"]}, {"kind": "Job"}]}
    patch = patch_of(application(spec=held), [ignoring(RULE), ignoring(RULE)])
    assert patch == {
        "spec": {"ignoreDifferences": [{**RULE, "jsonPointers": ["/spec/paused", "/spec/replicas"]}, {"kind": "Job"}]}
    }


def test_what_is_there_already_is_no_patch() -> None:
    """Rules, sync options, compare options and marks."""
    held = application(
        spec={"ignoreDifferences": [RULE], "syncPolicy": {"syncOptions": ["A=true"]}},
        metadata={"annotations": {"argocd.argoproj.io/compare-options": "ServerSideDiff=true", "m": "x"}},
    )
    server = Choice(RemedyKind.SERVER_SIDE_DIFF, "x", options=("ServerSideDiff=true",))
    mark = Choice(RemedyKind.ANNOTATE, "x", marks=(("m", "x"),))
    assert patch_of(held, [ignoring(RULE, "A=true"), server, mark]) == {}


def test_options_that_are_there_stay() -> None:
    """Lists are stated as a whole: a merge patch replaces them."""
    held = application(
        spec={"syncPolicy": {"syncOptions": ["A=true"]}},
        metadata={"annotations": {"argocd.argoproj.io/compare-options": "IgnoreExtraneous"}},
    )
    server = Choice(RemedyKind.SERVER_SIDE_DIFF, "x", options=("ServerSideDiff=true",))
    patch = patch_of(held, [Choice(RemedyKind.OPTION, "x", options=("B=true",)), server])
    assert patch == {
        "spec": {"syncPolicy": {"syncOptions": ["A=true", "B=true"]}},
        "metadata": {"annotations": {"argocd.argoproj.io/compare-options": "IgnoreExtraneous,ServerSideDiff=true"}},
    }
