"""Laws of ignore rules, for all objects: a rule hides exactly what it says."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from whydrift.adapters.jq import JqWorker
from whydrift.core.compare.deletions import located, without
from whydrift.core.compare.globs import glob_matches
from whydrift.core.compare.ignore import hidden_by, ignore
from whydrift.core.compare.rules import IgnoreRule
from whydrift.core.model.paths import Path, pointer, starts_with
from whydrift.core.model.values import Json, JsonObject, child

KEYS = st.sampled_from(["a", "b", "c/d", "e~f", "0", "", "x y"])
SCALARS: st.SearchStrategy[Json] = st.none() | st.booleans() | st.integers() | st.text("ab/", max_size=3)
VALUES: st.SearchStrategy[Json] = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=12
)
SPECS = st.dictionaries(KEYS, VALUES, max_size=4)
LAW = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # slow machines draw slowly


def rule_of(pointers: Sequence[str]) -> IgnoreRule:
    """A rule for all objects that are drawn."""
    return IgnoreRule("example.com", "Thing", pointers=tuple(pointers))


@pytest.fixture(scope="module")
def jq() -> Iterator[JqWorker]:
    """The real jq."""
    with JqWorker() as worker:
        yield worker


def places(value: Json, at: Path = ()) -> Iterator[Path]:
    """Every place below a value, containers before what they hold."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, item in inner:
        yield (*at, step)
        yield from places(item, (*at, step))


@st.composite
def pointed_at(draw: st.DrawFn) -> tuple[JsonObject, list[str]]:
    """An object and JSON pointers, most of them to something in it."""
    obj: JsonObject = {
        "apiVersion": "example.com/v1",
        "kind": "Thing",
        "metadata": {"name": "t"},
        "spec": draw(SPECS),
    }
    below_spec = [path for path in places(obj) if starts_with(path, ("spec",))]
    some = st.sampled_from([pointer(path) for path in below_spec]) | st.sampled_from(["/spec/nope", "/spec/a/9"])
    return obj, draw(st.lists(some, max_size=3))


@LAW
@given(pointed_at())
def test_a_rule_hides_exactly_what_it_says(drawn: tuple[JsonObject, list[str]]) -> None:
    """Removing the hidden places at once gives what the rule leaves."""
    obj, pointers = drawn
    rule = rule_of(pointers)
    with JqWorker() as jq:
        assert without(obj, hidden_by(rule, obj, jq)) == ignore(obj, [rule], jq).document


@LAW
@given(pointed_at())
def test_one_pointer_hides_the_place_it_names(drawn: tuple[JsonObject, list[str]]) -> None:
    """A pointer to a place hides that place; one to nowhere hides nothing."""
    obj, pointers = drawn
    with JqWorker() as jq:
        for stated in pointers:
            hidden = hidden_by(rule_of([stated]), obj, jq)
            place = located(obj, stated)
            assert hidden == ({place} if place is not None else set())
            assert {pointer(path) for path in hidden} <= {stated}


@LAW
@given(pointed_at())
def test_what_is_not_below_a_hidden_place_stays(drawn: tuple[JsonObject, list[str]]) -> None:
    """Outside lists, every place that no hidden one covers has its value in the result."""
    obj, pointers = drawn
    rule = rule_of(pointers)
    with JqWorker() as jq:
        left = ignore(obj, [rule], jq).document
        hidden = hidden_by(rule, obj, jq)
    for path in places(obj):
        covered = any(starts_with(path, place) or starts_with(place, path) for place in hidden)
        if not covered and not any(isinstance(step, int) for step in path):
            assert child(left, *path) == child(obj, *path)


@LAW
@given(pointed_at())
def test_the_object_itself_is_left_alone(drawn: tuple[JsonObject, list[str]]) -> None:
    """No rule changes its input."""
    obj, pointers = drawn
    before = copy.deepcopy(obj)
    with JqWorker() as jq:
        ignore(obj, [rule_of(pointers)], jq)
    assert obj == before


@LAW
@given(pointed_at())
def test_a_rule_for_another_object_hides_nothing(drawn: tuple[JsonObject, list[str]]) -> None:
    """A rule counts only where group, kind, name and namespace match."""
    obj, pointers = drawn
    others = [
        replace(rule_of(pointers), group=""),
        replace(rule_of(pointers), kind="Other"),
        replace(rule_of(pointers), name="*"),
        replace(rule_of(pointers), namespace="n"),
    ]
    with JqWorker() as jq:
        assert ignore(obj, others, jq).document == obj


DEPLOYMENT: JsonObject = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "web", "namespace": "n"},
    "spec": {
        "replicas": 3,
        "limit": 12345678901234567890,
        "items": [{"name": "a", "v": 1}, {"name": "b", "v": 2}, {"name": "c"}],
    },
}


@pytest.mark.parametrize(
    ("expressions", "hidden"),
    [
        ([".spec.replicas"], {("spec", "replicas")}),
        (['.spec.items[] | select(.name == "b")'], {("spec", "items", 1)}),
        ([".spec.items[]?.v"], {("spec", "items", 0, "v"), ("spec", "items", 1, "v")}),
        ([".spec.items[1:]"], {("spec", "items", 1), ("spec", "items", 2)}),
        ([".spec.items[-1].name"], {("spec", "items", 2, "name")}),
        ([".spec.items[0]", ".spec.items[0]"], {("spec", "items", 0), ("spec", "items", 1)}),
        ([".spec.nothing.there"], set()),
        ([".spec.nothing[]"], set()),
        ([".spec.items[1:][0].v"], {("spec", "items", 1, "v")}),
        ([".spec.replicas) | del(.spec.items[0]"], {("spec", "replicas"), ("spec", "items", 0)}),
    ],
)
def test_jq_hides_the_places_it_names(jq: JqWorker, expressions: list[str], hidden: set[Path]) -> None:
    """The places are those of the object itself, also after earlier ones are gone; big numbers stay exact."""
    rule = IgnoreRule("apps", "Deployment", expressions=tuple(expressions))
    assert hidden_by(rule, DEPLOYMENT, jq) == hidden
    left = ignore(DEPLOYMENT, [rule], jq).document
    assert left == without(DEPLOYMENT, hidden)
    assert child(left, "spec", "limit") == 12345678901234567890


def test_a_program_that_fails_is_left_out_and_told(jq: JqWorker) -> None:
    """A failing program hides nothing and does not stop the others; the answer says which one failed."""
    rule = IgnoreRule("apps", "Deployment", expressions=(".spec.nothing[].x", ".spec.replicas"))
    found = ignore(DEPLOYMENT, [rule], jq)
    assert found.document == without(DEPLOYMENT, [("spec", "replicas")])
    assert [failure.expression for failure in found.failures] == [".spec.nothing[].x"]


PLAIN = st.text(alphabet="abcXY.-/", max_size=6)


@LAW
@given(PLAIN, PLAIN)
def test_a_plain_glob_matches_only_itself(pattern: str, text: str) -> None:
    """Without special characters a glob is compared as it stands, dots and slashes too."""
    assert glob_matches(pattern, text) == (pattern == text)


@LAW
@given(PLAIN, PLAIN, PLAIN)
def test_a_star_stands_for_any_text(before: str, inside: str, after: str) -> None:
    """A star crosses dots and slashes."""
    assert glob_matches(f"{before}*{after}", before + inside + after)


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("{Deployment,Stateful*}", "StatefulSet", True),
        ("[A-D]eployment", "Deployment", True),
        ("[!A-D]eployment", "Deployment", False),
        ("[!abc]x", "bx", False),
        ("[abc]x", "bx", True),
        ("[a-cd]x", "bx", False),
        ("[", "[", False),
        ("a\\*", "a*", True),
        ("a\\*", "ab", False),
        ("Deploymen?", "Deployment", True),
        ("{Deployment", "Deployment", True),
        ("", "", True),
        ("", "x", False),
    ],
)
def test_globs_are_those_of_gobwas(pattern: str, text: str, matches: bool) -> None:
    """Alternatives, classes, escapes and what does not compile."""
    assert glob_matches(pattern, text) is matches
