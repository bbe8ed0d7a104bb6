"""Splits a Go template into its own text and its actions, and an action into words (Go, text/template/parse/lex.go)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from whydrift.errors import NotEditable

WORD = re.compile(
    r"""(?P<space>\s+)|(?P<string>"(?:\\.|[^"\\\n])*"|`[^`]*`)|(?P<char>'(?:\\.|[^'\\])+')
    |(?P<number>[+-]?(?:0[xX][0-9a-fA-F_]+|\d[\d_]*(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+))(?!\w)
    |(?P<field>\.[^\W\d]\w*)|(?P<variable>\$\w*)|(?P<name>[^\W\d]\w*)|(?P<mark>:=|[=|(),.])""",
    re.VERBOSE,
)
COMMENT = re.compile(r"\{\{(-\s)?\s*/\*.*?\*/\s*(-)?\}\}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Word:
    """One word of an action. `joined`: nothing stands between it and the word before."""

    kind: str
    text: str
    joined: bool


@dataclass(frozen=True, slots=True)
class Own:
    """The template's own text, from `start`."""

    text: str
    start: int


@dataclass(frozen=True, slots=True)
class Act:
    """An action from `start` to `end`, braces included."""

    words: tuple[Word, ...]
    start: int
    end: int


def lexed(content: str) -> Iterator[Own | Act]:
    """The text and the actions of a template in their order; text is trimmed as `{{-` and `-}}` ask."""
    at, trim = 0, False
    while True:
        opened = content.find("{{", at)
        end = len(content) if opened < 0 else opened
        text = content[at:end]
        start = at + (len(text) - len(text.lstrip()) if trim else 0)
        left = opened >= 0 and content[opened + 2 : opened + 3] == "-" and content[opened + 3 : opened + 4].isspace()
        kept = content[start:end].rstrip() if left else content[start:end]
        if kept:
            yield Own(kept, start)
        if opened < 0:
            return
        comment = COMMENT.match(content, opened)
        if comment:
            at, trim = comment.end(), bool(comment.group(2))
            continue
        words, at, trim = _action(content, opened + (3 if left else 2))
        yield Act(words, opened, at)


def _action(content: str, at: int) -> tuple[tuple[Word, ...], int, bool]:
    """The words of an action that starts at `at`, where it ends, and whether it trims what follows."""
    words: list[Word] = []
    joined = True
    while True:
        if content.startswith("}}", at):
            return tuple(words), at + 2, False
        if content.startswith("-}}", at) and content[at - 1].isspace():
            return tuple(words), at + 3, True
        found = WORD.match(content, at)
        if found is None:
            raise NotEditable(f"no template that can be read: {content[at : at + 20]!r}")
        kind = str(found.lastgroup)
        if kind != "space":
            words.append(Word(kind, found.group(), joined))
        joined = kind != "space"
        at = found.end()
