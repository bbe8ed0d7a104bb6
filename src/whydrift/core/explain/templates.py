"""Which lines of a chart's templates draw a value anew on each render, and which values would take its place.

Functions: Helm's template functions (Sprig: crypto, random, date, uuid). `lookup` finds nothing where Argo CD renders,
so that a chart which keeps what it finds draws again as well. A value takes the place of what is drawn where the line
itself falls back from it (`.Values.x | default (randAlphaNum 20)`), or where a condition around the line asks for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

DRAWS = re.compile(
    r"\b(rand(?:AlphaNum|Alpha|Numeric|Ascii|Bytes|Int)|gen(?:CA|SelfSignedCert|SignedCert|PrivateKey)\w*"
    r"|htpasswd|bcrypt|encryptAES|uuidv4|now|shuffle)\b"
)
FINDS = re.compile(r"\blookup\b")
DEPENDS = re.compile(r"\b(default|coalesce|ternary)\b|\.Values\b")
VARIABLE = re.compile(r"\$\w+")
INCLUDE = re.compile(r"\b(?:include|template)\s+[\"']([^\"']+)[\"']")
KIND = re.compile(r"(?m)^kind:\s*[\"']?(\w+)")
ACTION = re.compile(r"\{\{-?\s*(if|with|range|define|block|else|end)\b(.*?)-?\}\}")
VALUE = re.compile(r"\.Values\.(\w+(?:\.\w+)*)")
FALLS_BACK = re.compile(r"\b(?:default|coalesce|ternary|or)\b")
EXISTING = re.compile(r"existing", re.IGNORECASE)
Block = tuple[str, str, bool]
"""An open block: the action, what it asks, and whether its `else` was passed."""
Expression = tuple[str, list[Block]]
"""What a line is made of, with the blocks that are open around it where it stands."""


@dataclass(frozen=True, slots=True)
class TemplateLine:
    """A line that writes (a part of) a value: the function that draws it ("": none does).

    `depends`: what else the value is made of may differ between revisions. `values` would take the place of what is
    drawn, the likeliest first; `existing` are those that name an object which is there already (`auth.existingSecret`).
    """

    file: str
    line: int
    function: str = ""
    depends: bool = False
    values: tuple[str, ...] = ()
    existing: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """`file:line`."""
        return f"{self.file}:{self.line}"


def lines_of(files: Mapping[str, str], kind: str, key: str) -> Iterator[TemplateLine]:
    """The lines that draw the value of `key` in the templates of a kind, or its first line where none draws it.

    Empty where no template that can be read writes it: one of a packaged chart does. A value that repeats what a
    lookup finds is left out.
    """
    written = re.compile(rf"^(\s*)(?:-\s*)?[\"']?{re.escape(key)}[\"']?\s*:(.*)$")
    for name, content in files.items():
        if "{{" not in content:
            continue
        lines = content.split("\n")
        kinds = _kinds(lines)
        for number, line in enumerate(lines):
            found = written.match(line)
            if found is not None and kinds[number] == kind:
                yield from _of_value(files, name, lines, range(number, _end_of_value(lines, number, len(found[1]))))


def _of_value(files: Mapping[str, str], name: str, lines: list[str], rows: range) -> Iterator[TemplateLine]:
    """The lines of one value."""
    around = _open_blocks("\n".join(lines[: rows[0]]))
    made = [(row, list(expressions(files, lines, lines[row]))) for row in rows]
    spelled = [text for _, parts in made for text, _ in parts]
    depends = len(rows) > 1 or any(DEPENDS.search(text) for text in spelled)
    drawn = False
    for row, parts in made:
        inside = _open_blocks("\n".join(lines[rows[0] : row]))
        for text, blocks in parts:
            draws = DRAWS.search(text)
            if draws:
                drawn = True
                stated = VALUE.findall(text) if FALLS_BACK.search(text) else []
                asked = (*_asked([*inside, *blocks], always=True), *_asked(around, always=False))
                values = tuple(dict.fromkeys((*stated, *asked)))
                existing = tuple(value for value in values if EXISTING.search(value.rpartition(".")[2]))
                yield TemplateLine(name, row + 1, draws[1], depends, values, existing)
    if not drawn and not any(FINDS.search(text) for text in spelled):
        yield TemplateLine(name, rows[0] + 1)


def _end_of_value(lines: list[str], first: int, indent: int) -> int:
    """Behind the last line of a value: it goes on while lines are indented deeper, blank ones at its end apart."""
    last = first + 1
    for number in range(first + 1, len(lines)):
        if lines[number].strip():
            if _indent(lines[number]) <= indent:
                break
            last = number + 1
    return last


def expressions(files: Mapping[str, str], lines: list[str], line: str) -> Iterator[Expression]:
    """A line, what its variables are set to in the file, and the lines of what it includes."""
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


def _included(name: str, content: str) -> Iterator[Expression]:
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
