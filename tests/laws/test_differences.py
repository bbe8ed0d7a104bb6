"""Laws of differences: equal sides have none, none is lost, addresses resolve, all of them together make live."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whydrift.core.compare.alignment import align, at, locate
from whydrift.core.compare.differences import apply, differences, hidden_differences, is_server_owned, shown_differences
from whydrift.core.model.drift import Difference, Kind
from whydrift.core.model.values import ABSENT, Json, JsonObject, child, same

KEYS = ("name", "port", "protocol", "key", "type", "labels", "annotations", "value", "spec")
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 3), st.just(1.0), st.just(2**53 + 1), st.sampled_from(["", "a", "b", "1"])
)


def containers(below: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    return st.one_of(st.lists(below, max_size=5), st.dictionaries(st.sampled_from(KEYS), below, max_size=4))


VALUES: st.SearchStrategy[Json] = st.recursive(SCALARS, containers, max_leaves=20)
OBJECTS: st.SearchStrategy[JsonObject] = st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=5)


@st.composite
def neighbours(draw: st.DrawFn) -> tuple[JsonObject, JsonObject]:
    """An object, and what becomes of it when places in it are changed, removed, moved and added."""
    before = draw(OBJECTS)
    after = _changed(before, draw)
    assert isinstance(after, dict)
    return before, after


def _changed(value: Json, draw: st.DrawFn) -> Json:
    if isinstance(value, dict):
        kept = {key: _changed(part, draw) for key, part in value.items() if not draw(st.sampled_from([0, 0, 0, 1]))}
        added: JsonObject = draw(st.dictionaries(st.sampled_from(KEYS), SCALARS, max_size=1))
        return {**kept, **added}
    if isinstance(value, list):
        kept_items = [_changed(item, draw) for item in value if not draw(st.sampled_from([0, 0, 0, 1]))]
        return draw(st.just(kept_items) | st.permutations(kept_items).map(list))
    return draw(st.just(value) | st.just(value) | SCALARS)


PAIRS = st.one_of(neighbours(), st.tuples(OBJECTS, OBJECTS))


@given(OBJECTS)
def test_equal_sides_have_no_difference(value: JsonObject) -> None:
    assert differences(value, _copied(value)) == ()


@given(PAIRS)
def test_no_difference_is_lost(sides: tuple[JsonObject, JsonObject]) -> None:
    assert bool(differences(*sides)) is not same(*sides)


@given(PAIRS)
def test_all_differences_applied_to_the_target_give_live(sides: tuple[JsonObject, JsonObject]) -> None:
    target, live = sides
    assert same(apply(target, differences(target, live), live), live)


@given(PAIRS)
def test_addresses_resolve_to_the_values(sides: tuple[JsonObject, JsonObject]) -> None:
    target, live = sides
    for found in differences(target, live):
        assert _says_what_it_is(found)
        if found.kind is not Kind.EXTRA:
            assert child(target, *found.path) is found.target
        if found.kind is not Kind.MISSING:
            assert child(live, *found.live_path) is found.live
        assert at(found.path, target, target) is found.target or found.kind is Kind.EXTRA


def _says_what_it_is(found: Difference) -> bool:
    match found.kind:
        case Kind.EXTRA:
            return found.target is ABSENT and found.live is not ABSENT
        case Kind.MISSING:
            return found.target is not ABSENT and found.live is ABSENT
        case Kind.MODIFIED:
            return found.target is not ABSENT and found.live is not ABSENT


@given(PAIRS)
def test_no_place_is_told_twice(sides: tuple[JsonObject, JsonObject]) -> None:
    found = differences(*sides)
    assert len({(d.path, d.kind, d.order) for d in found}) == len(found)


@given(PAIRS, OBJECTS)
def test_what_is_shown_is_not_hidden(sides: tuple[JsonObject, JsonObject], predicted: JsonObject) -> None:
    target, live = sides
    shown = shown_differences(predicted, live, target, live)
    hidden = hidden_differences(target, live, shown)
    assert all(not d.shown for d in hidden)
    assert {(d.path, d.kind) for d in hidden}.isdisjoint((d.path, d.kind) for d in shown)
    assert hidden_differences(target, live, differences(target, live)) == ()


def test_an_item_in_the_place_of_a_shown_one_is_not_overlooked() -> None:
    git, live = (dict[str, Json](env=[{"name": name, "value": value}]) for name, value in (("A", "1"), ("B", "2")))
    predicted: JsonObject = {"env": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]}
    shown = shown_differences(predicted, live, git, live)
    hidden = hidden_differences(git, live, shown)
    assert [(d.path, d.kind, d.live) for d in (*shown, *hidden)] == [
        (("env", 0), Kind.MISSING, ABSENT),
        (("env", 0), Kind.EXTRA, {"name": "B", "value": "2"}),
    ]


@given(PAIRS)
def test_nothing_shown_leaves_all_hidden_with_or_without_extras(sides: tuple[JsonObject, JsonObject]) -> None:
    hidden = hidden_differences(*sides, ())
    told = {(d.path, d.live_path, d.kind, d.order) for d in hidden}
    raw = {(d.path, d.live_path, d.kind, d.order) for d in differences(*sides)}
    assert len(told) == len(hidden)
    assert told == {place for place in raw if not is_server_owned(place[1])}
    assert hidden_differences(*sides, (), extras=False) == tuple(d for d in hidden if d.kind is not Kind.EXTRA)


@given(st.lists(VALUES, max_size=8), st.lists(VALUES, max_size=8))
def test_alignment_uses_each_index_once_and_pairs_equal_lists_in_place(a: list[Json], b: list[Json]) -> None:
    pairs = align(a, b)
    assert sorted(i for i, _ in pairs if i is not None) == list(range(len(a)))
    assert sorted(j for _, j in pairs if j is not None) == list(range(len(b)))
    assert align(a, list(a)) == [(i, i) for i in range(len(a))]


@given(PAIRS)
def test_an_address_found_there_leads_back(sides: tuple[JsonObject, JsonObject]) -> None:
    target, live = sides
    for found in differences(target, live):
        if found.kind is Kind.MODIFIED:
            assert locate(found.path, target, live) == found.live_path
            assert locate(found.live_path, live, target) == found.path


def _copied(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _copied(value[key]) for key in reversed(value)}
    return [_copied(item) for item in value] if isinstance(value, list) else value


LONG: dict[str, Callable[[int], tuple[list[Json], list[Json]]]] = {
    "keyed, each value changed": lambda n: (
        [{"name": str(i), "value": i} for i in range(n)],
        [{"name": str(i), "value": i + 1} for i in range(n)],
    ),
    "scalars, every other one changed": lambda n: (list(range(n)), [i if i % 2 else -1 - i for i in range(n)]),
    "maps without a key, all changed": lambda n: (
        [{"value": i, "kind": "x"} for i in range(n)],
        [{"value": i, "kind": "y"} for i in range(n)],
    ),
    "the same scalar, fewer times": lambda n: (["a"] * n, ["a"] * (n // 2)),
    "reversed": lambda n: (list(range(n)), list(reversed(range(n)))),
}


@pytest.mark.parametrize("shape", LONG)
def test_long_lists_do_not_take_quadratic_work(shape: str) -> None:
    """Four times the items may take six times the calls (four, and what is logarithmic), never sixteen."""
    short, long = (_calls(*LONG[shape](size)) for size in (1_000, 4_000))
    assert long < 6 * short


def _calls(a: list[Json], b: list[Json]) -> int:
    """How many functions are called to align two lists: the same on every machine."""
    seen = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal seen
        seen += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        align(a, b)
    finally:
        sys.setprofile(None)
    return seen
