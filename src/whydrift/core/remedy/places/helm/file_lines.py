"""Lines of a rendered text that a file holds as its own: how they are added and taken away there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from whydrift.core.remedy.places.helm.measures import Idea, Replace
from whydrift.core.remedy.places.helm.solving import LineChange
from whydrift.core.remedy.places.helm.traced import Pieces, Span


def moved_lines(files: Mapping[str, str], change: LineChange) -> Iterator[Idea]:
    """Lines that are added or taken away where a file's own text holds them."""
    known = [line for line in (*change.pieces, change.previous) if line]
    places = [_own_line(files, line) for line in known]
    if not known or any(place is None for place in places):
        return
    spans = [place for place in places if place]
    indent = spans[0][1]
    text = "".join(f"{indent}{line}" if line.strip() else line for line in change.lines)
    if change.pieces:
        ordered = sorted(span for span, _ in spans[: len(change.pieces)])
        yield (Replace(Span(ordered[0].file, ordered[0].start, ordered[-1].end), text),)
    else:
        end = spans[0][0].end
        yield (Replace(Span(spans[0][0].file, end, end), text),)


def _own_line(files: Mapping[str, str], line: Pieces) -> tuple[Span, str] | None:
    """The line of a file that a rendered line is taken from, and how far it is indented there."""
    origins = [piece for piece in line if isinstance(piece.origin, Span) and piece.exact and piece.text.strip()]
    if not origins or not isinstance(origins[0].origin, Span):
        return None
    file, at = origins[0].origin.file, origins[0].offset
    content = files[file]
    start, end = content.rfind("\n", 0, at) + 1, content.find("\n", at) + 1
    text = content[start : end or len(content)]
    return Span(file, start, end or len(content)), text[: len(text) - len(text.lstrip(" "))]
