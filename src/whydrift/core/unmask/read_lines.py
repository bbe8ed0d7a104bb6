"""Files of git as lines that state something: plain YAML and JSON as they are read, templates as they stand."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate

from whydrift.core.model.paths import Path
from whydrift.core.remedy.text.nodes import Alias, Entries, Items, Node, Scalar, is_merge, key_of
from whydrift.core.remedy.text.reading import Document, documents
from whydrift.core.unmask.outline import Line, outline
from whydrift.errors import NotEditable

BLOCKS = ("|", ">")


def read_lines(name: str, content: str) -> Iterator[Line]:
    """The lines of a file that state something, by document.

    What is no YAML before it is rendered, or says more than it has characters (by aliases), is read line by line.
    """
    try:
        found = () if _is_template(name, content) else documents(content)
        plain = list(_Reading(content).lines(found)) if all(_is_small(each, content) for each in found) else []
    except NotEditable:
        plain = []
    yield from plain or outline(content)


def _is_template(name: str, content: str) -> bool:
    """Whether a file is a chart's template; `{{` elsewhere is text, as in dashboards and alerts."""
    return "{{" in content and ("/templates/" in f"/{name}" or name.endswith(".tpl"))


def _is_small(document: Document, content: str) -> bool:
    return document.root is None or document.root.size <= len(content)


class _Reading:
    """The nodes of a file by the numbers of their lines."""

    def __init__(self, content: str) -> None:
        self.content = content
        self.starts = list(accumulate((len(line) + 1 for line in content.split("\n")), initial=0))

    def lines(self, found: Sequence[Document]) -> Iterator[Line]:
        """Every key, and every item that is no map in block style."""
        for number, document in enumerate(found):
            if document.root is not None:
                yield from self._below(document.root, number, ())

    def _below(self, node: Node, document: int, path: Path) -> Iterator[Line]:
        match node:
            case Alias():
                yield from self._below(node.node, document, path)
            case Entries():
                for key, value in sorted(node.pairs, key=lambda pair: is_merge(pair[0])):
                    if is_merge(key):
                        yield from self._merged(value, document, path)
                        continue
                    here = (*path, key_of(key))
                    yield Line(self._number(key), document, here, self._text(value))
                    yield from self._below(value, document, here)
            case Items():
                for place, item in enumerate(node.items):
                    if not isinstance(item, Entries) or item.flow:
                        yield Line(self._number(item), document, (*path, place), self._text(item))
                    yield from self._below(item, document, (*path, place))
            case _:
                return

    def _merged(self, value: Node, document: int, path: Path) -> Iterator[Line]:
        """What a merge key brings in: of several maps the earlier one wins."""
        real = value.node if isinstance(value, Alias) else value
        for part in real.items if isinstance(real, Items) else (real,):
            yield from self._below(part, document, path)

    def _number(self, node: Node) -> int:
        return bisect_right(self.starts, node.outer)

    def _text(self, node: Node) -> str:
        """What a scalar on one line says, as it is read; "" of everything else."""
        real = node.node if isinstance(node, Alias) else node
        if not isinstance(real, Scalar) or real.style in BLOCKS:
            return ""
        return real.value if isinstance(real.value, str) else self.content[real.start : real.end]
