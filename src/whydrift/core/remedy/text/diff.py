"""Edits as unified diffs that git takes (GNU diffutils, Unified Format), without the secrets around them."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

from whydrift.core.model.remedy import Edit
from whydrift.core.remedy.text.secret_lines import secret_lines

CONTEXT = 3
Lines = list[str]
Block = tuple[str, int, int, int, int]


def unified(edit: Edit) -> str:
    """The diff of an edit; "" where a line that it changes holds a secret. Secret lines never stand in its context.

    "" as well where the next line is secret: git takes a hunk with no line after it for the end of the file (apply.c).
    """
    before, after = _lines(edit.before), _lines(edit.after)
    blocks = _blocks(before, after)
    if not blocks:
        return ""
    secret = secret_lines(edit.before, blocks[0][1] - CONTEXT, blocks[-1][2] + CONTEXT)
    comes = secret_lines(edit.after, blocks[0][3], blocks[-1][4])
    if any(not secret.isdisjoint(range(b[1], b[2])) or not comes.isdisjoint(range(b[3], b[4])) for b in blocks):
        return ""
    if any(block[2] in secret for block in blocks):
        return ""
    hunks = _hunks(before, after, blocks, secret)
    old = f"a/{edit.file}" if edit.before else "/dev/null"
    body = "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for h in hunks for line in h
    )
    return f"--- {old}\n+++ b/{edit.file}\n{body}"


def is_made(edit: Edit, content: str) -> bool:
    """Whether what an edit's file holds by now has every change of the edit already, each at its own lines."""
    return _changes(edit.before, edit.after) <= _changes(edit.before, content)


def line_before(before: str, after: str, line: int) -> int:
    """Where a line of a changed content stood before it was changed (from 1); for a new line the one above it."""
    for tag, start, end, first, last in SequenceMatcher(None, _lines(before), _lines(after), False).get_opcodes():
        if first < line <= last:
            return min(start + line - first, max(end, 1)) if tag != "insert" else max(start, 1)
    return line


def undone(before: str, after: str) -> Iterator[tuple[int, str]]:
    """Each change of a content taken back alone: its first line in the changed content (from 1), and what that gives.

    Of lines that were taken away it is the line that stood above them.
    """
    old, new = _lines(before), _lines(after)
    for _, start, end, first, last in _blocks(old, new):
        yield max(first + (last > first), 1), "".join((*new[:first], *old[start:end], *new[last:]))


def _changes(before: str, after: str) -> set[tuple[int, int, tuple[str, ...]]]:
    """What becomes of which lines; lines that are replaced one by one stand alone."""
    old, new = _lines(before), _lines(after)
    found: set[tuple[int, int, tuple[str, ...]]] = set()
    for _, start, end, first, last in _blocks(old, new):
        if end - start == last - first:
            found |= {(start + n, start + n + 1, (new[first + n],)) for n in range(end - start)}
        else:
            found.add((start, end, tuple(new[first:last])))
    return found


def _lines(content: str) -> Lines:
    """Lines with their ends; only a line feed ends a line, as diff and git see it."""
    found = [f"{line}\n" for line in content.split("\n")]
    found[-1] = found[-1][:-1]
    return found if found[-1] else found[:-1]


def _blocks(before: Lines, after: Lines) -> list[Block]:
    """Where the two differ; what they share at both ends is not searched."""
    start = next((n for n, (old, new) in enumerate(zip(before, after, strict=False)) if old != new), None)
    start = min(len(before), len(after)) if start is None else start
    end = 0
    while end < min(len(before), len(after)) - start and before[-1 - end] == after[-1 - end]:
        end += 1
    old, new = before[start : len(before) - end], after[start : len(after) - end]
    found = SequenceMatcher(None, old, new, False).get_opcodes()
    return [(tag, a + start, b + start, c + start, d + start) for tag, a, b, c, d in found if tag != "equal"]


def _hunks(before: Lines, after: Lines, blocks: list[Block], secret: frozenset[int]) -> Iterator[Lines]:
    left = list(blocks)
    while left:
        group = [left.pop(0)]
        while left and _joined(group[-1][2], left[0][1], secret):
            group.append(left.pop(0))
        yield _hunk(before, after, group, secret)


def _joined(end: int, start: int, secret: frozenset[int]) -> bool:
    """Whether two changes stand in one hunk: close together, with no secret between them."""
    return start - end <= 2 * CONTEXT and secret.isdisjoint(range(end, start))


def _hunk(before: Lines, after: Lines, group: list[Block], secret: frozenset[int]) -> Lines:
    first, last = group[0], group[-1]
    start = first[1]
    while start > 0 and first[1] - start < CONTEXT and start - 1 not in secret:
        start -= 1
    end = last[2]
    while end < len(before) and end - last[2] < CONTEXT and end not in secret:
        end += 1
    new_start = first[3] - (first[1] - start)
    body: Lines = []
    place = start
    for _, old_start, old_end, fresh_start, fresh_end in group:
        body += [f" {line}" for line in before[place:old_start]]
        body += [f"-{line}" for line in before[old_start:old_end]]
        body += [f"+{line}" for line in after[fresh_start:fresh_end]]
        place = old_end
    body += [f" {line}" for line in before[place:end]]
    counts = (end - start, sum(line[0] != "-" for line in body))
    return [f"@@ -{_range(start, counts[0])} +{_range(new_start, counts[1])} @@\n", *body]


def _range(start: int, count: int) -> str:
    """Where a hunk stands: the line from 1, the line before it for an empty range; a count of one is left out."""
    return f"{start + 1 if count else start}" + ("" if count == 1 else f",{count}")
