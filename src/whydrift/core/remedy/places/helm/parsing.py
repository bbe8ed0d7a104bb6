"""Reads a Go template into a tree of nodes (Go, text/template/parse/parse.go)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from whydrift.core.remedy.places.helm.lexing import Act, Own, Word, lexed
from whydrift.core.remedy.places.helm.traced import Span
from whydrift.errors import NotEditable

Constant: TypeAlias = bool | int | float | str | None


@dataclass(frozen=True, slots=True)
class Operand:
    """A value of a command: `kind` is dot, variable, function, constant or pipe, then fields of it."""

    kind: str
    name: str = ""
    constant: Constant = None
    pipe: Pipe | None = None
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pipe:
    """Commands, each given what the one before made; `declared` are the variables that take the value."""

    commands: tuple[tuple[Operand, ...], ...]
    declared: tuple[str, ...] = ()
    assigns: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """The template's own text."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Action:
    """Prints a pipe, or sets a variable."""

    pipe: Pipe
    span: Span


@dataclass(frozen=True, slots=True)
class Block:
    """if, with or range; `span` is from its first action to its end."""

    kind: str
    pipe: Pipe
    body: Nodes
    otherwise: Nodes
    span: Span


@dataclass(frozen=True, slots=True)
class Call:
    """The template action: another template in its place."""

    name: str
    pipe: Pipe | None
    span: Span


@dataclass(frozen=True, slots=True)
class Leave:
    """break or continue."""

    kind: str


Node: TypeAlias = "Text | Action | Block | Call | Leave"
Nodes: TypeAlias = "tuple[Node, ...]"


@lru_cache(8192)
def parse(file: str, content: str) -> Mapping[str, Nodes]:
    """The templates in a file by name, its own under the file's name; NotEditable where it is no template."""
    reader = _Reader(file, content)
    found = reader.nodes(())
    return {**reader.named, file: found}


class _Reader:
    def __init__(self, file: str, content: str) -> None:
        self.file = file
        self.named: dict[str, Nodes] = {}
        self._parts: Iterator[Own | Act] = lexed(content)
        self._stopped: Act | None = None

    def nodes(self, until: tuple[str, ...]) -> Nodes:
        """The nodes up to an action that starts with a word of `until`, which is kept in `_stopped`."""
        nodes: list[Node] = []
        for part in self._parts:
            if isinstance(part, Own):
                nodes.append(Text(part.text, Span(self.file, part.start, part.start + len(part.text))))
                continue
            first = part.words[0].text if part.words else ""
            if first in until:
                self._stopped = part
                return tuple(nodes)
            node = self._node(first, part)
            if node is not None:
                nodes.append(node)
        if until:
            raise NotEditable(f"{self.file}: a block has no end")
        return tuple(nodes)

    def _node(self, first: str, act: Act) -> Node | None:
        span = Span(self.file, act.start, act.end)
        if first in ("if", "with", "range"):
            return self._block(first, act.words[1:], act)
        if first in ("define", "block"):
            return self._define(first, act, span)
        if first == "template":
            pipe = Words(act.words[2:]).pipe() if act.words[2:] else None
            return Call(_named(act), pipe, span)
        if first in ("break", "continue"):
            return Leave(first)
        return Action(Words(act.words).pipe(), span) if act.words else None

    def _define(self, first: str, act: Act, span: Span) -> Node | None:
        name = _named(act)
        self.named[name] = self.nodes(("end",))
        return Call(name, Words(act.words[2:]).pipe(), span) if first == "block" else None

    def _block(self, kind: str, words: tuple[Word, ...], act: Act) -> Block:
        pipe = Words(words).pipe()
        body = self.nodes(("end", "else"))
        otherwise: Nodes = ()
        stopped = self._stopped
        assert stopped is not None
        if stopped.words[0].text == "else":
            otherwise, stopped = self._otherwise(stopped)
        return Block(kind, pipe, body, otherwise, Span(self.file, act.start, stopped.end))

    def _otherwise(self, act: Act) -> tuple[Nodes, Act]:
        """What follows `else`; `else if` and `else with` are a block in it that ends with the same `end`."""
        if len(act.words) > 1:
            block = self._block(act.words[1].text, act.words[2:], act)
            return (block,), Act((), block.span.start, block.span.end)
        nodes = self.nodes(("end",))
        assert self._stopped is not None
        return nodes, self._stopped


def _named(act: Act) -> str:
    """The name of the template that an action defines or calls."""
    if len(act.words) < 2 or act.words[1].kind != "string":
        raise NotEditable("a template has no name")
    return _string(act.words[1].text)


class Words:
    """The words of an action, read from left to right."""

    def __init__(self, words: tuple[Word, ...]) -> None:
        self._words = words
        self._at = 0

    def _peek(self, ahead: int = 0) -> Word:
        at = self._at + ahead
        return self._words[at] if at < len(self._words) else Word("end", "", False)

    def pipe(self) -> Pipe:
        """A pipe up to the end of the words, or to the bracket that closes it."""
        declared, assigns = self._declared()
        commands: list[tuple[Operand, ...]] = []
        command: list[Operand] = []
        while self._peek().text not in ("", ")"):
            if self._peek().text == "|":
                commands.append(tuple(command))
                command = []
                self._at += 1
            else:
                command.append(self._operand())
        return Pipe((*commands, tuple(command)), declared, assigns)

    def _declared(self) -> tuple[tuple[str, ...], bool]:
        names: list[str] = []
        at = self._at
        while self._peek().kind == "variable":
            names.append(self._peek().text)
            self._at += 1
            mark = self._peek().text
            if mark in (":=", "="):
                self._at += 1
                return tuple(names), mark == "="
            if mark != ",":
                break
            self._at += 1
        self._at = at
        return (), False

    def _operand(self) -> Operand:
        word = self._peek()
        self._at += 1
        if word.text == "(":
            pipe = self.pipe()
            self._at += 1
            return Operand("pipe", pipe=pipe, fields=self._fields())
        if word.kind == "field":
            return Operand("dot", fields=(word.text[1:], *self._fields()))
        if word.text == ".":
            return Operand("dot")
        if word.kind == "variable":
            return Operand("variable", word.text, fields=self._fields())
        if word.kind == "name" and word.text not in ("true", "false", "nil"):
            return Operand("function", word.text, fields=self._fields())
        return Operand("constant", constant=_constant(word))

    def _fields(self) -> tuple[str, ...]:
        fields: list[str] = []
        while self._peek().kind == "field" and self._peek().joined:
            fields.append(self._peek().text[1:])
            self._at += 1
        return tuple(fields)


def _constant(word: Word) -> Constant:
    if word.kind == "name":
        return {"true": True, "false": False}.get(word.text)
    if word.kind == "string":
        return _string(word.text)
    try:
        return ord(_string(word.text)) if word.kind == "char" else _number(word.text)
    except (TypeError, ValueError) as error:
        raise NotEditable(f"no template that can be read: {word.text!r}") from error


def _number(text: str) -> int | float:
    digits = text.replace("_", "")
    if re.fullmatch(r"[+-]?0[0-7]+", digits):
        return int(digits, 8)
    return float(digits) if re.search(r"[.eE]", digits) and "x" not in digits.lower() else int(digits, 0)


def _string(text: str) -> str:
    """What a Go literal stands for; its escapes are those of Python, as far as charts use them."""
    if text.startswith("`"):
        return text[1:-1]
    try:
        value: object = ast.literal_eval(text)
    except (ValueError, SyntaxError) as error:
        raise NotEditable(f"no template that can be read: {text!r}") from error
    return str(value)
