"""YAML as a tree whose nodes know where they stand in the text."""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct

from whydrift.core.model.values import Json, JsonObject
from whydrift.errors import NotEditable


class Scalar(Struct, frozen=True):
    """One scalar: `outer` is where its anchor or tag starts, `start` its text; `style` is "" (plain), ', ", | or >."""

    outer: int
    start: int
    end: int
    anchor: str
    style: str
    value: Json
    size: int = 1


class Items(Struct, frozen=True):
    """A list. `dashes` are the places of its dashes (empty in flow style)."""

    outer: int
    start: int
    end: int
    anchor: str
    flow: bool
    items: tuple[Node, ...]
    dashes: tuple[int, ...]
    size: int


class Entries(Struct, frozen=True):
    """A map, its entries in their order; a key that stands twice is here twice."""

    outer: int
    start: int
    end: int
    anchor: str
    flow: bool
    pairs: tuple[tuple[Node, Node], ...]
    size: int


class Alias(Struct, frozen=True):
    """A use of an anchor."""

    outer: int
    start: int
    end: int
    anchor: str
    node: Node
    size: int


Node: TypeAlias = Scalar | Items | Entries | Alias


def value_of(node: Node) -> Json:
    """The value of a node, aliases and merge keys followed."""
    match node:
        case Scalar():
            return node.value
        case Alias():
            return value_of(node.node)
        case Items():
            return [value_of(item) for item in node.items]
        case Entries():
            found: JsonObject = {}
            for key, value in node.pairs:
                if is_merge(key):
                    found |= _merged(value)
                else:  # nearly all keys are plain words, and most values scalars: not even asked for by a call
                    name = key.value if isinstance(key, Scalar) else None
                    own = value.value if isinstance(value, Scalar) else value_of(value)
                    found[name if isinstance(name, str) else key_of(key)] = own
            return found


def is_merge(key: Node) -> bool:
    """Whether a key is YAML's merge key."""
    return isinstance(key, Scalar) and not key.style and key.value == "<<"


def key_of(key: Node) -> str:
    """The key that Go makes of a scalar; NotEditable for keys that JSON cannot have."""
    value = value_of(key)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    raise NotEditable("a key is no scalar")


def _merged(value: Node) -> JsonObject:
    """What a merge key brings in: of a list of maps the earlier one wins."""
    real = value.node if isinstance(value, Alias) else value
    several = real.items if isinstance(real, Items) else (value,)
    found: JsonObject = {}
    for part in reversed(several):
        merged = value_of(part)
        if not isinstance(merged, dict):
            raise NotEditable("a merge key names something that is no map")
        found |= merged
    return found
