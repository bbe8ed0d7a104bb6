"""YAML documents whose aliases would make them huge: a few lines can stand for a billion values."""

from __future__ import annotations

LARGEST_DOCUMENT = 1_000_000
"""How many values a manifest or a setting may hold with its aliases written out."""


def refuse_bombs(document: object) -> None:
    """ValueError where a decoded document holds too many values, aliases written out, or holds itself."""
    sizes: dict[int, int] = {}

    def size(part: object) -> int:
        if not isinstance(part, dict | list):
            return 1
        if id(part) not in sizes:
            sizes[id(part)] = LARGEST_DOCUMENT  # what it stays where it holds itself
            inner = part.values() if isinstance(part, dict) else part
            sizes[id(part)] = min(LARGEST_DOCUMENT, 1 + sum(map(size, inner)))
        return sizes[id(part)]

    if size(document) >= LARGEST_DOCUMENT:
        raise ValueError("its aliases make it larger than any manifest")
