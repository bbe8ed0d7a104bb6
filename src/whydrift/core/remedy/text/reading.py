"""Reads YAML (and JSON, which is YAML) as Go does, with the place of everything in the text.

The events come from libyaml; the values from `scalars`. Merge keys act where they stand, later keys win, as in
goyaml.v2/decode.go (mapping, merge).
"""

from __future__ import annotations

import base64
import binascii
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

import yaml

from whydrift.core.model.values import ABSENT, Json, MaybeJson
from whydrift.core.remedy.text.nodes import Alias, Entries, Items, Node, Scalar, value_of
from whydrift.core.remedy.text.scalars import plain_value
from whydrift.errors import NotEditable

LOADER = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
TAGS = "tag:yaml.org,2002:"
MOST_REMEMBERED = 3_000_000
"""How many characters of text are remembered with their documents, which take ten times as much."""
LARGEST = 2_000_000
"""How many values a document may hold, aliases counted each time: more is an attack on the reader."""


class Mark(Protocol):
    """A place in a text; libyaml and Python's own reader have a class each for it."""

    index: int


@dataclass(frozen=True)
class Document:
    """One document: where its text starts (after `---`) and ends, and its root (None: it holds nothing)."""

    start: int
    end: int
    root: Node | None

    @cached_property
    def value(self) -> MaybeJson:
        """What Go reads it as; ABSENT where it holds nothing."""
        return ABSENT if self.root is None else value_of(self.root)


class _Remembered:
    """The documents of the texts that were read last: with each edit most of what is read was read without it.

    Asked by threads, too: two that read one text at once count it twice, until all is counted anew.
    """

    def __init__(self) -> None:
        self._known: dict[str, tuple[Document, ...]] = {}
        self._size = 0

    def of(self, content: str) -> tuple[Document, ...]:
        """As `_read`."""
        found = self._known.pop(content, None)
        if found is None:
            found = _read(content)
            self._size += len(content)
        self._known[content] = found
        if self._size > MOST_REMEMBERED:
            self._forget()
        return found

    def _forget(self) -> None:
        """Let go of the oldest until the rest is no more than may be remembered."""
        texts = list(self._known)
        self._size = sum(map(len, texts))
        for oldest in texts:
            if self._size <= MOST_REMEMBERED:
                return
            if self._known.pop(oldest, None) is not None:
                self._size -= len(oldest)


_REMEMBERED = _Remembered()


def documents(content: str) -> tuple[Document, ...]:
    """The documents of a file, not to be mutated; NotEditable with the reason where it is no YAML."""
    return _REMEMBERED.of(content)


def _read(content: str) -> tuple[Document, ...]:
    try:
        return tuple(_Reader(content).documents())
    except yaml.YAMLError as error:
        raise NotEditable("no YAML: " + " ".join(str(error).split())) from error
    except RecursionError as error:
        raise NotEditable("nested too deeply") from error


@dataclass
class _Reader:
    """Builds documents out of libyaml's events."""

    content: str
    anchors: dict[str, Node] = field(default_factory=dict)
    shift: int = 0
    """libyaml does not count a byte order mark."""

    def __post_init__(self) -> None:
        self.shift = 1 if self.content.startswith("\ufeff") else 0
        self.events: Iterator[yaml.Event] = iter(LOADER(self.content).get_event, None)

    def at(self, mark: Mark | None) -> int:
        """The place of a mark."""
        return self.shift if mark is None else mark.index + self.shift

    @cached_property
    def dashes(self) -> list[int]:
        """The places of all dashes that start an item."""
        tokens = yaml.scan(self.content, Loader=LOADER)
        return [self.at(token.start_mark) for token in tokens if isinstance(token, yaml.BlockEntryToken)]

    def documents(self) -> Iterator[Document]:
        root: Node | None = None
        start = 0
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                start, root, self.anchors = self.at(event.end_mark), None, {}
            elif isinstance(event, yaml.DocumentEndEvent):
                yield Document(start, self.at(event.start_mark), root)
            elif not isinstance(event, yaml.StreamStartEvent | yaml.StreamEndEvent):
                node = self.node(event)
                root = None if _is_nothing(node) else node

    def node(self, event: yaml.Event) -> Node:
        outer, end = self.at(event.start_mark), self.at(event.end_mark)
        anchor = getattr(event, "anchor", None) or ""
        match event:
            case yaml.ScalarEvent():
                node: Node = self.scalar(event, outer, end, anchor)
            case yaml.AliasEvent():
                return self.alias(outer, end, anchor)
            case yaml.SequenceStartEvent():
                node = self.items(bool(event.flow_style), outer, end, anchor)
            case yaml.MappingStartEvent():
                node = self.entries(bool(event.flow_style), outer, end, anchor)
            case _:
                raise NotEditable(f"no YAML: {event}")
        if anchor:
            self.anchors[anchor] = node
        if node.size > LARGEST:
            raise NotEditable("the document is too large when its aliases are followed")
        return node

    def alias(self, outer: int, end: int, anchor: str) -> Alias:
        if anchor not in self.anchors:
            raise NotEditable(f"no YAML: nothing is called {anchor} before *{anchor}")
        target = self.anchors[anchor]
        return Alias(outer, outer, end, anchor, target, target.size)

    def scalar(self, event: yaml.ScalarEvent, outer: int, end: int, anchor: str) -> Scalar:
        style = event.style or ""
        tag = event.tag or ""
        start = self.after_properties(outer, end) if anchor or tag else outer
        if style in ("|", ">"):
            end = self.block_end(start, end)
        return Scalar(outer, start, end, anchor, style, _scalar_value(event.value, tag, style))

    def after_properties(self, outer: int, end: int) -> int:
        """Where a node's text starts behind its anchor and tag."""
        place = outer
        while place < end and self.content[place] in "&!":
            while place < end and not self.content[place].isspace():
                place += 1
            while place < end and self.content[place].isspace():
                place += 1
        return place

    def block_end(self, start: int, end: int) -> int:
        """The end of a block scalar's last line that counts, without its line break."""
        header = self.content[start : self.content.find("\n", start)].split("#")[0]
        text = self.content[start:end]
        kept = text.removesuffix("\n").removesuffix("\r") if "+" in header else text.rstrip()
        return start + len(kept)

    def items(self, flow: bool, outer: int, end: int, anchor: str) -> Items:
        found: list[Node] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            found.append(self.node(event))
        dashes = () if flow else tuple(self.dash_before(item) for item in found)
        start = end - 1 if flow else dashes[0]
        last = self.at(event.end_mark) if flow else max(found[-1].end, dashes[-1] + 1)
        return Items(outer, start, last, anchor, flow, tuple(found), dashes, 1 + sum(item.size for item in found))

    def dash_before(self, item: Node) -> int:
        place = item.start if isinstance(item, Items) and not item.flow and not item.anchor else item.outer
        near = self.content.rfind("-", 0, place)
        if not self.content[near + 1 : place].strip(" \t"):
            return near
        return self.dashes[bisect_left(self.dashes, place) - 1]

    def entries(self, flow: bool, outer: int, end: int, anchor: str) -> Entries:
        found: list[tuple[Node, Node]] = []
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self.node(event)
            found.append((key, self.node(next(self.events))))
        start = end - 1 if flow else found[0][0].outer
        last = self.at(event.end_mark) if flow else max(found[-1][1].end, found[-1][0].end + 1)
        size = 1 + sum(value.size for _, value in found)
        return Entries(outer, start, last, anchor, flow, tuple(found), size)


def _is_nothing(node: Node) -> bool:
    return isinstance(node, Scalar) and node.outer == node.end and not node.style


def _scalar_value(text: str, tag: str, style: str) -> Json:
    if not tag:
        return text if style else plain_value(text)
    if tag.removeprefix(TAGS) in ("int", "float", "bool", "null"):
        return plain_value(text)
    if tag.removeprefix(TAGS) == "binary":
        try:
            return base64.b64decode(text, validate=False).decode()
        except (binascii.Error, UnicodeDecodeError) as error:
            raise NotEditable("a !!binary holds no text") from error
    return text
