"""JSON patches say the same as the merge patches that they are made of, and touch nothing else."""

from __future__ import annotations

import copy

from hypothesis import given
from hypothesis import strategies as st

from tests.small_fleet.store import merged
from whydrift.core.model.values import Json, JsonObject
from whydrift.core.remedy.json_patch import holds_mask, operations

KEYS = st.sampled_from(["a", "b~/c", "argocd.argoproj.io/x", ""])
SCALARS = st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from(["", "x"])
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(KEYS, inner, max_size=3))
OBJECTS = st.dictionaries(KEYS, VALUES, max_size=4)
PATCHES = st.dictionaries(KEYS, VALUES, max_size=4)


def patched(document: JsonObject, patch: JsonObject) -> JsonObject:
    """A document with the operations applied (RFC 6902)."""
    result = copy.deepcopy(document)
    for operation in operations(patch, document):
        *parents, last = [part.replace("~1", "/").replace("~0", "~") for part in str(operation["path"]).split("/")[1:]]
        place: JsonObject = result
        for key in parents:
            inner = place[key]
            assert isinstance(inner, dict)
            place = inner
        if operation["op"] == "remove":
            del place[last]
        else:
            place[last] = operation["value"]
    return result


@given(OBJECTS, PATCHES)
def test_the_operations_do_what_the_merge_patch_says(document: JsonObject, patch: JsonObject) -> None:
    """Whatever is there: nothing, something else, an object in the place of a list. Nulls in lists stay."""
    wanted = merged(document, patch)
    got = patched(document, patch)
    assert got == wanted


@given(OBJECTS)
def test_what_is_there_already_is_not_written(document: JsonObject) -> None:
    """A patch that changes nothing has no operations, and one that was applied has none either."""
    assert list(operations({}, document)) == []
    patch: JsonObject = {"a": {"x": 1}, "b~/c": None}
    assert list(operations(patch, patched(document, patch))) == []


def test_masks_are_found_anywhere() -> None:
    """In values, keys, lists and inside longer texts."""
    token = "⟦masked:0123⟧"
    bad: list[Json] = [token, [token], {"a": {"b": [f"x={token}"]}}, {token: 1}]
    assert all(map(holds_mask, bad))
    good: list[Json] = ["", 1, None, True, [], {"a": ["masked"]}]
    assert not any(map(holds_mask, good))
