"""Two- and three-way comparison: held to what Go answers for random objects, and the laws that merge patches keep."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.vector_bench import REPOSITORY, Bench
from tests.vectors import read, run

from whydrift.adapters.builtin.types import load_types
from whydrift.core.compare.merge import json_merge, strategic
from whydrift.core.compare.merge.patch_tags import Schema
from whydrift.core.compare.merge.sides import three_way, two_way
from whydrift.core.model.values import Json, JsonObject, child, same, text
from whydrift.errors import NotComparable

FOLDER = REPOSITORY / "tests" / "data" / "vectors" / "typed"
TYPES = load_types()
ALL = list(read(FOLDER / "merge.jsonl.gz", "merge"))
POD_SCHEMA = Schema(TYPES, "core/v1/Pod")

leaves = st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from(["", "a", "b"])
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abcd"), inner, max_size=3),
    max_leaves=8,
)
specs = st.dictionaries(st.sampled_from("abcd"), values, max_size=4)


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    bench = Bench(FOLDER)
    yield bench
    bench.jq.close()


@pytest.mark.parametrize("step", sorted({text(vector.input, "op") for vector in ALL}))
def test_random_objects_are_merged_as_go_merges_them(step: str, bench: Bench) -> None:
    of_step = [vector for vector in ALL if text(vector.input, "op") == step]
    before = deepcopy([vector.input for vector in of_step])
    outcomes = [run(vector, bench) for vector in of_step]
    assert [outcome.vector.name for outcome in outcomes if not outcome.agrees] == []
    assert [vector.input for vector in of_step] == before


def widget(spec: JsonObject) -> JsonObject:
    return {"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": "w"}, "spec": spec}


def pod(*env: tuple[str, str]) -> JsonObject:
    variables: list[Json] = [{"name": name, "value": value} for name, value in env]
    containers: list[Json] = [{"name": "c", "image": "c:1", "env": variables}]
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": {"containers": containers}}


def names(obj: JsonObject) -> list[Json]:
    found = child(obj, "spec", "containers", 0, "env")
    return [item["name"] for item in found if isinstance(item, dict)] if isinstance(found, list) else []


@given(specs)
def test_an_object_does_not_differ_from_itself(spec: JsonObject) -> None:
    sides = two_way(widget(spec), widget(spec), TYPES)
    assert same(sides.normalized_live, sides.predicted_live)
    assert same(sides.normalized_live, widget(spec))


@given(specs, specs)
def test_what_is_predicted_states_all_that_target_states(target: JsonObject, live: JsonObject) -> None:
    predicted = two_way(widget(target), widget(live), TYPES).predicted_live
    again = two_way(widget(target), predicted, TYPES)
    assert same(again.normalized_live, again.predicted_live)


@given(specs, specs)
def test_inputs_are_never_changed(target: JsonObject, live: JsonObject) -> None:
    before = deepcopy((target, live))
    json_merge.apply(json_merge.three_way_patch(live, target, live), live)
    assert (target, live) == before


@given(st.permutations(["A", "B", "C", "D"]), st.permutations(["A", "B", "C", "E"]))
def test_a_two_way_patch_makes_the_modified_object(before: list[str], after: list[str]) -> None:
    original, modified = pod(*((name, "1") for name in before)), pod(*((name, name) for name in after))
    patch = strategic.two_way_patch(original, modified, POD_SCHEMA)
    assert same(strategic.apply(patch, original, POD_SCHEMA), modified)


def test_what_only_live_has_is_kept_unless_last_applied_had_it() -> None:
    target, live = pod(("A", "1")), pod(("A", "1"), ("B", "2"))
    assert names(two_way(target, live, TYPES).predicted_live) == ["A", "B"]
    assert names(three_way(live, target, live, TYPES).predicted_live) == ["A"]


def test_a_removal_and_an_addition_keep_the_place_of_what_only_live_has() -> None:
    """The place that the removed item left in Go's array holds the added one when orders are compared."""
    last_applied, target, live = pod(("OLD", "1")), pod(("NEW", "1")), pod(("INJECTED", "1"), ("OLD", "1"))
    assert names(three_way(last_applied, target, live, TYPES).predicted_live) == ["INJECTED", "NEW"]


def test_a_list_of_a_custom_resource_is_replaced_as_a_whole() -> None:
    target = widget({"list": [{"name": "a"}]})
    defaulted = widget({"list": [{"name": "a", "default": 1}]})
    extra = widget({"list": [{"name": "a", "default": 1}, {"name": "b"}]})
    assert two_way(target, defaulted, TYPES).predicted_live == defaulted
    assert two_way(target, extra, TYPES).predicted_live == target


def test_an_item_without_its_merge_key_cannot_be_compared() -> None:
    nameless = pod(("A", "1"))
    nameless["spec"] = {"containers": [{"image": "c:2"}]}
    with pytest.raises(NotComparable, match="merge key"):
        two_way(nameless, pod(("A", "1")), TYPES)


def test_metadata_that_is_no_object_cannot_be_compared() -> None:
    with pytest.raises(NotComparable):
        two_way({**widget({}), "metadata": "w"}, widget({}), TYPES)
