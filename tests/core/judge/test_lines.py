"""A line is followed back through versions of its file, and what git says of it is said with its place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whydrift.core.judge.lines import followed
from whydrift.core.judge.told_by_git import moved_by, of_line
from whydrift.core.judge.whom import Written
from whydrift.core.model.fleet import Commit, Line
from whydrift.core.model.managers import Entry

LINES = st.lists(st.sampled_from(["a", "b", "c", "d: 1", "e", ""]), min_size=1, max_size=12)


@given(LINES, LINES, st.integers(1, 12))
def test_a_line_is_found_only_where_the_same_stands(new: list[str], old: list[str], number: int) -> None:
    """Whatever two versions hold, the line that is found says what the newer one says."""
    found = followed("\n".join(new), "\n".join(old), number)
    assert found is None or old[found - 1 : found] == new[number - 1 : number]


@given(LINES, LINES, LINES)
def test_a_line_that_nobody_else_has_is_found_wherever_it_went(
    before: list[str], added: list[str], after: list[str]
) -> None:
    """Lines that come or go around it do not hide it."""
    newer, older = [*before, *added, "mine: 3", *after], [*before, "mine: 3", *after]
    for first, second in ((newer, older), (older, newer)):
        assert followed("\n".join(first), "\n".join(second), first.index("mine: 3") + 1) == second.index("mine: 3") + 1


@pytest.mark.parametrize(
    ("newer", "older", "number", "found"),
    [
        ("a: 1\nb: 2\n", "a: 1\nb: 3\n", 2, None),
        ("a: 1\nb: 2\n", "a: 1\n", 2, None),
        ("top:\n  b: 2\n", "b: 2\n", 2, 1),
        ("a: 1\nb: 2\nc: 3\n", "c: 3\nb: 9\n", 2, None),
        ("a: 1\r\nb: 2\r\n", "a: 1\nb: 2\n", 2, 2),
        ("a: 1\n", "a: 1\n", 9, None),
    ],
)
def test_following(newer: str, older: str, number: int, found: int | None) -> None:
    """A changed value, one that came, one that was moved inwards, other line ends, a line that is not there."""
    assert followed(newer, older, number) == found


def commit(letter: str, date: str, message: str = "web: three pods", file: str = "web.yaml") -> Commit:
    """A commit of Jo's."""
    return Commit(letter * 40, "Jo Doe <jo@example.com>", date, message, (file,))


OLD, NEW = commit("a", "2026-10-01T10:00:00Z"), commit("b", "2026-11-03T10:00:00Z", 'Revert "five pods"')
AT = Entry("kubectl-edit", "Update", "", "apps/v1", "2026-11-01T10:00:00Z", {})


@pytest.mark.parametrize(
    ("wrote", "entry", "says"),
    [
        (OLD, AT, "nobody changed web.yaml:9 in git since (it is of aaaaaaaa of Jo Doe, 2026-10-01)"),
        (NEW, AT, "web.yaml:9 was changed in git after that, by commit bbbbbbbb of Jo Doe, 2026-11-03: a revert, "),
        (OLD, None, "web.yaml:9 was last changed by commit aaaaaaaa of Jo Doe, 2026-10-01"),
        (None, AT, "none of the newest 8 commits of web.yaml changed line 9"),
    ],
)
def test_what_git_says_of_a_line(wrote: Commit | None, entry: Entry | None, says: str) -> None:
    """Before or after somebody wrote the value in the cluster, or at no known time."""
    assert of_line(Line("web.yaml", 9, wrote, 8), entry).startswith(says)


def test_only_one_commit_is_said_to_have_moved_a_value() -> None:
    """The one that wrote the line, or the only one that touched the file; of several the newest is called just that."""
    other = commit("c", "2026-11-04T10:00:00Z", "another field")
    written = Written("web.yaml", other, ())
    assert moved_by((other, NEW), Line("web.yaml", 9, NEW, 2), written).startswith("commit bbbbbbbb")
    assert moved_by((other, NEW), None, written).startswith("one of 2 commits moved it, the newest is cccccccc")
    assert moved_by((other, NEW), Line("web.yaml", 9, OLD, 3), written).startswith("one of 2 commits moved it")
    elsewhere = commit("d", "2026-11-05T10:00:00Z", "elsewhere", "other.yaml")
    assert moved_by((elsewhere, NEW), None, written).startswith("commit bbbbbbbb")
    assert moved_by((), None, written) == ""
