"""Aliases: one use gets a value of its own, the anchor and its other uses stay as they are."""

from __future__ import annotations

from collections.abc import Iterator

from whydrift.core.model.values import Json, JsonObject, same
from whydrift.core.remedy.text.nodes import Alias, value_of
from whydrift.core.remedy.text.splices import Slot, Splice, Text, replaced
from whydrift.core.remedy.text.writing import entry_lines, flow_text, indented


def alias_alterations(text: Text, node: Alias, new: Json, slot: Slot) -> Iterator[Splice]:
    """How one use of an anchor comes to mean something else: a merge with what differs, else the value written out."""
    old = value_of(node)
    if not isinstance(old, dict) or not isinstance(new, dict) or any(key not in new for key in old):
        yield replaced(text, node, new, slot)
        return
    differs: JsonObject = {key: value for key, value in new.items() if key not in old or not same(old[key], value)}
    if slot.flow:
        entries = ", ".join(
            f"{flow_text(key, text.style)}: {flow_text(value, text.style)}" for key, value in differs.items()
        )
        yield Splice(node.start, node.end, f"{{<<: *{node.anchor}, {entries}}}")
        return
    lines = [f"<<: *{node.anchor}"]
    for key, value in differs.items():
        lines += entry_lines(key, value, text.style)
    first = "" if slot.dash else text.style.newline
    written = text.style.newline.join(indented(iter(lines), slot.indent + 2))
    yield Splice(slot.after, node.end, first + written if first else " " + written.lstrip(" "))
