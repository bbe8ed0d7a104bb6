"""Changes one document of a file: the smallest splices, read again and compared before anybody sees them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from whydrift.core.model.remedy import Change
from whydrift.core.model.values import ABSENT, Absent, Json, MaybeJson, same
from whydrift.core.remedy.text.aliases import alias_alterations
from whydrift.core.remedy.text.anchors import handed_over
from whydrift.core.remedy.text.blocks import folded_splice, literal_alterations
from whydrift.core.remedy.text.lines import line_of
from whydrift.core.remedy.text.lists import list_alterations
from whydrift.core.remedy.text.maps import map_alterations
from whydrift.core.remedy.text.nodes import Alias, Entries, Items, Node, Scalar, value_of
from whydrift.core.remedy.text.reading import Document, documents
from whydrift.core.remedy.text.scalars import scalar_text
from whydrift.core.remedy.text.splices import Alteration, Inner, Slot, Splice, Text, replaced, spliced
from whydrift.core.remedy.text.wanted import changed
from whydrift.core.remedy.text.writing import Style, block_lines, flow_text, is_literal
from whydrift.errors import NotEditable


@dataclass(frozen=True, slots=True)
class Edited:
    """A file's new content, and the line in the old one (from 1) of the key that is edited or of its parent."""

    content: str
    line: int


def edit_text(content: str, document: int, changes: Sequence[Change]) -> Edited:
    """The content with changes made in one of its documents (from 0), all other bytes as they were.

    NotEditable with the reason where that cannot be done, or where what is read again is not what was wanted.
    """
    found = documents(content)
    if document >= len(found) or not changes:
        raise NotEditable(f"there is no document {document}" if changes else "nothing to change")
    wanted = changed(found[document].value, changes)
    text = Text(content, style_of(content, found[document].root))
    try:
        edited = _edited(text, found, document, wanted, anchors_move=False)
    except NotEditable:
        if "&" not in content:
            raise
        edited = _edited(text, found, document, wanted, anchors_move=True)
    return Edited(edited, line_of(text, found[document], changes[0].path, changes[0].value))


def _edited(text: Text, found: Sequence[Document], document: int, wanted: MaybeJson, anchors_move: bool) -> str:
    """The content with what is wanted, read again; NotEditable where it would say anything else."""
    if isinstance(wanted, Absent):
        edited = _without(text, found, document)
    else:
        edited = spliced(text.content, _splices(text, found[document], wanted, anchors_move))
    _check(found, document, wanted, edited)
    return edited


def _splices(text: Text, document: Document, wanted: Json, anchors_move: bool) -> Iterator[Splice]:
    if document.root is None:
        yield text.lines(text.line_end(document.start), block_lines(wanted, text.style))
        return
    whole = Inner(document.root, wanted, Slot(document.start, -2, False))
    yield from _taken_apart(text, whole)
    if anchors_move:
        yield from handed_over(text, whole)


def _taken_apart(text: Text, inner: Inner) -> Iterator[Splice]:
    """The splices of a change, inner ones first: at one place a child's line comes before its parent's."""
    if same(value_of(inner.node), inner.new):
        return
    for alteration in _alterations(text, inner.node, inner.new, inner.slot):
        if isinstance(alteration, Splice):
            yield alteration
        else:
            yield from _taken_apart(text, alteration)


def _alterations(text: Text, node: Node, new: Json, slot: Slot) -> Iterator[Alteration]:
    match node, new:
        case Alias(), _:
            yield from alias_alterations(text, node, new, slot)
        case Entries(), dict() if new:
            yield from map_alterations(text, node, new, slot)
        case Items(), list() if new:
            yield from list_alterations(text, node, new, slot)
        case Scalar(), _ if not isinstance(new, dict | list):
            yield from _scalar_alterations(text, node, new, slot)
        case _:
            yield replaced(text, node, new, slot)


def _scalar_alterations(text: Text, node: Scalar, new: Json, slot: Slot) -> Iterator[Splice]:
    old = node.value
    if isinstance(old, str) and isinstance(new, str):
        if node.style == "|" and "\n" in new and new.strip("\n"):
            yield from literal_alterations(text, node, old, new, slot)
            return
        folded = folded_splice(text, node, old, new) if "\n" in text.content[node.start : node.end] else None
        if folded is not None:
            yield folded
            return
    quoted = node.style in ("'", '"') or text.style.json
    if node.end == node.start or node.style in ("|", ">") or (isinstance(new, str) and is_literal(new) and not quoted):
        yield replaced(text, node, new, slot)
    else:
        written = flow_text(new, text.style) if text.style.json else scalar_text(new, node.style, slot.flow)
        yield Splice(node.start, node.end, written)


def _without(text: Text, found: Sequence[Document], document: int) -> str:
    """The content without one document, and without the `---` that separates it."""
    content = text.content
    starts = [text.line_start(content.rfind("---", 0, each.start)) if each.start else 0 for each in found]
    end = starts[document + 1] if document + 1 < len(found) else len(content)
    return content[: starts[document]] + content[end:]


def _check(found: Sequence[Document], document: int, wanted: MaybeJson, edited: str) -> None:
    values = [each.value for each in found]
    expected: list[MaybeJson] = [*values[:document], *([] if wanted is ABSENT else [wanted]), *values[document + 1 :]]
    got: list[MaybeJson] = [each.value for each in documents(edited)]
    if wanted is ABSENT:
        expected = [value for value in expected if value is not ABSENT]
        got = [value for value in got if value is not ABSENT]
    if len(got) != len(expected) or not all(map(same, got, expected)):
        raise NotEditable("the edit would change something else as well, or not what is wanted")


def style_of(content: str, root: Node | None) -> Style:
    """How a file is written: line breaks as its first, dashes as its first list below a key, JSON when it starts so."""
    first = content.find("\n")
    newline = "\r\n" if first > 0 and content[first - 1] == "\r" else "\n"
    is_json = (
        isinstance(root, Entries | Items) and root.flow and '"' in content[root.start : root.start + 200].split(":")[0]
    )
    dash = next(_dash_columns(Text(content, Style()), root), 2) if root else 2
    return Style(newline, dash, is_json)


def _dash_columns(text: Text, node: Node) -> Iterator[int]:
    """How far each list's dashes stand to the right of its key."""
    match node:
        case Entries() if not node.flow:
            for key, value in node.pairs:
                if isinstance(value, Items) and value.dashes:
                    yield min(max(text.column(value.dashes[0]) - text.column(key.outer), 0), 4)
                yield from _dash_columns(text, value)
        case Items():
            for item in node.items:
                yield from _dash_columns(text, item)
        case _:
            return
