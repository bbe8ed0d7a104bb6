"""Where a field of a rendered object stands in the rendered text, and of which pieces it is made."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from whydrift.core.model.paths import Path
from whydrift.core.model.values import Json
from whydrift.core.remedy.places.helm.rendering import Printed
from whydrift.core.remedy.places.helm.traced import Piece, Pieces, Span, cut, text_of
from whydrift.core.remedy.text.nodes import Alias, Entries, Items, Node, Scalar, key_of, value_of


@dataclass(frozen=True)
class Field:
    """One field: its node, the place in the text where its key (or its dash) starts, and the object it stands in."""

    printed: Printed
    path: Path
    node: Node
    start: int

    @cached_property
    def value(self) -> Json:
        """What it is rendered as."""
        return value_of(self.node)

    @cached_property
    def pieces(self) -> Pieces:
        """What its value is made of."""
        return cut(self.printed.pieces, self.node.outer, self.node.end)

    @cached_property
    def content(self) -> Pieces:
        """What its value is made of, without quotes."""
        node = self.node
        inside = 1 if isinstance(node, Scalar) and node.style in ("'", '"') else 0
        return cut(self.printed.pieces, node.start + inside, node.end - inside)

    @cached_property
    def block_content(self) -> Pieces:
        """The lines of a block scalar, without its header."""
        header = self.text.find("\n", self.node.start) + 1
        return cut(self.printed.pieces, header, self.node.end)

    @property
    def block_indent(self) -> int:
        """How far the lines of a block scalar are indented as rendered."""
        lines = [line for line in text_of(self.block_content).splitlines() if line.strip()]
        return min((len(line) - len(line.lstrip(" ")) for line in lines), default=0)

    @property
    def is_block(self) -> bool:
        """Whether it is text in block style (`|`, `>`)."""
        return isinstance(self.node, Scalar) and self.node.style in ("|", ">")

    @cached_property
    def key(self) -> Piece | None:
        """The piece that its key or dash starts with."""
        found = cut(self.printed.pieces, self.start, self.start + 1)
        return found[0] if found else None

    @property
    def literal(self) -> Span | None:
        """The file that states its key itself, None where a value does."""
        key = self.key
        return key.origin if key and isinstance(key.origin, Span) else None

    @cached_property
    def children(self) -> tuple[Field, ...]:
        """The fields below it, in the order of the text."""
        node = _real(self.node)
        if isinstance(node, Entries):
            return tuple(self._entry(key, value) for key, value in node.pairs)
        if isinstance(node, Items):
            starts = node.dashes or tuple(item.outer for item in node.items)
            return tuple(
                Field(self.printed, (*self.path, place), item, start)
                for place, (item, start) in enumerate(zip(node.items, starts, strict=True))
            )
        return ()

    def _entry(self, key: Node, value: Node) -> Field:
        return Field(self.printed, (*self.path, key_of(key)), value, key.outer)

    @cached_property
    def text(self) -> str:
        """The whole text of the object."""
        return text_of(self.printed.pieces)


def find(printed: Printed, path: Path) -> tuple[Field, Path]:
    """The field at a path, or the deepest one above it that is there, and the rest of the path; later keys win."""
    here = Field(printed, (), printed.root, printed.root.outer)
    for depth, step in enumerate(path):
        below = [child for child in here.children if child.path[-1] == step]
        if not below:
            return here, path[depth:]
        here = below[-1]
    return here, ()


def _real(node: Node) -> Node:
    return node.node if isinstance(node, Alias) else node
