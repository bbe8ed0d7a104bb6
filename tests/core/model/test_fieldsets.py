"""Field sets: how they are read, and that their algebra is that of sets of paths."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whydrift.core.model.fieldsets import FieldPath, FieldSet, key_element, key_fields, parse_element, value_element

elements = st.sampled_from(["f:a", "f:b", 'k:{"n":1}', "i:0"])
paths: st.SearchStrategy[FieldPath] = st.lists(elements, min_size=1, max_size=3).map(tuple)
path_sets = st.sets(paths, max_size=6)


@given(path_sets, path_sets)
def test_algebra_is_that_of_sets_of_paths(a: set[FieldPath], b: set[FieldPath]) -> None:
    left, right = FieldSet.of(*a), FieldSet.of(*b)
    assert set(left) == a
    assert set(left | right) == a | b
    assert set(left & right) == a & b
    assert set(left - right) == a - b
    assert all(path in left for path in a)


@given(path_sets, path_sets)
def test_trees_go_with_everything_below_them(a: set[FieldPath], roots: set[FieldPath]) -> None:
    left = {path for path in a if not any(path[: len(root)] == root for root in roots)}
    assert set(FieldSet.of(*a).without_trees(FieldSet.of(*roots))) == left


def test_reads_what_the_server_writes() -> None:
    read = FieldSet.parse({"f:a": {".": {}, "f:b": {}}, "f:c": {'v:"x"': {}}, "z:new": {}})
    assert set(read) == {("f:a",), ("f:a", "f:b"), ("f:c", 'v:"x"')}


@pytest.mark.parametrize(
    ("spelled", "element"),
    [
        ('k:{"protocol":"TCP","port":80.0}', key_element({"port": 80, "protocol": "TCP"})),
        (r'v:"\u003cnone\u003e"', value_element("<none>")),
        ("f:with:colon", "f:with:colon"),
        ("i:07", "i:7"),
    ],
)
def test_one_element_has_one_spelling(spelled: str, element: str) -> None:
    assert parse_element(spelled) == element


def test_true_is_not_one() -> None:
    assert value_element(True) != value_element(1)


def test_key_fields_are_read_back() -> None:
    assert key_fields(key_element({"port": 80, "name": "a"})) == {"port": 80, "name": "a"}
    assert key_fields("f:port") is None


@pytest.mark.parametrize("broken", ["spec", "k:{", "i:x", ""])
def test_what_is_no_element_is_refused(broken: str) -> None:
    with pytest.raises(ValueError):
        FieldSet.parse({broken: {}})
