"""Changes the lines of a template: what stands between `{{ }}` is left alone, blocks stay in balance."""

from __future__ import annotations

import re
from collections.abc import Iterator

from whydrift.core.model.values import Json
from whydrift.core.remedy.text.writing import Style, entry_lines, item_lines

OPENS = re.compile(r"\{\{-?\s*(?:if|with|range|define|block)\b")
CLOSES = re.compile(r"\{\{-?\s*end\b")
ONLY_ACTION = re.compile(r"\s*(?:\{\{.*?\}\}\s*)+$")
DASH = re.compile(r"( *)- (?=\S)")


def line_at(content: str, place: int) -> int:
    """The line (from 1) of a place."""
    return content.count("\n", 0, place) + 1


class Lines:
    """The lines of a template, by number from 0, line ends included."""

    def __init__(self, content: str) -> None:
        self.lines = content.splitlines(keepends=True)
        self.newline = "\r\n" if self.lines and self.lines[0].endswith("\r\n") else "\n"

    def start(self, line: int) -> int:
        """Where a line starts, in characters."""
        return sum(map(len, self.lines[:line]))

    def column(self, line: int) -> int:
        """How far a line is indented; a dash counts as its place."""
        return len(self.lines[line]) - len(self.lines[line].lstrip(" "))

    def block_end(self, line: int, column: int, listed: bool) -> int:
        """The number of the line after the block of the key at a line, whose key (not dash) stands in a column.

        `listed`: its value may be a list whose dashes stand below the key itself.
        """
        end = line + 1
        while end < len(self.lines):
            last = self._belongs(end, column, listed)
            if last is None:
                break
            end = last
        while end - 1 > line and not self.lines[end - 1].strip():
            end -= 1
        return end

    def _belongs(self, line: int, column: int, listed: bool) -> int | None:
        """The number of the line after `line` and what it opens if it belongs to a block in a column, else None."""
        text = self.lines[line]
        if not text.strip():
            return line + 1
        if ONLY_ACTION.match(text):
            return self._action(line, column, listed)
        deeper = self.column(line) > column
        return (
            line + 1 if deeper or (listed and text[column:].startswith("-") and self.column(line) == column) else None
        )

    def _action(self, line: int, column: int, listed: bool) -> int | None:
        text = self.lines[line]
        depth = len(OPENS.findall(text)) - len(CLOSES.findall(text))
        if depth < 0 or re.match(r"\s*\{\{-?\s*else\b", text):
            return None
        if depth == 0:
            shifted = re.search(r"\bn?indent\s+(\d+)", text)
            return line + 1 if (int(shifted[1]) if shifted else self.column(line)) > column else None
        end = self._closed(line)
        inner = next((at for at in range(line + 1, end) if not ONLY_ACTION.match(self.lines[at])), None)
        if inner is None:
            shifted = re.search(r"\bn?indent\s+(\d+)", "".join(self.lines[line:end]))
            return end if shifted and int(shifted[1]) > column else None
        return end if self._belongs(inner, column, listed) is not None else None

    def _closed(self, line: int) -> int:
        """The number of the line after the end of the block that a line opens."""
        depth = 0
        for at in range(line, len(self.lines)):
            depth += len(OPENS.findall(self.lines[at])) - len(CLOSES.findall(self.lines[at]))
            if depth <= 0:
                return at + 1
        return len(self.lines)

    def without(self, line: int, end: int) -> str:
        """The content without lines; the block around them goes too where nothing else is in it."""
        before, after = line - 1, end
        opens = before >= 0 and ONLY_ACTION.match(self.lines[before]) and OPENS.search(self.lines[before])
        closes = after < len(self.lines) and ONLY_ACTION.match(self.lines[after]) and CLOSES.search(self.lines[after])
        if opens and closes and self._closed(before) == after + 1:
            line, end = before, after + 1
        return "".join(self.lines[:line] + self.lines[end:])

    def without_document(self, line: int) -> str:
        """The content without the document that a line is in, and without the `---` before it."""
        marks = [at for at, text in enumerate(self.lines) if text.startswith("---")]
        start = max((at for at in marks if at <= line), default=0)
        end = min((at for at in marks if at > line), default=len(self.lines))
        return "".join(self.lines[:start] + self.lines[end:])

    def without_first_entry(self, line: int, end: int) -> str:
        """The content without the entry behind a dash: the entry after it takes its place."""
        dash = DASH.match(self.lines[line])
        if dash is None or end >= len(self.lines):
            return "".join(self.lines[:line] + self.lines[end:])
        column = len(dash[1])
        following = self.lines[end]
        taken = following[:column] + "-" + following[column + 1 :]
        return "".join([*self.lines[:line], taken, *self.lines[end + 1 :]])

    def with_lines(self, at: int, lines: list[str]) -> str:
        """The content with lines inserted before the line `at`."""
        before = list(self.lines[:at])
        if before and not before[-1].endswith("\n"):
            before[-1] += self.newline
        return "".join([*before, *(line + self.newline for line in lines), *self.lines[at:]])

    def dashes(self) -> int:
        """How far dashes stand to the right of the key above them in this file; 2 where there are none."""
        for above, line in zip(self.lines, self.lines[1:], strict=False):
            if above.rstrip().endswith(":") and line.lstrip().startswith("- "):
                return min(max(len(line) - len(line.lstrip()) - (len(above) - len(above.lstrip())), 0), 4)
        return 2


def new_lines(key: str | int, value: Json, column: int, dash: int) -> Iterator[str]:
    """An entry of a map, or an item of a list (`key` is an index), as lines in a column."""
    style = Style(dash=dash)
    for line in item_lines(value, style) if isinstance(key, int) else entry_lines(key, value, style):
        yield " " * column + line
