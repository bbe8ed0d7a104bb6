"""Which line people are pointed to: that of the key that is edited, or of the parent that it is added under."""

from __future__ import annotations

from collections.abc import Iterator

from whydrift.core.model.paths import Path
from whydrift.core.model.values import ABSENT, Absent, Json, MaybeJson, child, same
from whydrift.core.remedy.text.blocks import folded_splice
from whydrift.core.remedy.text.lists import kept_items
from whydrift.core.remedy.text.nodes import Entries, Items, Node, Scalar, is_merge, key_of, value_of
from whydrift.core.remedy.text.reading import Document
from whydrift.core.remedy.text.splices import Text


def line_of(text: Text, document: Document, path: Path, new: MaybeJson = ABSENT) -> int:
    """The line (from 1) of the key or item at a path, of its nearest parent where it is absent.

    Where a list or a string on several lines shall become `new`, it is that of the first place that differs. The whole
    object stands where its kind does.
    """
    if document.root is None:
        return 1
    line, node = text.number(document.root.start), document.root
    for step in path or (("kind",) if new is ABSENT else ()):
        found = _below(node, step)
        if found is None:
            return line
        place, node = found
        line = text.number(place)
    return line if isinstance(new, Absent) or isinstance(node, Entries) else _deepest(text, node, new, line)


def first_difference(text: Text, document: Document, path: Path, other: Json) -> int:
    """The line of the first thing below a path that `other` says otherwise."""
    node: Node | None = document.root
    for step in path:
        node = found[1] if node is not None and (found := _below(node, step)) is not None else None
    return _deepest(text, node, other, text.number(node.start)) if node is not None else 1


def _deepest(text: Text, node: Node, new: Json, line: int) -> int:
    """The line of the first place below a node that differs; `line` is its own, where something is added to it."""
    for place, inner, value in _differing(node, new):
        return text.number(place) if value is ABSENT else _deepest(text, inner, value, text.number(place))
    if isinstance(node, Scalar) and isinstance(new, str) and "\n" in text.content[node.start : node.end]:
        return first_changed_line(text, node, new)
    return line


def _differing(node: Node, new: Json) -> Iterator[tuple[int, Node, Json | Absent]]:
    """What is stated below a node and shall become something else, or go: its place, itself and what it becomes."""
    if isinstance(node, Entries) and isinstance(new, dict):
        for key, value in node.pairs:
            wanted = ABSENT if is_merge(key) else child(new, key_of(key))
            if not is_merge(key) and not same(value_of(value), wanted):
                yield key.outer, value, wanted
    elif isinstance(node, Items) and isinstance(new, list):
        for old, place in kept_items([value_of(item) for item in node.items], new):
            if not same(value_of(node.items[old]), new[place]):
                yield _item_place(node, old), node.items[old], new[place]


def _item_place(node: Items, item: int) -> int:
    return node.items[item].outer if node.flow else node.dashes[item]


def _below(node: Node, step: str | int) -> tuple[int, Node] | None:
    """The place of the key or item at a step, and its value; None where there is none of its own."""
    if isinstance(node, Entries):
        own = [(key.outer, value) for key, value in node.pairs if not is_merge(key) and key_of(key) == step]
        return own[-1] if own else None
    if isinstance(node, Items) and isinstance(step, int) and step < len(node.items):
        return _item_place(node, step), node.items[step]
    return None


def first_changed_line(text: Text, node: Scalar, new: str) -> int:
    """The number of the first line of a string on several lines that another one would change."""
    start = text.number(node.start)
    if not isinstance(node.value, str):
        return start
    if node.style == "|":
        before, after = node.value.split("\n"), new.split("\n")
        same = next((i for i, pair in enumerate(zip(before, after, strict=False)) if pair[0] != pair[1]), None)
        last = text.number(node.end)
        return min(start + 1 + (same if same is not None else min(len(before), len(after)) - 1), last)
    splice = folded_splice(text, node, node.value, new)
    return text.number(splice.start) if splice else start
