"""Values in a template that know where they were stated, and the pieces of text that they become."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from whydrift.core.model.paths import Path
from whydrift.core.model.values import Json


class Stated(NamedTuple):
    """A place in a file of values: `path` in `file`; what is not stated there would count if it were."""

    file: str
    path: Path


class Span(NamedTuple):
    """Text of a file: from `start` up to `end`, in characters."""

    file: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, eq=False)
class Condition:
    """A block that is rendered only if a test holds (`if`, `with`, `range`): what was tested, and where it stands."""

    read: tuple[Traced, ...]
    held: bool
    span: Span


class Piece(NamedTuple):
    """A run of rendered text.

    `origin` is where it is stated: a value, or the text of a file; None for what only a function made. `exact`: it is
    the text of its origin from `offset` on, character by character. `key`: it is the key, not the value, of its origin.
    `before` are values that would count before this one. `by` is the innermost action that printed it, None for a
    template's own text. `volatile`: it comes out differently each time.
    """

    text: str
    origin: Stated | Span | None = None
    offset: int = 0
    exact: bool = True
    key: bool = False
    before: tuple[Stated, ...] = ()
    by: Span | None = None
    conditions: tuple[Condition, ...] = ()
    volatile: bool = False


Pieces: TypeAlias = tuple[Piece, ...]
Method: TypeAlias = "Callable[[Sequence[Traced]], Traced]"
Data: TypeAlias = "bool | int | float | str | list[Traced] | dict[str, Traced] | Method | None"


@dataclass(frozen=True, slots=True)
class Traced:
    """A value in a template. `stated` is its place, None for what a function made; strings have their `pieces`."""

    data: Data
    stated: Stated | None = None
    before: tuple[Stated, ...] = ()
    pieces: Pieces = field(default=(), compare=False)

    @property
    def volatile(self) -> bool:
        """Whether it comes out differently each time."""
        return any(piece.volatile for piece in self.pieces)


NOTHING = Traced(None)


def plain(value: Traced) -> Json:
    """A value without its places; what is no JSON is null."""
    data = value.data
    if isinstance(data, list):
        return [plain(item) for item in data]
    if isinstance(data, dict):
        return {key: plain(item) for key, item in data.items() if not callable(item.data)}
    return None if callable(data) else data


def go_number(value: float) -> str:
    """A float as Go prints it (fmt, %v): `1e+06` for a million, the shortest digits that stand for it."""
    if value != value or abs(value) == float("inf"):
        return "NaN" if value != value else f"{'+' if value > 0 else '-'}Inf"
    digits = repr(value).lower()
    exponent = f"{value:.17e}".partition("e")[2]
    if -4 <= int(exponent) < 6:
        return f"{value:.20f}".rstrip("0").rstrip(".") if "e" in digits else digits.removesuffix(".0")
    figures = digits.partition("e")[0].replace(".", "").lstrip("-0").rstrip("0") or "0"
    point = f".{figures[1:]}" if figures[1:] else ""
    return f"{'-' if value < 0 else ''}{figures[0]}{point}e{int(exponent):+03d}"


def printed(value: Traced) -> str:
    """A value as a template prints it."""
    data = value.data
    if isinstance(data, str):
        return data
    if isinstance(data, bool):
        return "true" if data else "false"
    if isinstance(data, int):
        return str(data)
    if isinstance(data, float):
        return go_number(data)
    if isinstance(data, list):
        return "[" + " ".join(printed(item) for item in data) + "]"
    if isinstance(data, dict):
        return "map[" + " ".join(f"{key}:{printed(data[key])}" for key in sorted(data)) + "]"
    return "<nil>" if data is None else ""


def pieces_of(value: Traced) -> Pieces:
    """The text that a value prints, with its origin."""
    if value.pieces:
        return value.pieces
    text = printed(value) if value.data is not None else ""
    return (Piece(text, value.stated, exact=True, before=value.before),) if text or value.stated else ()


def text_of(pieces: Iterable[Piece]) -> str:
    """The text of pieces."""
    return "".join(piece.text for piece in pieces)


def joined(pieces: Iterable[Piece]) -> Traced:
    """A string made of pieces."""
    kept = tuple(pieces)
    return Traced(text_of(kept), pieces=kept)


def cut(pieces: Pieces, start: int, end: int | None = None) -> Pieces:
    """The part of pieces from `start` up to `end`, in characters."""
    kept: list[Piece] = []
    at = 0
    last = sum(len(piece.text) for piece in pieces) if end is None else end
    for piece in pieces:
        low, high = max(start - at, 0), min(last - at, len(piece.text))
        empty = not piece.text and start <= at <= last
        at += len(piece.text)
        if low < high or empty:
            kept.append(piece._replace(text=piece.text[low:high], offset=piece.offset + low))
    return tuple(kept)


def made(text: str, sources: Iterable[Traced], exact: bool = False) -> Traced:
    """What a function made of values: its origin is that of the only one that has any.

    Where some come out differently each time, only they count: they are why the outcome differs.
    """
    every = [piece for source in sources for piece in pieces_of(source)]
    given = [piece for piece in every if piece.volatile] or every
    origins = {piece.origin for piece in given if piece.origin and not isinstance(piece.origin, Span)}
    before = tuple(dict.fromkeys(place for piece in given for place in piece.before))
    conditions = tuple(dict.fromkeys(c for piece in given for c in piece.conditions))
    piece = Piece(
        text,
        next(iter(origins)) if len(origins) == 1 else None,
        exact=exact,
        key=any(piece.key for piece in given),
        before=before,
        conditions=conditions,
        volatile=any(piece.volatile for piece in given),
    )
    return Traced(text, pieces=(piece,))


def lines_of(pieces: Pieces) -> Iterable[Pieces]:
    """Pieces line by line; the line ends belong to the lines."""
    line: list[Piece] = []
    for piece in pieces:
        at = 0
        for part in piece.text.splitlines(keepends=True) if piece.text else [""]:
            line.append(piece._replace(text=part, offset=piece.offset + at))
            at += len(part)
            if part.endswith("\n"):
                yield tuple(line)
                line = []
    if line:
        yield tuple(line)
