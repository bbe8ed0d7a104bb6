"""Anchors whose own definition changes: the first other use takes the anchor and the old value over."""

from __future__ import annotations

from collections.abc import Iterator

from whydrift.core.model.values import ABSENT, Json, MaybeJson, child, same
from whydrift.core.remedy.text.lists import kept_items
from whydrift.core.remedy.text.maps import entry_slot
from whydrift.core.remedy.text.nodes import Alias, Entries, Items, Node, is_merge, key_of, value_of
from whydrift.core.remedy.text.splices import Inner, Slot, Splice, Text
from whydrift.core.remedy.text.writing import block_lines, flow_text, indented


def handed_over(text: Text, whole: Inner) -> Iterator[Splice]:
    """The splices that give the anchors of what changes (or goes) to the first alias of each."""
    for definition, stays in _changing(whole.node, whole.new):
        use = next((use for use in _uses(text, whole) if _alias(use).node is definition), None)
        if use is None:
            continue
        if stays:
            yield _without_anchor(text, definition)
        yield _definition(text, use, definition)


def _alias(use: Inner) -> Alias:
    assert isinstance(use.node, Alias), "only aliases are uses"
    return use.node


def _changing(node: Node, new: MaybeJson) -> Iterator[tuple[Node, bool]]:
    """The anchored nodes whose value changes, and whether they stay at all."""
    if new is not ABSENT and same(value_of(node), new):
        return
    if node.anchor and not isinstance(node, Alias):
        yield node, new is not ABSENT
    for inner, wanted in _below(node, new):
        yield from _changing(inner, wanted)


def _below(node: Node, new: MaybeJson) -> Iterator[tuple[Node, MaybeJson]]:
    if isinstance(node, Entries):
        for key, value in node.pairs:
            if not is_merge(key):
                yield value, child(new, key_of(key))
    elif isinstance(node, Items):
        kept = dict(kept_items([value_of(item) for item in node.items], new)) if isinstance(new, list) else {}
        for place, item in enumerate(node.items):
            yield item, child(new, kept[place]) if place in kept else ABSENT


def _uses(text: Text, inner: Inner) -> Iterator[Inner]:
    """Every alias below a node, in the order of the text, with where it stands."""
    node = inner.node
    if isinstance(node, Alias):
        yield inner
    elif isinstance(node, Entries):
        for place, (_, value) in enumerate(node.pairs):
            yield from _uses(text, Inner(value, None, entry_slot(text, node, place)))
    elif isinstance(node, Items):
        for place, item in enumerate(node.items):
            dash = item.outer - 1 if node.flow else node.dashes[place]
            yield from _uses(text, Inner(item, None, Slot(dash + 1, text.column(dash), node.flow, dash=True)))


def _without_anchor(text: Text, node: Node) -> Splice:
    """The anchor's name goes, with the blank that separates it from what follows or comes before."""
    end = node.outer + 1 + len(node.anchor)
    if text.content[end : end + 1] == " ":
        return Splice(node.outer, end + 1, "")
    return Splice(node.outer - (text.content[node.outer - 1 : node.outer] == " "), end, "")


def _definition(text: Text, use: Inner, definition: Node) -> Splice:
    value: Json = value_of(definition)
    name = f"&{definition.anchor}"
    if use.slot.flow or not isinstance(value, dict | list) or not value or getattr(definition, "flow", False):
        return Splice(use.node.start, use.node.end, f"{name} {flow_text(value, text.style)}")
    columns = max(use.slot.indent, 0) + (2 if isinstance(value, dict) or use.slot.dash else text.style.dash)
    lines = indented(block_lines(value, text.style), columns)
    return Splice(use.node.start, use.node.end, text.style.newline.join([name, *lines]))
