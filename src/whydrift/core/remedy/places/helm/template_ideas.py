"""Ideas that change the lines of a template: an entry is added beside others, or taken away with its block."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from whydrift.core.model.values import Json
from whydrift.core.remedy.places.helm.located import Field
from whydrift.core.remedy.places.helm.measures import Idea, Rewrite
from whydrift.core.remedy.places.helm.template_lines import Lines, line_at, new_lines
from whydrift.core.remedy.places.helm.traced import Piece, Span
from whydrift.core.remedy.text.nodes import Items


def added_lines(files: Mapping[str, str], parent: Field, step: str | int, value: Json) -> Iterator[Idea]:
    """Lines for an entry that a map or list lacks: after its last sure entry in the template, else after its block."""
    for sibling in reversed(_sure(parent)):
        key = sibling.key
        if key is not None and isinstance(key.origin, Span):
            yield from _after(files, parent, sibling, key, step, value)
    if parent.key and parent.literal and parent.children:
        yield from _below(files, parent, parent.key, step, value)


def _sure(parent: Field) -> list[Field]:
    """The entries that are there whenever the parent is, and that a template's own text states."""
    around = len(parent.key.conditions) if parent.key and parent.path else 0
    entries = [child for child in parent.children if child.literal and child.key]
    return [child for child in entries if child.key and len(child.key.conditions) <= around] or entries


def _after(
    files: Mapping[str, str], parent: Field, sibling: Field, key: Piece, step: str | int, value: Json
) -> Iterator[Idea]:
    file, at = _place(key)
    lines = Lines(files[file])
    number, column = _line_and_column(files[file], at)
    end = lines.block_end(number, column, isinstance(sibling.node, Items) and isinstance(step, str))
    content = lines.with_lines(end, list(new_lines(step, value, column, lines.dashes())))
    yield (Rewrite(file, content, _line_of(files, parent, file) or number + 1),)


def _below(files: Mapping[str, str], parent: Field, key: Piece, step: str | int, value: Json) -> Iterator[Idea]:
    """After all that is below the parent's key, indented as its entries are rendered."""
    file, at = _place(key)
    lines = Lines(files[file])
    number, column = _line_and_column(files[file], at)
    shown = _rendered_column(parent.text, parent.children[0].start)
    shift = column - _rendered_column(parent.text, parent.start)
    end = lines.block_end(number, column, isinstance(parent.node, Items))
    content = lines.with_lines(end, list(new_lines(step, value, shown + shift, lines.dashes())))
    yield (Rewrite(file, content, number + 1),)


def block_of(files: Mapping[str, str], field: Field) -> Span | None:
    """The lines of a template from a field's key to the end of its block; None where no template states the key."""
    key = field.key
    if key is None or not isinstance(key.origin, Span):
        return None
    file, at = _place(key)
    lines = Lines(files[file])
    number, column = _line_and_column(files[file], at)
    end = lines.block_end(number, column, isinstance(field.node, Items))
    return Span(file, lines.start(number), lines.start(end))


def dropped_lines(files: Mapping[str, str], field: Field) -> Iterator[Idea]:
    """The template without the lines of a field; of a whole object, without its document."""
    key = field.key
    if key is None or not isinstance(key.origin, Span):
        return
    file, at = _place(key)
    lines = Lines(files[file])
    number, column = _line_and_column(files[file], at)
    if not field.path:
        yield (Rewrite(file, lines.without_document(number), number + 1),)
        return
    end = lines.block_end(number, column, isinstance(field.node, Items) and isinstance(field.path[-1], str))
    before = lines.lines[number][:column].strip()
    if not before:
        yield (Rewrite(file, lines.without(number, end), number + 1),)
    elif before == "-" and isinstance(field.path[-1], str):
        yield (Rewrite(file, lines.without_first_entry(number, end), number + 1),)


def _place(key: Piece) -> tuple[str, int]:
    assert isinstance(key.origin, Span)
    return key.origin.file, key.offset


def _line_and_column(content: str, at: int) -> tuple[int, int]:
    return line_at(content, at) - 1, at - (content.rfind("\n", 0, at) + 1)


def _rendered_column(text: str, at: int) -> int:
    return at - (text.rfind("\n", 0, at) + 1)


def _line_of(files: Mapping[str, str], parent: Field, file: str) -> int | None:
    """The line of the parent's key (or dash) in a file, None where it stands in another one."""
    key = parent.key
    if key is None or not isinstance(key.origin, Span) or key.origin.file != file:
        return None
    return line_at(files[file], key.offset)
