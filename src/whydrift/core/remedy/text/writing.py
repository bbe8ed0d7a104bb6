"""Values as YAML text: in block style as Kubernetes manifests are written, in flow style, or as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from whydrift.core.model.values import Json
from whydrift.core.remedy.text.scalars import CONTROL, scalar_text


@dataclass(frozen=True, slots=True)
class Style:
    """How a file is written: its line break, how far dashes stand to the right of their key, and whether it is JSON."""

    newline: str = "\n"
    dash: int = 2
    json: bool = False


def flow_text(value: Json, style: Style) -> str:
    """A value on one line."""
    if style.json:
        return json.dumps(value, ensure_ascii=False)
    match value:
        case dict():
            return (
                "{"
                + ", ".join(f"{scalar_text(key, flow=True)}: {flow_text(v, style)}" for key, v in value.items())
                + "}"
            )
        case list():
            return "[" + ", ".join(flow_text(item, style) for item in value) + "]"
        case _:
            return scalar_text(value, flow=True)


def entry_lines(key: str, value: Json, style: Style) -> Iterator[str]:
    """The lines of one entry of a map in block style, from column 0."""
    yield from _after(f"{scalar_text(key)}:", value, style)


def _after(head: str, value: Json, style: Style) -> Iterator[str]:
    match value:
        case dict() if value:
            yield head
            yield from indented(block_lines(value, style), 2)
        case list() if value:
            yield head
            yield from indented(block_lines(value, style), style.dash)
        case str() if is_literal(value):
            yield from literal_lines(head + " ", value, 2)
        case _:
            yield f"{head} {scalar_text(value) if not isinstance(value, dict | list) else flow_text(value, style)}"


def block_lines(value: Json, style: Style) -> Iterator[str]:
    """The lines of a value in block style, from column 0; of an empty map or list and of a scalar the one line."""
    match value:
        case dict() if value:
            for key, inner in value.items():
                yield from entry_lines(key, inner, style)
        case list() if value:
            for item in value:
                yield from item_lines(item, style)
        case dict() | list():
            yield flow_text(value, style)
        case _:
            yield scalar_text(value)


def item_lines(item: Json, style: Style) -> Iterator[str]:
    """The lines of one item of a list in block style, from the column of its dash."""
    if isinstance(item, str) and is_literal(item):
        yield from literal_lines("- ", item, 2)
        return
    first, *rest = block_lines(item, style)
    yield f"- {first}"
    yield from indented(iter(rest), 2)


def is_block(value: Json) -> bool:
    """Whether a value takes several lines in block style."""
    return bool(value) if isinstance(value, dict | list) else isinstance(value, str) and is_literal(value)


def is_literal(value: str) -> bool:
    """Whether a string is best written as a literal block: several lines, none of which needs an escape."""
    lines = value.split("\n")
    return (
        len(lines) > 1
        and not lines[0].startswith((" ", "\t"))
        and bool(lines[0])
        and not any(CONTROL.search(line) for line in lines)
    )


def literal_lines(head: str, value: str, indent: int) -> Iterator[str]:
    """A literal block: its header behind `head`, then its lines."""
    yield f"{head}|{chomping(value)}"
    yield from indented(iter(value.removesuffix("\n").split("\n")), indent)


def chomping(value: str) -> str:
    """The indicator that keeps a block scalar's end as it is: "", "-" or "+"."""
    if not value.endswith("\n"):
        return "-"
    return "+" if value.endswith("\n\n") or value == "\n" else ""


def indented(lines: Iterator[str], columns: int) -> Iterator[str]:
    """Lines moved to the right; empty ones stay empty."""
    return (" " * columns + line if line else line for line in lines)
