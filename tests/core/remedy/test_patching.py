"""Diffs are applied exactly, or refused: what difflib makes of any two texts gives the second one back."""

from __future__ import annotations

import difflib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whydrift.core.remedy.patching import patched
from whydrift.errors import NotPatched

LINES = st.lists(
    st.sampled_from(["a", "b", "  c: 1", "", "-x", "+y", "@@ -1 +1 @@", "k: v\r", "\\ no", "é"]), max_size=12
)
TEXTS = st.builds(lambda lines, end: "\n".join(lines) + ("\n" if end and lines else ""), LINES, st.booleans())


def unified(before: str, after: str, context: int) -> str:
    """The diff that git writes, with its word on a missing line end."""
    found = []
    for line in difflib.unified_diff(split(before), split(after), "a/f", "b/f", n=context):
        found.append(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n")
    return "".join(found)


def split(text: str) -> list[str]:
    """Lines that end at a line feed only."""
    parts = text.split("\n")
    return [*(f"{part}\n" for part in parts[:-1]), *([parts[-1]] if parts[-1] else [])]


@given(TEXTS, TEXTS, st.integers(0, 3))
def test_a_diff_makes_the_second_text_of_the_first(before: str, after: str, context: int) -> None:
    """Whatever the context, the line ends and the end of the file."""
    if before != after:
        assert patched(before, unified(before, after, context)) == after


@given(TEXTS, TEXTS, TEXTS)
def test_a_diff_never_changes_another_line_than_it_says(before: str, after: str, other: str) -> None:
    """Put onto another text, it fits (then the lines that it names were there) or is refused; it never guesses."""
    if before == after:
        return
    diff = unified(before, after, 3)
    try:
        got = patched(other, diff)
    except NotPatched:
        return
    assert patched(got, unified(got, other, 0)) == other if got != other else True
    removed = [line[1:] for line in diff.splitlines()[2:] if line.startswith("-")]
    assert all(line in other for line in removed)


@pytest.mark.parametrize(
    "diff",
    [
        "",
        "--- a/f\n+++ b/f\n",
        "--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n",
        "--- a/f\n+++ b/f\n@@ -1 +1 @@\n-b\n+c\n",
        "--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n+c\nrubbish\n",
        "--- a/f\n+++ b/f\n@@ -9 +9 @@\n-a\n+c\n",
    ],
)
def test_what_does_not_fit_is_refused(diff: str) -> None:
    """Empty, cut off, made from another text, followed by something else, beyond the end."""
    with pytest.raises(NotPatched):
        patched("a\n", diff)
