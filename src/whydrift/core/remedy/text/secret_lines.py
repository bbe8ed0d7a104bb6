"""Which lines of a file hold secrets: of YAML by what its values are masked to, of anything else line by line."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from whydrift.core.model.secrets import Masker
from whydrift.core.model.values import ABSENT, Json, child, same
from whydrift.core.remedy.text.nodes import Alias, Entries, Items, Node, Scalar, is_merge, key_of
from whydrift.core.remedy.text.reading import documents
from whydrift.errors import NotEditable, SourceError

REMEMBERED = 256
"""Texts that were looked at last: the same files are, for one difference after the other."""
AROUND = 60
"""Lines before and after that are looked at too: a secret may be told by what stands above it."""
MASKER = Masker(b"whether it is secret")
"""Its tokens are only compared with what they stand for; they never leave."""


@lru_cache(maxsize=REMEMBERED)
def secret_lines(content: str, first: int, last: int) -> frozenset[int]:
    """The numbers (from 0) of the lines from `first` to `last` that hold something secret, comments included."""
    lines = content.split("\n")
    near = range(max(first - AROUND, 0), min(last + AROUND, len(lines)))
    found = _in_values(content)
    if found is None:
        return _in_text(lines, near)
    return found | {n for n in near if "#" in lines[n] and MASKER.text(lines[n]) != lines[n]}


@lru_cache(maxsize=REMEMBERED)
def _in_values(content: str) -> frozenset[int] | None:
    """The lines of secret values; None where it is no YAML."""
    try:
        return frozenset(
            number
            for document in documents(content)
            if document.root is not None and document.value is not ABSENT
            for masked in (MASKER.mask(document.value),)
            if masked != document.value
            for scalar in _masked(document.root, masked)
            for number in _lines(content, scalar)
        )
    except (NotEditable, SourceError):
        return None


def _in_text(lines: list[str], near: range) -> frozenset[int]:
    """The lines that look secret by themselves or together: a key over several lines is told by its ends only."""
    block = [lines[number] for number in near]
    whole = MASKER.text("\n".join(block)).split("\n")
    if len(whole) != len(block):
        return frozenset(near)
    told = zip(near, block, whole, strict=True)
    return frozenset(number for number, line, masked in told if masked != line or MASKER.text(line) != line)


def _lines(content: str, scalar: Scalar) -> range:
    first = content.count("\n", 0, scalar.start)
    return range(first, first + content.count("\n", scalar.start, scalar.end) + 1)


def _masked(node: Node, masked: Json) -> Iterator[Scalar]:
    """The scalars that masking changes."""
    if isinstance(node, Alias):
        yield from _masked(node.node, masked)
    elif isinstance(node, Scalar):
        yield from () if same(node.value, masked) else (node,)
    else:
        for step, inner in _below(node):
            yield from _masked(inner, _part(masked, step))


def _below(node: Items | Entries) -> Iterator[tuple[str | int, Node]]:
    if isinstance(node, Items):
        yield from enumerate(node.items)
    else:
        yield from ((key_of(key), value) for key, value in node.pairs if not is_merge(key))


def _part(masked: Json, step: str | int) -> Json:
    """A part of a masked value; the whole where it was masked as one."""
    part = child(masked, step)
    return masked if part is ABSENT else part
