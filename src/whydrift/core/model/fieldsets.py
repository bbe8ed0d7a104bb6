"""Sets of fields as server-side apply writes them down (FieldsV1), and their algebra.

A path element is a string, spelled as in FieldsV1: `f:name` a map key, `k:{"port":80}` an item of a keyed list,
`v:"a"` an item of a set, `i:0` an index. Rules: sigs.k8s.io/structured-merge-diff, fieldpath/set.go and serialize*.go.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final, TypeAlias

from whydrift.core.model.values import Json, JsonObject

PathElement: TypeAlias = str
_SPELLED = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode
FieldPath: TypeAlias = tuple[PathElement, ...]


def field_element(name: str) -> PathElement:
    """The element of a map key."""
    return "f:" + name


def key_element(keys: Mapping[str, Json]) -> PathElement:
    """The element of an item of a keyed list, from its key fields."""
    return "k:" + _canonical(dict(keys))


def value_element(value: Json) -> PathElement:
    """The element of an item of a set."""
    return "v:" + _canonical(value)


def index_element(index: int) -> PathElement:
    """The element of an item of an atomic list."""
    return f"i:{index}"


@lru_cache(maxsize=4096)
def key_fields(element: PathElement) -> JsonObject | None:
    """The key fields of a `k:` element (shared: never change them), or None for any other element."""
    if not element.startswith("k:"):
        return None
    keys: Json = json.loads(element[2:])
    return keys if isinstance(keys, dict) else None


def _canonical(value: Json) -> str:
    if isinstance(value, dict):
        value = {name: _number(part) for name, part in value.items()}
    return _SPELLED(_number(value))


def _number(value: Json) -> Json:
    return int(value) if isinstance(value, float) and value.is_integer() else value


@lru_cache(maxsize=8192)
def parse_element(text: str) -> PathElement | None:
    """The canonical element of a FieldsV1 key; None for an unknown kind of element; raises ValueError if malformed."""
    kind, content = text[:2], text[2:]
    if kind == "f:":
        return text
    if kind in ("k:", "v:"):
        return kind + _canonical(json.loads(content))
    if kind == "i:":
        return index_element(int(content))
    if kind[1:] != ":":
        raise ValueError(f"missing colon: {text}")
    return None


class FieldSet:
    """A set of field paths: `members` end here, `children` hold what lies below. Never changed once built."""

    __slots__ = ("children", "members")

    def __init__(
        self, members: frozenset[PathElement] = frozenset(), children: Mapping[PathElement, FieldSet] | None = None
    ) -> None:
        self.members = members
        self.children = {pe: below for pe, below in children.items() if below} if children else {}

    @staticmethod
    def parse(fields: Json) -> FieldSet:
        """The set that a FieldsV1 value states; raises ValueError for an element that cannot be read."""
        return _read(fields)[0]

    def to_json(self) -> JsonObject:
        """The set as FieldsV1 states it."""
        here: JsonObject = {element: {} for element in self.members}
        for element, below in self.children.items():
            own: JsonObject = {".": {}} if element in self.members else {}
            here[element] = {**own, **below.to_json()}
        return here

    def __bool__(self) -> bool:
        return bool(self.members or self.children)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FieldSet) and self.members == other.members and self.children == other.children

    def __hash__(self) -> int:
        return hash((self.members, frozenset(self.children)))

    def __repr__(self) -> str:
        return f"FieldSet({sorted(self)})"

    def __iter__(self) -> Iterator[FieldPath]:
        for element in self.members:
            yield (element,)
        for element, below in self.children.items():
            for path in below:
                yield (element, *path)

    def __contains__(self, path: FieldPath) -> bool:
        return bool(path) and path[-1] in self.below(path[:-1]).members

    def below(self, path: FieldPath) -> FieldSet:
        """The part of the set below a path, with that path left off."""
        here = self
        for element in path:
            here = here.children.get(element, EMPTY)
        return here

    def __or__(self, other: FieldSet) -> FieldSet:
        if not self or not other:
            return self or other
        children = {**other.children, **self.children}
        for element in self.children.keys() & other.children.keys():
            children[element] = self.children[element] | other.children[element]
        return FieldSet(self.members | other.members, children)

    def __and__(self, other: FieldSet) -> FieldSet:
        shared = self.children.keys() & other.children.keys()
        return FieldSet(self.members & other.members, {pe: self.children[pe] & other.children[pe] for pe in shared})

    def __sub__(self, other: FieldSet) -> FieldSet:
        """What is in this set and not in the other; a child does not go when only its parent is in the other."""
        children = {pe: below - other.children.get(pe, EMPTY) for pe, below in self.children.items()}
        return FieldSet(self.members - other.members, children)

    def without_trees(self, roots: FieldSet) -> FieldSet:
        """This set without the members of `roots` and without everything below them (Go: RecursiveDifference)."""
        children = {
            pe: below.without_trees(roots.children.get(pe, EMPTY))
            for pe, below in self.children.items()
            if pe not in roots.members
        }
        return FieldSet(self.members - roots.members, children)

    @staticmethod
    def of(*paths: FieldPath) -> FieldSet:
        """The set of these paths; () is nobody's and is left out."""
        grouped: dict[PathElement, list[FieldPath]] = {}
        for path in paths:
            if len(path) > 1:
                grouped.setdefault(path[0], []).append(path[1:])
        members = frozenset(path[0] for path in paths if len(path) == 1)
        return FieldSet(members, {element: FieldSet.of(*rest) for element, rest in grouped.items()})


EMPTY: Final = FieldSet()


def _read(fields: Json) -> tuple[FieldSet, bool]:
    """The set below one FieldsV1 node, and whether the node itself is owned."""
    if not isinstance(fields, dict):
        return EMPTY, True
    members: list[PathElement] = []
    children: dict[PathElement, FieldSet] = {}
    for text, node in fields.items():
        element = parse_element(text) if text != "." else None
        if element is None:
            continue
        if not node:
            members.append(element)
            continue
        below, is_member = _read(node)
        if is_member:
            members.append(element)
        children[element] = below
    found = FieldSet(frozenset(members), children)
    return found, "." in fields or not found
