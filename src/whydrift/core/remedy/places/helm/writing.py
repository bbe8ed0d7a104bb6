"""Writes values into rendered text, each piece with its origin: toYaml, toJson, indent."""

from __future__ import annotations

import json
from collections.abc import Iterator

from whydrift.core.remedy.places.helm.traced import Piece, Pieces, Traced, lines_of, pieces_of, plain, text_of
from whydrift.core.remedy.text.scalars import plain_value, scalar_text
from whydrift.errors import NotEditable


def to_yaml(value: Traced) -> Pieces:
    """A value as sigs.k8s.io/yaml writes it: keys sorted, list items not indented below their key."""
    pieces = tuple(_written(value, 0))
    last = pieces[-1] if pieces else None
    return (*pieces[:-1], last._replace(text=last.text.rstrip("\n"))) if last else ()


def _written(value: Traced, depth: int) -> Iterator[Piece]:
    data = value.data
    if isinstance(data, dict) and data:
        for key in sorted(data):
            yield from _entry(key, data[key], depth)
    elif isinstance(data, list) and data:
        for item in data:
            yield Piece("  " * depth + "- ", item.stated, exact=False, key=True)
            yield from _without_indent(_written(item, depth + 1), depth + 1)
    else:
        yield from _scalar(value, depth)


def _entry(key: str, value: Traced, depth: int) -> Iterator[Piece]:
    nested = bool(value.data) and isinstance(value.data, dict | list)
    named = f"{'  ' * depth}{scalar_text(key)}:" + ("\n" if nested else " ")
    yield Piece(named, value.stated, exact=False, key=True, before=value.before)
    yield from _written(value, depth + (isinstance(value.data, dict) if nested else 0))


def _without_indent(pieces: Iterator[Piece], depth: int) -> Iterator[Piece]:
    """Pieces whose first line goes on behind a dash."""
    first = next(pieces, None)
    if first is not None:
        indent = "  " * depth
        yield first._replace(text=first.text.removeprefix(indent))
        yield from pieces


def _scalar(value: Traced, depth: int) -> Iterator[Piece]:
    data = value.data
    if isinstance(data, str) and "\n" in data and not data.startswith((" ", "\n")):
        yield from _block(value, depth)
        return
    text = _scalar_text(value)
    if isinstance(data, str) and text[1:-1] == data and text != data:
        yield from (Piece(text[0]), *pieces_of(value), Piece(f"{text[-1]}\n"))
    elif text == data:
        yield from (*pieces_of(value), Piece("\n"))
    else:
        yield Piece(text, value.stated, exact=not isinstance(data, str), before=value.before)
        yield Piece("\n")


def _scalar_text(value: Traced) -> str:
    """A scalar, or an empty map or list, on one line; text that must be quoted stands in single quotes, as in Go."""
    data = value.data
    if isinstance(data, dict | list):
        return "{}" if isinstance(data, dict) else "[]"
    if isinstance(data, float) and data.is_integer() and abs(data) < 1e15:
        return str(int(data))
    text = scalar_text(plain(value))
    return scalar_text(data, "'") if isinstance(data, str) and text != data and _is_text(data) else text


def _is_text(data: str) -> bool:
    """Whether a string without quotes would be read as a string, were it allowed to stand so."""
    try:
        return plain_value(data) == data
    except (NotEditable, IndexError):
        return False


def _block(value: Traced, depth: int) -> Iterator[Piece]:
    text = text_of(pieces_of(value))
    kept = "|" if text.endswith("\n") and not text.endswith("\n\n") else "|-" if not text.endswith("\n") else "|+"
    yield Piece(kept + "\n")
    for line in lines_of(pieces_of(value)):
        if text_of(line).strip("\n"):
            yield Piece("  " * max(depth, 1))
        yield from line
    if not text.endswith("\n"):
        yield Piece("\n")


def to_json(value: Traced, indent: int | None = None) -> Traced:
    """A value as encoding/json writes it: keys sorted, `<`, `>` and `&` escaped."""
    separators = (",", ": " if indent else ":")
    text = json.dumps(_whole(plain(value)), sort_keys=True, ensure_ascii=False, separators=separators, indent=indent)
    for mark in "<>&":
        text = text.replace(mark, f"\\u{ord(mark):04x}")
    return Traced(text, pieces=(Piece(text, value.stated, exact=False, before=value.before),))


def _whole(value: object) -> object:
    if isinstance(value, dict):
        return {key: _whole(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_whole(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def indented(pieces: Pieces, spaces: int) -> Pieces:
    """Pieces with each line indented (sprig, strings.go indent: `pad + replace(v, "\\n", "\\n" + pad)`)."""
    pad = Piece(" " * spaces)
    found: list[Piece] = [pad]
    for line in lines_of(pieces):
        found += [*line, pad] if text_of(line).endswith("\n") else line
    return tuple(found)
