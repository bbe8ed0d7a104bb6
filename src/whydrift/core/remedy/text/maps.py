"""Maps: entries set, added, renamed and dropped, in block and in flow style."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from whydrift.core.model.values import Json, JsonObject, same
from whydrift.core.remedy.text.flow import Part, appended, rebuilt
from whydrift.core.remedy.text.nodes import Entries, is_merge, key_of, value_of
from whydrift.core.remedy.text.scalars import scalar_text
from whydrift.core.remedy.text.splices import Alteration, Inner, Slot, Splice, Text, replaced
from whydrift.core.remedy.text.writing import entry_lines, flow_text, indented
from whydrift.errors import NotEditable

SORTED = 3
"""So many keys in alphabetical order are no chance: a new one takes its place among them, but for items of lists."""
ALIKE = 0.6


def map_alterations(text: Text, node: Entries, new: JsonObject, slot: Slot) -> Iterator[Alteration]:
    """How a map becomes another one; NotEditable where a key comes from an anchor and shall go."""
    old = value_of(node)
    assert isinstance(old, dict)
    own = {key_of(key): place for place, (key, _) in enumerate(node.pairs) if not is_merge(key)}
    if any(key not in new for key in old if key not in own):
        raise NotEditable("the key comes from an anchor that others may use too")
    gone = [place for place, (key, _) in enumerate(node.pairs) if not is_merge(key) and key_of(key) not in new]
    added = [key for key in new if key not in own and not (key in old and same(old[key], new[key]))]
    renamed = _renamed(node, gone, added, new)
    if renamed is not None:
        key, _ = node.pairs[renamed]
        style = text.content[key.start] if text.content[key.start] in "\"'" else ""
        yield Splice(key.start, key.end, scalar_text(added[0], style, node.flow))
        yield Inner(node.pairs[renamed][1], new[added[0]], entry_slot(text, node, renamed))
        gone, added = [], []
    if len(gone) == len(node.pairs) and (not added or not node.flow):
        yield replaced(text, node, new, slot)
        return
    if node.flow and gone:
        yield _rebuilt_flow(text, node, own, added, new)
        return
    for key_name, place in own.items():
        if key_name in new:
            yield Inner(node.pairs[place][1], new[key_name], entry_slot(text, node, place))
    if node.flow:
        yield from _added_in_flow(text, node, added, new, slot)
    else:
        yield from _added_in_block(text, node, added, new, gone)
        yield from _dropped_in_block(text, node, gone)


def _renamed(node: Entries, gone: Sequence[int], added: Sequence[str], new: JsonObject) -> int | None:
    """The one entry that goes where another of nearly the same name or the same value comes: a wrong name put right."""
    if len(gone) != 1 or len(added) != 1:
        return None
    key, value = node.pairs[gone[0]]
    alike = SequenceMatcher(None, key_of(key).lower(), added[0].lower()).ratio() > ALIKE
    return gone[0] if alike or same(value_of(value), new[added[0]]) else None


def entry_slot(text: Text, node: Entries, place: int) -> Slot:
    """Where the value of an entry stands."""
    key, _ = node.pairs[place]
    colon = text.content.find(":", key.end)
    if colon < 0 or text.content[key.end : colon].strip():
        raise NotEditable("a key without a colon cannot be edited")
    return Slot(colon + 1, text.column(key.outer), node.flow)


def entry_end(text: Text, node: Entries, place: int) -> int:
    """Where the text of an entry ends, its value included."""
    return max(node.pairs[place][1].end, entry_slot(text, node, place).after)


def _added_in_flow(text: Text, node: Entries, added: list[str], new: JsonObject, slot: Slot) -> Iterator[Splice]:
    if not added:
        return
    if not node.pairs:
        yield replaced(text, node, new, slot)
        return
    spans = [(key.outer, entry_end(text, node, place)) for place, (key, _) in enumerate(node.pairs)]
    yield appended(text, node, spans, [_flow_entry(text, key, new[key]) for key in added])


def _rebuilt_flow(text: Text, node: Entries, own: dict[str, int], added: list[str], new: JsonObject) -> Splice:
    spans: list[tuple[int, int]] = []
    parts: list[Part] = []
    for place, (key, value) in enumerate(node.pairs):
        spans.append((key.outer, entry_end(text, node, place)))
        name = "" if is_merge(key) else key_of(key)
        if is_merge(key) or (own[name] == place and name in new and same(value_of(value), new[name])):
            parts.append((text.content[spans[-1][0] : spans[-1][1]], place))
        elif name in new and own[name] == place:
            parts.append((_flow_entry(text, name, new[name]), place))
    return rebuilt(text, node, spans, parts + [(_flow_entry(text, key, new[key]), None) for key in added])


def _flow_entry(text: Text, key: str, value: Json) -> str:
    name = flow_text(key, text.style)
    return f"{name}: {flow_text(value, text.style)}"


def _added_in_block(
    text: Text, node: Entries, added: Sequence[str], new: JsonObject, gone: Sequence[int]
) -> Iterator[Splice]:
    first = node.pairs[0][0]
    column = text.column(first.outer)
    keys = ["" if is_merge(key) else key_of(key) for key, _ in node.pairs]
    in_order = len(keys) >= SORTED and keys == sorted(keys) and text.first_on_line(first.outer)
    for key in sorted(added) if in_order else added:
        before = [place for place, other in enumerate(keys) if not in_order or other < key]
        lines = list(indented(entry_lines(key, new[key], text.style), column))
        before = before or [place for place in gone if place == 0]
        if before:
            yield text.lines(text.line_end(entry_end(text, node, before[-1])), lines)
        else:
            written = text.style.newline.join(lines).lstrip(" ")
            yield Splice(first.outer, first.outer, written + text.style.newline + " " * column)


def _dropped_in_block(text: Text, node: Entries, gone: Sequence[int]) -> Iterator[Splice]:
    """Whole lines go; where the first entry stands behind a dash, the next one that stays takes its place."""
    if gone and gone[0] == 0 and not text.first_on_line(node.pairs[0][0].outer):
        last = next(place for place in range(len(node.pairs)) if place not in gone)
        yield _behind_dash(text, node, last)
        gone = [place for place in gone if place > last]
    for place in gone:
        start = text.line_start(node.pairs[place][0].outer)
        yield Splice(start, text.line_end(entry_end(text, node, place)), "")


def _behind_dash(text: Text, node: Entries, kept: int) -> Splice:
    start, end = node.pairs[0][0].outer, node.pairs[kept][0].outer
    between = text.content[text.line_end(entry_end(text, node, kept - 1)) : end]
    if between.strip():  # a comment stands above the one that stays: its lines stay
        start = len(text.content[:start].rstrip(" "))
        return Splice(start, text.line_end(entry_end(text, node, kept - 1)), text.style.newline)
    return Splice(start, end, "")
