"""Which lines of a chart's templates draw a value, and which values of the chart would take its place.

Functions that draw: `core.explain.templates`. A value takes the place of what is drawn where the line itself falls back
from it (`.Values.x | default (randAlphaNum 20)`), or where a condition around the line asks for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from whydrift.core.explain.templates import DRAWS, INCLUDE, KIND, VARIABLE

ACTION = re.compile(r"\{\{-?\s*(if|with|range|define|block|else|end)\b(.*?)-?\}\}")
VALUE = re.compile(r"\.Values\.(\w+(?:\.\w+)*)")
FALLS_BACK = re.compile(r"\b(?:default|coalesce|ternary|or)\b")
EXISTING = re.compile(r"existing", re.IGNORECASE)
Block = tuple[str, str, bool]
"""An open block: the action, what it asks, and whether its `else` was passed."""


@dataclass(frozen=True, slots=True)
class DrawnLine:
    """A line that draws: `file:line`, the function, the values that take its place, the likeliest first.

    `existing` are values that name an object which is there already (`auth.existingSecret`).
    """

    file: str
    line: int
    function: str
    values: tuple[str, ...]
    existing: tuple[str, ...]

    @property
    def place(self) -> str:
        """`file:line`."""
        return f"{self.file}:{self.line}"


def drawn_lines(files: Mapping[str, str], kind: str, key: str) -> Iterator[DrawnLine]:
    """Every line that draws (a part of) the value of `key` in the templates of a kind."""
    written = re.compile(rf"^(\s*)(?:-\s+)?[\"']?{re.escape(key)}[\"']?\s*:(.*)$")
    for name, content in files.items():
        if "{{" not in content:
            continue
        lines = content.split("\n")
        kinds = _kinds(lines)
        for number, line in enumerate(lines):
            found = written.match(line)
            if found is not None and kinds[number] == kind:
                yield from _in_value(files, name, lines, number, len(found[1]))


def _in_value(files: Mapping[str, str], name: str, lines: list[str], first: int, indent: int) -> Iterator[DrawnLine]:
    """The drawing lines of a value that begins on a line, and goes on while lines are indented deeper."""
    around = _open_blocks("\n".join(lines[:first]))
    last = first + 1
    while last < len(lines) and (not lines[last].strip() or _indent(lines[last]) > indent):
        last += 1
    for number in range(first, last):
        inside = _open_blocks("\n".join(lines[first:number]))
        for expression, blocks in expressions(files, lines, lines[number]):
            drawn = DRAWS.search(expression)
            if drawn:
                stated = VALUE.findall(expression) if FALLS_BACK.search(expression) else []
                replacing = (*stated, *_asked([*inside, *blocks], always=True))
                outside = _asked(around, always=False)
                named = (*replacing, *outside)
                existing = tuple(value for value in named if EXISTING.search(value.rpartition(".")[2]))
                yield DrawnLine(name, number + 1, drawn[1], tuple(dict.fromkeys(named)), existing)


def expressions(files: Mapping[str, str], lines: list[str], line: str) -> Iterator[tuple[str, list[Block]]]:
    """A line, what its variables are set to in the file, and the drawing lines of what it includes."""
    yield line, []
    for variable in dict.fromkeys(VARIABLE.findall(line)):
        pattern = re.compile(rf"\{{\{{-?\s*{re.escape(variable)}\s*:?=(.*)")
        for number, other in enumerate(lines):
            found = pattern.search(other)
            if found:
                yield found[1], _open_blocks("\n".join(lines[:number]))
    for included in INCLUDE.findall(line):
        for content in files.values():
            yield from _included(included, content)


def _included(name: str, content: str) -> Iterator[tuple[str, list[Block]]]:
    """The lines of a named template, each with the blocks that are open in it there."""
    found = re.search(rf"define\s+[\"']{re.escape(name)}[\"']\s*-?\}}\}}", content)
    if found is None:
        return
    body = content[found.end() :].split("\n")
    depth = 1
    for number, line in enumerate(body):
        yield line, _open_blocks("\n".join(body[:number]))
        for action in ACTION.finditer(line):
            depth += {"end": -1, "else": 0}.get(action[1], 1)
        if depth <= 0:
            return


def _open_blocks(text: str) -> list[Block]:
    """The blocks that are open at the end of a text."""
    blocks: list[Block] = []
    for action in ACTION.finditer(text):
        if action[1] == "end":
            blocks = blocks[:-1]
        elif action[1] == "else" and blocks:
            _, asked, _ = blocks.pop()
            again = action[2].strip().removeprefix("if").strip()
            blocks.append(("if", again or asked, not again))
        elif action[1] != "else":
            blocks.append((action[1], action[2].strip(), False))
    return blocks


def _asked(blocks: list[Block], always: bool) -> tuple[str, ...]:
    """The values that conditions ask for, the innermost first.

    A condition around the whole object counts only where it holds while the value is not stated: else it switches the
    object off.
    """
    found: list[str] = []
    for action, asked, passed in reversed(blocks):
        negated = asked.startswith("not ") != passed
        if action in ("if", "with") and (always or negated):
            found += VALUE.findall(asked)
    return tuple(found)


def _kinds(lines: list[str]) -> list[str]:
    """The kind of the document that each line belongs to."""
    kinds: list[str] = []
    document: list[str] = []
    for line in [*lines, "---"]:
        if line.startswith("---"):
            declared = KIND.search("\n".join(document))
            kinds += [declared[1] if declared else ""] * len(document)
            document = []
        document.append(line)
    return kinds


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
