"""Templates as outlines: which line holds which path. They are read as they stand, directives are skipped.

No parser: files of charts are no YAML before they are rendered, and what is looked for is the line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from whydrift.core.model.paths import Path

KEY = re.compile(r"[\"']?([^\s\"'#{}\[\]:,&*!|>%@`-][^\"'#{}\[\],&*!|>%@`]*?|\{\{[^}]*\}\})[\"']?\s*:(?:\s+(.*)|$)")
SCALAR = re.compile(r"[|>][-+\d]*(?:\s+#.*)?$")
DIRECTIVE = re.compile(r"\s*\{\{-?\s*(?:/\*|if|else|end|range|with|define|block|\$)")
DOCUMENTS = re.compile(r"---(?:\s|$)")


@dataclass(frozen=True, slots=True)
class Line:
    """One line that states something: its number, the document in its file, the path, and the scalar there, unquoted.

    Of a template the value may also be a flow mapping as it is written, or a block scalar's header.
    """

    number: int
    document: int
    path: Path
    value: str


@dataclass
class _Stack:
    """Where an indentation is inside: (column, step) from the outside in."""

    steps: list[tuple[int, str | int]]
    counts: dict[Path, int]

    def path(self) -> Path:
        return tuple(step for _, step in self.steps)

    def item(self, column: int) -> None:
        """Enter the next item of the list whose dashes stand in a column."""
        while self.steps and (
            self.steps[-1][0] > column or (self.steps[-1][0] == column and isinstance(self.steps[-1][1], int))
        ):
            self.steps.pop()
        above = self.path()
        number = self.counts.get(above, -1) + 1
        self.counts[above] = number
        self.steps.append((column, number))

    def key(self, column: int, name: str) -> None:
        """Enter a key that stands in a column."""
        while self.steps and self.steps[-1][0] >= column:
            self.steps.pop()
        self.steps.append((column, name))
        self.counts.pop(self.path(), None)


def outline(content: str) -> Iterator[Line]:
    """The lines of a template that state something."""
    document, stack, closed = 0, _Stack([], {}), -1
    for number, line in enumerate(content.split("\n"), start=1):
        if DOCUMENTS.match(line):
            document, stack, closed = document + 1, _Stack([], {}), -1
            continue
        stripped = line.lstrip(" ")
        column = len(line) - len(stripped)
        if not stripped.strip() or stripped.startswith("#") or (closed >= 0 and column > closed):
            continue
        closed = -1
        if DIRECTIVE.match(line):
            continue
        column, rest = _items(stack, column, stripped)
        key = KEY.match(rest)
        if key:
            stack.key(column, key.group(1).strip())
            value = (key.group(2) or "").strip()
            closed = column if SCALAR.search(value) else -1
            yield Line(number, document, stack.path(), unquoted(value))
        elif rest.strip():
            closed = column - 1 if SCALAR.match(rest.strip()) else -1
            yield Line(number, document, stack.path(), unquoted(rest))


def _items(stack: _Stack, column: int, rest: str) -> tuple[int, str]:
    """Enter the list items that a line begins; the column and text of what follows the dashes."""
    while rest.startswith("- ") or rest.rstrip() == "-":
        stack.item(column)
        after = rest[1:].lstrip(" ")
        column += len(rest) - len(after)
        rest = after
    return column, rest


def unquoted(value: str) -> str:
    """A scalar without its quotes and its comment."""
    bare = value.split(" #")[0].strip()
    return bare[1:-1] if len(bare) > 1 and bare[0] == bare[-1] and bare[0] in "\"'" else bare


def in_flow(value: str, key: str) -> str | None:
    """The value of a key inside a flow mapping on one line (`{name: web, key: token}`); None where it has none."""
    if "{" not in value:
        return None
    found = re.search(rf"[{{,]\s*[\"']?{re.escape(key)}[\"']?\s*:\s*([^,{{}}\[\]]*)", value)
    return unquoted(found.group(1)) if found else None


def line_of(lines: Sequence[Line], path: Sequence[str | int]) -> Line | None:
    """The line that states a path, or the one whose flow mapping does; None where neither is there."""
    wanted = tuple(path)
    for line in lines:
        if line.path == wanted:
            return line
    for depth in range(len(wanted) - 1, 0, -1):
        above = next((line for line in lines if line.path == wanted[:depth] and line.value[:1] in ("{", "[")), None)
        if above is not None:
            inside = [step for step in wanted[depth:] if isinstance(step, str)]
            return (
                above
                if all(in_flow(above.value, step) is not None or f"{step}:" in above.value for step in inside)
                else None
            )
    return None
