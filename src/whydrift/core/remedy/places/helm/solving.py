"""Which pieces of a rendered text must say something else, so that the text as a whole says what is wanted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import combinations

from whydrift.core.remedy.places.helm.traced import Piece, Pieces, Span, Stated, lines_of, text_of

MOST_VALUES = 6
"""Of how many values in one text several may change at once: an image has four."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece that shall say `text` instead. `whole`: nothing but this piece is in the text."""

    piece: Piece
    text: str
    whole: bool


def solutions(pieces: Pieces, wanted: str) -> Iterator[tuple[Part, ...]]:
    """Sets of pieces whose change makes the text `wanted`: one value, several values, one run of a file's text."""
    kept = tuple(piece for piece in pieces if piece.text or isinstance(piece.origin, Stated) or piece.before)
    joined = _joined(kept)
    if len(joined) < len(kept):
        yield from _solutions(joined, wanted)
    yield from _solutions(kept, wanted)


def _joined(pieces: Pieces) -> Pieces:
    """The pieces with those as one that one value counts before: it stands in for all that its default prints."""
    found: list[Piece] = []
    for piece in pieces:
        last = found[-1] if found else None
        if last is not None and piece.before and (piece.before, piece.by) == (last.before, last.by):
            text, exact, drawn = last.text + piece.text, last.exact and piece.exact, last.volatile or piece.volatile
            found[-1] = last._replace(text=text, origin=None, exact=exact, volatile=drawn)
        else:
            found.append(piece)
    return tuple(found)


def _solutions(kept: Pieces, wanted: str) -> Iterator[tuple[Part, ...]]:
    values = [place for place, piece in enumerate(kept) if isinstance(piece.origin, Stated) or piece.before]
    texts = [place for place, piece in enumerate(kept) if isinstance(piece.origin, Span) and place not in values]
    for place in values:
        yield from _alone(kept, place, wanted)
    if len(values) > 1:
        yield from _together(kept, values, wanted)
    for place in texts:
        yield from _alone(kept, place, wanted)


def _alone(pieces: Pieces, place: int, wanted: str) -> Iterator[tuple[Part, ...]]:
    before, after = text_of(pieces[:place]), text_of(pieces[place + 1 :])
    if len(wanted) >= len(before) + len(after) and wanted.startswith(before) and wanted.endswith(after):
        middle = wanted[len(before) : len(wanted) - len(after)]
        yield (Part(pieces[place], middle, len(pieces) == 1),)


def _together(pieces: Pieces, values: Sequence[int], wanted: str) -> Iterator[tuple[Part, ...]]:
    """Several values at once, as few as will do."""
    for size in range(2, len(values) + 1) if len(values) <= MOST_VALUES else ():
        for chosen in combinations(values, size):
            form = "".join("(.*)" if place in chosen else re.escape(piece.text) for place, piece in enumerate(pieces))
            found = re.fullmatch(form, wanted, re.DOTALL)
            if found:
                parts = zip((pieces[place] for place in chosen), found.groups(), strict=True)
                yield tuple(Part(piece, text, False) for piece, text in parts if text != piece.text)
                return


@dataclass(frozen=True, slots=True)
class LineChange:
    """Lines of a text that become others: `pieces` are the old ones, none where lines are added after `previous`."""

    pieces: tuple[Pieces, ...]
    previous: Pieces
    lines: tuple[str, ...]


def line_changes(content: Pieces, old: str, new: str) -> list[LineChange]:
    """How a text on several lines changes, line by line; `content` are its rendered lines, indented."""
    lines = list(lines_of(content))
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    found: list[LineChange] = []
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal" or a > len(lines):
            continue
        if b - a == d - c:
            pairs = zip(lines[a:b], after[c:d], strict=False)
            found += [LineChange((line,), (), (text,)) for line, text in pairs]
        else:
            found.append(LineChange(tuple(lines[a:b]), lines[a - 1] if a else (), tuple(after[c:d])))
    return found
