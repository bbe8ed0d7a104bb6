"""Which lines of a chart's templates draw a value anew on each render.

Functions: Helm's template functions (Sprig: crypto, random, date, uuid). `lookup` finds nothing where Argo CD renders,
so that a chart which keeps what it finds draws again as well.
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


@dataclass(frozen=True, slots=True)
class Drawn:
    """A line that draws a value: where it stands, the function, and whether a value of the chart's may replace it."""

    place: str
    function: str
    depends: bool


def lines_of(files: Mapping[str, str], kind: str, key: str) -> tuple[Drawn | None, ...]:
    """Every line that writes the value of `key` in the templates of a kind; None for one that draws nothing.

    Empty where no template that can be read writes it: one of a packaged chart does.
    """
    return tuple(line for name, content in files.items() for line in _lines(files, name, content, kind, key))


def _lines(files: Mapping[str, str], name: str, content: str, kind: str, key: str) -> Iterator[Drawn | None]:
    """Every line that writes the key, as drawn or None; without those that repeat what a lookup finds."""
    if "{{" not in content:
        return
    writes = re.compile(rf"^\s*-?\s*[\"']?{re.escape(key)}[\"']?\s*:(.*)$")
    for first, document in _documents(content):
        declared = KIND.search(document)
        if declared is None or declared.group(1) != kind:
            continue
        for number, line in enumerate(document.split("\n"), start=first):
            written = writes.match(line)
            if written is None:
                continue
            source = _followed(files, content, written.group(1))
            drawn = DRAWS.search(source)
            if drawn:
                yield Drawn(f"{name}:{number}", drawn.group(1), bool(DEPENDS.search(source)))
            elif not FINDS.search(source):
                yield None


def _documents(content: str) -> Iterator[tuple[int, str]]:
    """The YAML documents of a file with the number of their first line."""
    number = 1
    for document in re.split(r"(?m)^---.*$", content):
        yield number, document
        number += document.count("\n")


def _followed(files: Mapping[str, str], content: str, expression: str) -> str:
    """An expression with what its variables are set to in the same file, and what it includes."""
    parts = [expression]
    for variable in set(VARIABLE.findall(expression)):
        parts += re.findall(rf"\{{\{{-?\s*{re.escape(variable)}\s*:?=(.*)", content)
    for included in INCLUDE.findall(expression):
        body = re.compile(rf"define\s+[\"']{re.escape(included)}[\"'](.*?)\{{\{{-?\s*end\b", re.DOTALL)
        parts += [found.group(1) for other in files.values() if (found := body.search(other))]
    return "\n".join(parts)
