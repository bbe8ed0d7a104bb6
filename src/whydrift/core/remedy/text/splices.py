"""The text under edit: where its lines are, how it is written, and the changes that are made in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from whydrift.core.model.values import Json
from whydrift.core.remedy.text.nodes import Node
from whydrift.core.remedy.text.writing import Style, block_lines, flow_text, indented, is_block, literal_lines
from whydrift.errors import NotEditable


@dataclass(frozen=True, slots=True)
class Splice:
    """The characters from `start` up to `end` become `text`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a value stands: right after `after` (a colon or a dash) in the column `indent` of its key or dash.

    `dash`: it is an item of a list. The root of a document stands in no column: -2.
    """

    after: int
    indent: int
    flow: bool
    dash: bool = False


@dataclass(frozen=True, slots=True)
class Inner:
    """A value that shall become another one: to be taken apart further."""

    node: Node
    new: Json
    slot: Slot


Alteration: TypeAlias = Splice | Inner


@dataclass(frozen=True, slots=True)
class Text:
    """A file's content and its style."""

    content: str
    style: Style

    def line_start(self, place: int) -> int:
        """Where the line of a place starts."""
        start = self.content.rfind("\n", 0, place) + 1
        return start + 1 if start == 0 and self.content.startswith("\ufeff") and place else start

    def line_end(self, place: int) -> int:
        """Where the next line starts, or the content ends."""
        end = self.content.find("\n", place)
        return len(self.content) if end < 0 else end + 1

    def column(self, place: int) -> int:
        """How many characters stand before a place in its line."""
        return place - self.line_start(place)

    def number(self, place: int) -> int:
        """The number of a place's line, from 1."""
        return self.content.count("\n", 0, place) + 1

    def first_on_line(self, place: int) -> bool:
        """Whether only blanks stand before a place in its line."""
        return not self.content[self.line_start(place) : place].strip()

    def lines(self, place: int, lines: Iterable[str]) -> Splice:
        """New lines before the line that starts at `place` (or after the content's last one)."""
        text = self.style.newline.join(lines)
        broken = place == 0 or self.content[place - 1] in "\n\ufeff"
        return Splice(place, place, text + self.style.newline if broken else self.style.newline + text)


def spliced(content: str, splices: Iterable[Splice]) -> str:
    """The content with all splices made; NotEditable where two of them meet."""
    parts: list[str] = []
    done = 0
    for splice in sorted(splices, key=lambda s: (s.start, s.end)):
        if splice.start < done:
            raise NotEditable("two changes meet in one place")
        parts += content[done : splice.start], splice.text
        done = splice.end
    return "".join(parts) + content[done:]


def replaced(text: Text, node: Node, new: Json, slot: Slot) -> Splice:
    """Another value in place of a whole node."""
    style = text.style
    if slot.flow:
        blank = " " if node.outer == slot.after else ""
        return Splice(node.outer, max(node.end, node.outer), blank + flow_text(new, style))
    end = max(node.end, slot.after)
    if not is_block(new):
        written = flow_text(new, style) if style.json else next(block_lines(new, style))
        return Splice(slot.after, end, f" {written}")
    comment = text.content[end : text.line_end(end)].rstrip()  # it stays with the key, whose line ends earlier now
    first, rest = _block(new, slot, style)
    return Splice(slot.after, end + len(comment), style.newline.join([first + comment, *rest]))


def _block(new: Json, slot: Slot, style: Style) -> tuple[str, list[str]]:
    """A value on several lines: what stands behind its colon or dash, and the lines below."""
    if isinstance(new, str):
        first, *rest = literal_lines(" ", new, slot.indent + 2)
        return first, rest
    if slot.dash:
        first, *rest = block_lines(new, style)
        return f" {first}", list(indented(iter(rest), slot.indent + 2))
    columns = max(slot.indent, 0) + style.dash if isinstance(new, list) else slot.indent + 2
    return "", list(indented(block_lines(new, style), columns))
