"""Renders Go templates into text each piece of which knows where it was stated (Go, text/template/exec.go).

More lenient than Helm: what is missing is nothing instead of an error, and an unknown function makes text that nobody
stated. So a field can be placed although another one of the same file cannot be rendered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from whydrift.core.remedy.places.helm.parsing import (
    Action,
    Block,
    Call,
    Leave,
    Nodes,
    Operand,
    Pipe,
    Text,
    parse,
)
from whydrift.core.remedy.places.helm.traced import (
    NOTHING,
    Condition,
    Method,
    Piece,
    Pieces,
    Span,
    Stated,
    Traced,
    cut,
    joined,
    pieces_of,
)
from whydrift.errors import NotEditable

DEEPEST = 60
"""How deep templates may include each other; Helm stops at 1,000."""
MOST = 100_000
"""How many nodes may be evaluated for one file: templates can loop as they like."""


class _Left(NotEditable):
    """A loop was left: `break` or `continue`. Outside of a loop that is a fault of the template."""


class Evaluator:
    """Evaluates named templates. `functions` are those that need no evaluator; `untaken` are tests that failed."""

    def __init__(self, templates: Mapping[str, Nodes], functions: Mapping[str, Method]) -> None:
        self.templates = templates
        self.untaken: list[Condition] = []
        self._functions: dict[str, Method] = {
            **functions,
            "include": self._include,
            "tpl": self._tpl,
            "and": self._and,
            "or": self._or,
        }
        self._read: list[Traced] = []
        self._conditions: tuple[Condition, ...] = ()
        self._depth = 0
        self._left = MOST

    def render(self, name: str, dot: Traced) -> Pieces:
        """The text of a template; NotEditable where it fails on purpose or never ends."""
        self._left = MOST
        return tuple(self._nodes(self.templates[name], dot, [{"$": dot}]))

    def _nodes(self, nodes: Nodes, dot: Traced, scopes: list[dict[str, Traced]]) -> Iterator[Piece]:
        for node in nodes:
            self._left -= 1
            if self._left < 0:
                raise NotEditable("a template takes too long")
            match node:
                case Text():
                    yield Piece(node.text, node.span, node.span.start, conditions=self._conditions)
                case Action():
                    value = self._pipe(node.pipe, dot, scopes)
                    yield from () if node.pipe.declared else self._marked(pieces_of(value), node.span)
                case Block():
                    yield from self._block(node, dot, scopes)
                case Call():
                    given = self._pipe(node.pipe, dot, scopes) if node.pipe else NOTHING
                    yield from self._marked(self._named(node.name, given), node.span)
                case Leave():
                    raise _Left(node.kind)

    def _marked(self, pieces: Iterable[Piece], span: Span) -> Iterator[Piece]:
        for piece in pieces:
            yield piece._replace(by=piece.by or span, conditions=(*self._conditions, *piece.conditions))

    def _named(self, name: str, dot: Traced) -> Pieces:
        nodes = self.templates.get(name)
        if nodes is None or self._depth > DEEPEST:
            raise NotEditable(f"no template is called {name}" if nodes is None else f"{name} includes itself")
        self._depth += 1
        outer, self._conditions = self._conditions, ()
        try:
            return tuple(self._nodes(nodes, dot, [{"$": dot}]))
        finally:
            self._conditions = outer
            self._depth -= 1

    def _block(self, node: Block, dot: Traced, scopes: list[dict[str, Traced]]) -> Iterator[Piece]:
        inner = [*scopes, {}]
        self._read = []
        value = self._pipe(node.pipe, dot, inner)
        held = is_true(value)
        condition = Condition(tuple(self._read), held, node.span)
        if not held:
            self.untaken.append(condition)
        outer, self._conditions = self._conditions, (*self._conditions, condition)
        try:
            if not held:
                yield from self._nodes(node.otherwise, dot, inner)
            elif node.kind == "range":
                yield from self._range(node, value, inner)
            else:
                yield from self._nodes(node.body, value if node.kind == "with" else dot, inner)
        finally:
            self._conditions = outer

    def _range(self, node: Block, value: Traced, scopes: list[dict[str, Traced]]) -> Iterator[Piece]:
        names = node.pipe.declared
        for key, item in _entries(value):
            scope = dict(zip(names, (key, item) if len(names) == 2 else (item,), strict=False))
            pieces = self._nodes(node.body, item, [*scopes, scope])
            try:
                yield from pieces
            except _Left as left:
                if str(left) == "break":
                    return

    def _pipe(self, pipe: Pipe, dot: Traced, scopes: list[dict[str, Traced]]) -> Traced:
        value = NOTHING
        for place, command in enumerate(pipe.commands):
            value = self._command(command, dot, scopes, (value,) if place else ())
        for name in pipe.declared[-1:]:
            holders = [scope for scope in scopes if name in scope] if pipe.assigns else []
            (holders or scopes)[-1][name] = value
        return value

    def _command(
        self, command: tuple[Operand, ...], dot: Traced, scopes: list[dict[str, Traced]], piped: Sequence[Traced]
    ) -> Traced:
        if not command:
            return piped[0] if piped else NOTHING
        first, rest = command[0], command[1:]
        if first.kind == "function":
            given = [self._operand(operand, dot, scopes) for operand in rest]
            return self._fields(self._call(first.name, [*given, *piped]), first.fields)
        value = self._operand(first, dot, scopes)
        if callable(value.data):
            return value.data([*(self._operand(operand, dot, scopes) for operand in rest), *piped])
        return value

    def _operand(self, operand: Operand, dot: Traced, scopes: list[dict[str, Traced]]) -> Traced:
        match operand.kind:
            case "dot":
                value = self._fields(dot, operand.fields)
            case "variable":
                found = next((scope[operand.name] for scope in reversed(scopes) if operand.name in scope), NOTHING)
                value = self._fields(found, operand.fields)
            case "pipe" if operand.pipe:
                value = self._fields(self._pipe(operand.pipe, dot, scopes), operand.fields)
            case "function":
                value = self._fields(self._call(operand.name, ()), operand.fields)
            case _:
                return Traced(operand.constant)
        self._read.append(value)
        return value

    def _fields(self, value: Traced, names: Sequence[str]) -> Traced:
        for name in names:
            if callable(value.data):
                value = value.data(())
            value = entry(value, name)
        return value

    def _call(self, name: str, given: Sequence[Traced]) -> Traced:
        """What a function makes; of one that is not known, or not of such arguments, a text that nobody stated."""
        function = self._functions.get(name)
        try:
            return function(given) if function else joined((Piece(f"<{name}>", volatile=True),))
        except (IndexError, TypeError, ValueError, OverflowError):
            return joined((Piece(f"<{name}>", volatile=True),))

    def _include(self, given: Sequence[Traced]) -> Traced:
        read = self._read
        found = joined(self._named(str(given[0].data), given[1] if len(given) > 1 else NOTHING))
        self._read = [*read, *self._read]
        return found

    def _tpl(self, given: Sequence[Traced]) -> Traced:
        """A value as a template: what stands in it between the actions keeps the value as its origin."""
        source = str(given[0].data)
        if "{{" not in source:
            return given[0]
        name = f"tpl:{source}"
        outer = self.templates
        self.templates = {**outer, **parse(name, source)}
        try:
            pieces = self._named(name, given[1])
        finally:
            self.templates = outer
        own = pieces_of(given[0])
        return joined(each for piece in pieces for each in _restated(piece, own, name))

    def _and(self, given: Sequence[Traced]) -> Traced:
        return next((value for value in given if not is_true(value)), given[-1])

    def _or(self, given: Sequence[Traced]) -> Traced:
        passed = [value for value in given[:-1] if not is_true(value)]
        found = next((value for value in given if is_true(value)), given[-1])
        return preferring(passed, found) if found is given[-1] else found


def _restated(piece: Piece, own: Pieces, name: str) -> Pieces:
    """A piece of a text that was a template: what the text itself said is stated where the text is."""
    if not isinstance(piece.origin, Span) or piece.origin.file != name:
        return (piece,)
    stated = cut(own, piece.offset, piece.offset + len(piece.text))
    return tuple(each._replace(conditions=(*each.conditions, *piece.conditions)) for each in stated)


def preferring(passed: Iterable[Traced], value: Traced) -> Traced:
    """A value that counts because those before it are empty: were one of them stated, it would count instead."""
    before = tuple(place for other in passed for place in (*other.before, other.stated) if place is not None)
    if not before:
        return value
    if isinstance(value.data, dict | list):
        return replace(value, before=(*before, *value.before))
    pieces = tuple(piece._replace(before=(*before, *piece.before)) for piece in pieces_of(value))
    return replace(value, before=(*before, *value.before), pieces=pieces)


def entry(value: Traced, name: str) -> Traced:
    """The value below a map at a key; what is missing knows where it would be stated."""
    if isinstance(value.data, dict) and name in value.data:
        return value.data[name]
    place = value.stated
    below = Stated(place.file, (*place.path, name)) if place and not callable(value.data) else None
    return Traced(None, below, tuple(Stated(p.file, (*p.path, name)) for p in value.before))


def is_true(value: Traced) -> bool:
    """Whether a test holds (Go, text/template IsTrue)."""
    return bool(value.data)


def _entries(value: Traced) -> list[tuple[Traced, Traced]]:
    if isinstance(value.data, dict):
        kept = sorted(key for key, item in value.data.items() if not callable(item.data))
        return [(_key(key, value.data[key]), value.data[key]) for key in kept]
    if isinstance(value.data, list):
        return [(Traced(index), item) for index, item in enumerate(value.data)]
    if isinstance(value.data, int) and not isinstance(value.data, bool):
        return [(Traced(number), Traced(number)) for number in range(value.data)]
    return []


def _key(key: str, value: Traced) -> Traced:
    return Traced(key, pieces=(Piece(key, value.stated, exact=False, key=True),))
