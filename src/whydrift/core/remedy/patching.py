"""Unified diffs put onto the text that they were made from: exactly, or not at all (GNU diffutils, Unified Format)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from whydrift.errors import NotPatched

HUNK = re.compile(r"@@ -(?P<old>\d+)(?:,(?P<old_count>\d+))? \+\d+(?:,(?P<new_count>\d+))? @@.*")
NO_NEWLINE = "\\ No newline at end of file"


@dataclass(frozen=True, slots=True)
class Hunk:
    """Lines from `start` (from 0) that are to be `old`, and what they become; each with its line end."""

    start: int
    old: tuple[str, ...]
    new: tuple[str, ...]


def patched(before: str, diff: str) -> str:
    """The text with a diff applied. NotPatched where the diff is none, or was made from another text."""
    lines = _lines(before)
    result: list[str] = []
    place = 0
    for hunk in hunks(diff):
        end = hunk.start + len(hunk.old)
        if hunk.start < place or tuple(lines[hunk.start : end]) != hunk.old:
            raise NotPatched(f"the diff does not fit at line {hunk.start + 1}")
        result += [*lines[place : hunk.start], *hunk.new]
        place = end
    return "".join([*result, *lines[place:]])


def _lines(content: str) -> list[str]:
    """Lines with their ends; only a line feed ends a line, as diff and git see it."""
    found = content.split("\n")
    return [*(f"{line}\n" for line in found[:-1]), *([found[-1]] if found[-1] else [])]


def hunks(diff: str) -> Iterator[Hunk]:
    """The hunks below the two lines that name the file; NotPatched where there is none, or one is cut off."""
    lines = [line.removesuffix("\n") for line in _lines(diff)]
    place = next((n for n, line in enumerate(lines) if line.startswith("@@")), len(lines))
    if place == len(lines):
        raise NotPatched("the diff holds no change")
    while place < len(lines):
        head = HUNK.fullmatch(lines[place].rstrip("\r"))
        if head is None:
            raise NotPatched(f"line {place + 1} of the diff begins no hunk")
        body, place = _body(lines, place + 1, _count(head["old_count"]), _count(head["new_count"]))
        old, new = _sides(body)
        # an empty old side names the line after which it is added
        yield Hunk(int(head["old"]) - (1 if old else 0), old, new)


def _count(stated: str | None) -> int:
    return 1 if stated is None else int(stated)


def _body(lines: list[str], place: int, old: int, new: int) -> tuple[list[str], int]:
    """The lines of a hunk, which is over when both sides have as many as its head says, and what follows it."""
    begun = place
    while place < len(lines) and (old > 0 or new > 0 or lines[place] == NO_NEWLINE):
        mark = lines[place][:1]
        if mark not in (" ", "-", "+", "\\"):
            raise NotPatched(f"line {place + 1} of the diff is no line of a hunk")
        old -= mark in (" ", "-")
        new -= mark in (" ", "+")
        place += 1
    if old or new:
        raise NotPatched("the last hunk of the diff is cut off")
    return lines[begun:place], place


def _sides(body: list[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What a hunk takes away and what it puts there."""
    sides: dict[str, list[str]] = {"-": [], "+": []}
    last = ""
    for line in body:
        if line == NO_NEWLINE:
            for side in sides if last == " " else last:
                sides[side][-1] = sides[side][-1].removesuffix("\n")
            continue
        last = line[:1]
        for side in sides if last == " " else last:
            sides[side].append(f"{line[1:]}\n")
    return tuple(sides["-"]), tuple(sides["+"])
