"""A line of a file followed back through older versions, whatever else changed around it."""

from __future__ import annotations

from difflib import SequenceMatcher


def followed(newer: str, older: str, number: int) -> int | None:
    """Where a line (from 1) of a newer version stands in an older one; None where it was changed or came since.

    Blanks around it do not count: a block that was moved inwards is still the same.
    """
    new, old = _lines(newer), _lines(older)
    place = number - 1
    if not 0 <= place < len(new):
        return None
    start = _alike(new, old)
    if place < start:
        return number
    end = _alike(new[start:][::-1], old[start:][::-1])
    if place >= len(new) - end:
        return number + len(old) - len(new)
    middle = SequenceMatcher(None, new[start : len(new) - end], old[start : len(old) - end], False)
    for block in middle.get_matching_blocks():
        if block.a <= place - start < block.a + block.size:
            return block.b + (place - start - block.a) + start + 1
    return None


def _lines(content: str) -> list[str]:
    return [line.strip() for line in content.split("\n")]


def _alike(one: list[str], other: list[str]) -> int:
    """How many lines both begin with."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))
