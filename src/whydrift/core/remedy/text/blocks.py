"""Strings that stand on several lines: only the lines that differ are written anew."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from whydrift.core.remedy.text.nodes import Scalar
from whydrift.core.remedy.text.splices import Slot, Splice, Text
from whydrift.core.remedy.text.writing import chomping

HEADER = re.compile(r"([|>])([1-9]?)([-+]?)([1-9]?)([^\r\n]*)")


def literal_alterations(text: Text, node: Scalar, old: str, new: str, slot: Slot) -> Iterator[Splice]:
    """How a literal block comes to hold another string, line by line."""
    header = HEADER.match(text.content, node.start)
    assert header is not None
    first = text.line_end(node.start)
    end = text.line_end(node.end)
    raw = text.content[first:end].splitlines(keepends=True)
    if chomping(old) != chomping(new):
        sign, *columns = header.group(1), header.group(2) + header.group(4)
        yield Splice(header.start(), header.end(4), sign + "".join(columns) + chomping(new))
    indent = " " * _columns(raw, header.group(2) + header.group(4), slot)
    before, after = (value.removesuffix("\n").split("\n") for value in (old, new))
    places = _places(first, raw)
    for tag, i, i_end, j, j_end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        lines = [(indent + line if line else line) for line in after[j:j_end]]
        start, stop = places[min(i, len(raw))], places[min(i_end, len(raw))]
        if start == stop and start and text.content[start - 1] != "\n":
            yield Splice(start, stop, "".join(text.style.newline + line for line in lines))
        else:
            last = text.style.newline if text.content[:stop].endswith("\n") or i_end < len(raw) else ""
            yield Splice(start, stop, text.style.newline.join(lines) + (last if lines else ""))


def _columns(raw: list[str], stated: str, slot: Slot) -> int:
    if stated:
        return max(slot.indent, 0) + int(stated)
    line = next((line for line in raw if line.strip()), "")
    return len(line) - len(line.lstrip(" ")) if line else slot.indent + 2


def _places(first: int, raw: list[str]) -> list[int]:
    places = [first]
    for line in raw:
        places.append(places[-1] + len(line))
    return places


def folded_splice(text: Text, node: Scalar, old: str, new: str) -> Splice | None:
    """The change of a string whose lines are folded (`>`, plain or quoted), if it lies between two blanks; else None.

    Blanks are where a line may be broken: the text's words are the string's words, in their order.
    """
    before, after = (re.split(r"(\s+)", value.strip()) for value in (old, new))
    raw = list(
        re.finditer(r"\S+", text.content[text.line_end(node.start) if node.style == ">" else node.start : node.end])
    )
    base = text.line_end(node.start) if node.style == ">" else node.start
    words = [word for word in before[::2]]
    if [found.group() for found in raw] != words or before[0] == "":
        return None
    head = 0
    while head < min(len(before), len(after)) and before[head] == after[head]:
        head += 1
    tail = 0
    while tail < min(len(before), len(after)) - head and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    head, tail = head - head % 2, tail - tail % 2
    gone, come = before[head : len(before) - tail], after[head : len(after) - tail]
    if not gone or not "".join(come).strip() or "\n" in "".join(come):
        return None
    start, end = raw[head // 2].start(), raw[(len(before) - tail - 1) // 2].end()
    return Splice(base + start, base + end, "".join(come))
