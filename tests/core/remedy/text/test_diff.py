"""Which changes of a file are made already, and where a line of a changed file stood before."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whydrift.core.model.remedy import Edit, How
from whydrift.core.remedy.text.diff import is_made, line_before

LINES = st.lists(st.sampled_from("abcd"), max_size=8).map("\n".join)


def edit(before: str, after: str) -> Edit:
    """An edit of one file."""
    return Edit("https://git.example.com/a.git", "a.yaml", 1, How.YAML, before, after)


@pytest.mark.parametrize(
    ("before", "after", "content", "made"),
    [
        ("a\nb\nc\n", "a\nx\nc\n", "a\nx\nc\n", True),
        ("a\nb\nc\n", "a\nx\nc\n", "a\nx\ny\n", True),
        ("a\nb\nc\n", "a\nx\nc\n", "a\nb\ny\n", False),
        ("a\nb\n", "a\nx\nb\n", "a\nx\nb\nz\n", True),
        ("a\nb\n", "a\nx\nb\n", "a\nb\nx\n", False),
    ],
    ids=["the same", "with another beside it", "another only", "an added line", "added elsewhere"],
)
def test_an_edit_is_made_where_its_lines_are(before: str, after: str, content: str, made: bool) -> None:
    """Two objects out of one line of a file need one edit of it."""
    assert is_made(edit(before, after), content) is made


@given(LINES, LINES)
def test_an_edit_is_made_by_itself_and_by_nothing_only_where_it_changes_nothing(before: str, after: str) -> None:
    """For any two contents."""
    assert is_made(edit(before, after), after)
    assert is_made(edit(before, after), before) is (before == after)


@given(LINES, LINES, st.integers(1, 9))
def test_every_line_has_a_place_in_the_file_as_it_was(before: str, after: str, line: int) -> None:
    """Also one that is new; nothing moves where nothing changed."""
    old, new = before.split("\n"), after.split("\n")
    found = line_before(before, after, line)
    if before and line <= len(new):
        assert 1 <= found <= len(old)
    if before == after:
        assert found == line


@pytest.mark.parametrize(
    ("before", "after", "line", "stood"),
    [
        ("a\nb\n", "x\na\nb\n", 3, 2),
        ("a\nb\n", "a\nx\nb\n", 2, 1),
        ("a\nb\nc\n", "a\ny\nc\n", 2, 2),
        ("a\n", "x\na\n", 1, 1),
    ],
    ids=["moved down", "new, below its parent", "changed", "new at the top"],
)
def test_lines_are_those_of_the_file_in_git(before: str, after: str, line: int, stood: int) -> None:
    """The place that is told is one that a reader finds."""
    assert line_before(before, after, line) == stood
