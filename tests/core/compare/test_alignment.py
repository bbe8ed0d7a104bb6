"""Which item is which: situations where more than one answer would keep the laws, and people expect one."""

from __future__ import annotations

import pytest

from whydrift.core.compare.alignment import Pairs, align, locate
from whydrift.core.model.values import Json

SITUATIONS: dict[str, tuple[list[Json], list[Json], Pairs]] = {
    "items with a name are told apart by it": (
        [{"name": "a", "v": 1}, {"name": "b", "v": 2}],
        [{"name": "b", "v": 1}, {"name": "c", "v": 1}],
        [(0, None), (1, 0), (None, 1)],
    ),
    "arguments that changed places have moved": (
        ["--from", "a", "--to", "b"],
        ["--from", "b", "--to", "a"],
        [(0, 0), (1, 3), (2, 2), (3, 1)],
    ),
    "an argument that changed stays in its place": (
        ["--level", "info", "--port", "80"],
        ["--level", "debug", "--port", "80"],
        [(0, 0), (1, 1), (2, 2), (3, 3)],
    ),
    "one of several equal items is gone: the neighbours tell which": (
        ["-v", "-v", "x", "-v"],
        ["-v", "x", "-v"],
        [(0, 0), (1, None), (2, 1), (3, 2)],
    ),
    "the most alike items are one": (
        [{"verbs": ["get"], "resources": ["pods"]}, {"verbs": ["list"], "resources": ["nodes"]}],
        [{"verbs": ["list"], "resources": ["nodes", "pods"]}, {"verbs": ["get"], "resources": ["secrets"]}],
        [(0, 1), (1, 0)],
    ),
    "a moved item whose own list was sorted is still the same": (
        [{"verbs": ["get", "list"]}, {"verbs": ["watch"]}],
        [{"verbs": ["watch"]}, {"verbs": ["list", "get"]}],
        [(0, 1), (1, 0)],
    ),
    "an item that lost all its fields is the one at its place": ([{"from": ["a"]}], [{}], [(0, 0)]),
    "a map is no changed text": (["a"], [{"name": "a"}], [(0, None), (None, 0)]),
    "ports that share a number are told apart by protocol": (
        [{"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"}],
        [{"port": 53, "protocol": "TCP"}, {"port": 53, "protocol": "UDP"}],
        [(0, 1), (1, 0)],
    ),
}


@pytest.mark.parametrize("name", SITUATIONS)
def test_items_are_paired_as_people_do(name: str) -> None:
    a, b, expected = SITUATIONS[name]
    assert align(a, b) == expected


def test_an_address_follows_its_item() -> None:
    there: Json = {"env": [{"name": "A", "value": "1"}, {"name": "B"}]}
    here: Json = {"env": [{"name": "B"}, {"name": "A"}]}
    assert locate(("env", 0, "value"), there, here) == ("env", 1, "value")
    assert locate(("env", 0, "value", "x"), there, here) is None
    assert locate(("missing", 0), there, here) is None
