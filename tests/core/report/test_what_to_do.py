"""What to do about a cause, in the table of causes and at a difference."""

from __future__ import annotations

import msgspec
import pytest

from tests.core.report.answers import an_object, application, difference, read
from whydrift.core.model.explanation import Side
from whydrift.core.model.remedy import RemedyKind, Safety
from whydrift.core.model.triage import DifferenceAnswer, RemedyAnswer
from whydrift.core.report.remedy_lines import remedy_lines
from whydrift.core.report.tally import Tally
from whydrift.core.report.triage_text import triage_text
from whydrift.core.report.words import Ink

CAUSE = "schema-defaults-field"


def remedied(field: str, kind: RemedyKind) -> DifferenceAnswer:
    """A difference with a remedy."""
    remedy = RemedyAnswer(kind=kind, safety=Safety.SAFE, why="git can state it")
    return msgspec.structs.replace(difference(field, CAUSE, Side.EQUIVALENT), remedy=remedy)


def row(width: int, *found: DifferenceAnswer) -> str:
    """The line of the cause."""
    tally = Tally()
    tally.add(application(an_object(*found)))
    return next(
        line for line in triage_text(tally, read(), {}, Ink(), width).splitlines() if line.startswith(f"  {CAUSE}")
    )


@pytest.mark.parametrize("width", [110, 140])
def test_what_most_fields_need_is_told(width: int) -> None:
    """The remedy of most fields, within the page."""
    kinds = (RemedyKind.ASK, RemedyKind.GIT_SET, RemedyKind.GIT_SET)
    line = row(width, *(remedied(f"spec.f{number}", kind) for number, kind in enumerate(kinds)))
    assert line.endswith("  pin in git")
    assert len(line) <= width


def test_the_longest_remedy_stays_on_the_page() -> None:
    """What is too long is cut."""
    assert len(row(110, remedied("spec.a", RemedyKind.SERVER_SIDE_DIFF))) <= 110


def test_a_narrow_page_leaves_it_out() -> None:
    """Names of causes come first."""
    assert "pin in git" not in row(100, remedied("spec.a", RemedyKind.GIT_SET))


def test_nothing_is_said_where_nothing_was_asked() -> None:
    """Without remedies there is nothing to tell."""
    assert row(110, difference("spec.a", CAUSE, Side.EQUIVALENT)).endswith("equivalent")


def test_what_goes_with_another_difference_says_so() -> None:
    """There is nothing to do about it, and the reason is told."""
    goes = RemedyAnswer(kind=RemedyKind.NOTHING, safety=Safety.SAFE, why="the shadow of spec.replicas, goes with it")
    follower = msgspec.structs.replace(difference("metadata.generation", CAUSE, Side.EQUIVALENT), remedy=goes)
    first, second = remedy_lines([follower], 100)
    assert (first.split(maxsplit=1)[1], second.strip()) == (
        "nothing to do",
        "the shadow of spec.replicas, goes with it",
    )
