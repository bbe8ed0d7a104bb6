"""Lists: items changed, added, removed and put into another order, in block and in flow style."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from whydrift.core.model.paths import item_key
from whydrift.core.model.values import Json, child
from whydrift.core.remedy.text.flow import Part, appended, rebuilt
from whydrift.core.remedy.text.nodes import Items, value_of
from whydrift.core.remedy.text.splices import Alteration, Inner, Slot, Splice, Text, replaced
from whydrift.core.remedy.text.writing import flow_text, indented, item_lines
from whydrift.errors import NotEditable


@dataclass(frozen=True, slots=True)
class Pair:
    """An item of git's list and the one that it shall become; None: it goes, or is new."""

    old: int | None
    new: int | None


def list_alterations(text: Text, node: Items, new: list[Json], slot: Slot) -> Iterator[Alteration]:
    """How a list becomes another one; what stays keeps its text and its comments."""
    old = [value_of(item) for item in node.items]
    order = _order(old, new)
    if order is not None:
        yield from _reordered(text, node, order, slot)
        return
    pairs = _aligned(old, new)
    if not any(pair.old is not None and pair.new is not None for pair in pairs) or not new:
        yield replaced(text, node, new, slot)
        return
    if node.flow:
        yield from _flow_alterations(text, node, new, pairs)
        return
    for pair in pairs:
        if pair.old is not None and pair.new is not None:
            dash = node.dashes[pair.old]
            yield Inner(node.items[pair.old], new[pair.new], Slot(dash + 1, text.column(dash), False, dash=True))
    yield from _added_in_block(text, node, new, pairs)
    yield from _dropped_in_block(text, node, [pair.old for pair in pairs if pair.new is None and pair.old is not None])


def _order(old: list[Json], new: list[Json]) -> list[int] | None:
    """Which old item stands at each place of the new list; None where it is no mere other order."""
    if len(old) != len(new):
        return None
    left = [_text(item) for item in old]
    order: list[int] = []
    for item in map(_text, new):
        place = next((place for place, other in enumerate(left) if other == item and place not in order), None)
        if place is None:
            return None
        order.append(place)
    return order


def _text(value: Json) -> str:
    return json.dumps(value, sort_keys=True)


def kept_items(old: list[Json], new: list[Json]) -> list[tuple[int, int]]:
    """Which items stay, changed or not, as (old place, new place); [] where they all stay in another order."""
    names = _names(old, new)
    if names[0] != names[1] and sorted(names[0]) == sorted(names[1]):
        return []
    return [(pair.old, pair.new) for pair in _aligned(old, new) if pair.old is not None and pair.new is not None]


def _aligned(old: list[Json], new: list[Json]) -> list[Pair]:
    """Which items belong together: by the key that tells them apart, else by their value; then by their place."""
    names = _names(old, new)
    pairs: list[Pair] = []
    for tag, i, i_end, j, j_end in SequenceMatcher(None, *names, autojunk=False).get_opcodes():
        both = min(i_end - i, j_end - j) if tag in ("equal", "replace") else 0
        pairs += [Pair(i + step, j + step) for step in range(both)]
        pairs += [Pair(place, None) for place in range(i + both, i_end)]
        pairs += [Pair(None, place) for place in range(j + both, j_end)]
    return pairs


def _names(old: list[Json], new: list[Json]) -> tuple[list[str], list[str]]:
    key = item_key(old[0], old) if old else None
    if key is not None and new and item_key(new[0], new) is not None and all(child(i, key) for i in new):
        return [str(child(item, key)) for item in old], [str(child(item, key)) for item in new]
    return [_text(item) for item in old], [_text(item) for item in new]


def _flow_alterations(text: Text, node: Items, new: list[Json], pairs: Sequence[Pair]) -> Iterator[Alteration]:
    kept = [pair for pair in pairs if pair.old is not None and pair.new is not None]
    spans = [(item.outer, item.end) for item in node.items]
    added = [pair.new for pair in pairs if pair.old is None and pair.new is not None]
    if len(kept) == len(node.items) and all(pair.old is not None for pair in pairs[: len(kept)]):
        for pair in kept:
            assert pair.old is not None and pair.new is not None
            yield Inner(node.items[pair.old], new[pair.new], Slot(node.items[pair.old].outer - 1, 0, True))
        if added:
            yield appended(text, node, spans, [flow_text(new[place], text.style) for place in added])
        return
    parts: list[Part] = []
    for pair in (pair for pair in pairs if pair.new is not None):
        assert pair.new is not None
        stays = pair.old is not None and _text(value_of(node.items[pair.old])) == _text(new[pair.new])
        start, end = spans[pair.old] if pair.old is not None else (0, 0)
        parts.append((text.content[start:end] if stays else flow_text(new[pair.new], text.style), pair.old))
    yield rebuilt(text, node, spans, parts)


def _item_end(node: Items, place: int) -> int:
    return max(node.items[place].end, node.dashes[place] + 1)


def _added_in_block(text: Text, node: Items, new: list[Json], pairs: Sequence[Pair]) -> Iterator[Splice]:
    column = text.column(node.dashes[0])
    before: int | None = None
    for pair in pairs:
        if pair.old is not None:
            before = pair.old
        elif pair.new is not None:
            lines = list(indented(item_lines(new[pair.new], text.style), column))
            if before is not None:
                yield text.lines(text.line_end(_item_end(node, before)), lines)
            else:
                written = text.style.newline.join(lines).lstrip(" ")
                yield Splice(node.dashes[0], node.dashes[0], written + text.style.newline + " " * column)


def _dropped_in_block(text: Text, node: Items, gone: Sequence[int]) -> Iterator[Splice]:
    for place in gone:
        dash = node.dashes[place]
        if text.first_on_line(dash):
            yield Splice(text.line_start(dash), text.line_end(_item_end(node, place)), "")
        elif place + 1 < len(node.dashes) and place + 1 not in gone:
            yield Splice(dash, node.dashes[place + 1], "")
        else:
            raise NotEditable("items that start on one line cannot be told apart")


def _reordered(text: Text, node: Items, order: Sequence[int], slot: Slot) -> Iterator[Splice]:
    """Items trade places: in flow style their text, in block style their lines with the comments above them."""
    if node.flow:
        spans = [(item.outer, item.end) for item in node.items]
    else:
        ends = [text.line_end(_item_end(node, place)) for place in range(len(node.items))]
        first = text.line_start(node.dashes[0])
        below_key = text.line_end(slot.after) if slot.indent >= 0 else first
        spans = list(zip([min(below_key, first), *ends], ends, strict=False))
        if not text.first_on_line(node.dashes[0]) or not text.content[: ends[-1]].endswith("\n"):
            spans = [(dash, _item_end(node, place)) for place, dash in enumerate(node.dashes)]
    for place, (start, end) in enumerate(spans):
        if order[place] != place:
            yield Splice(start, end, text.content[slice(*spans[order[place]])])
