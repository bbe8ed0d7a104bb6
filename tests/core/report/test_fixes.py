"""Remedies in reports for programs: TSV, JUnit, and SARIF, whose fixes make of a file what the edit makes of it."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.core.report.answers import an_object, application, difference, read
from whydrift.core.model.remedy import Edit, How, RemedyKind, Safety
from whydrift.core.model.triage import ApplicationAnswer, ProofAnswer, RemedyAnswer
from whydrift.core.model.values import Json, child, items, text
from whydrift.core.remedy.text.diff import unified
from whydrift.core.report.junit import junit_document
from whydrift.core.report.sarif import sarif_document
from whydrift.core.report.sarif_fixes import fixes_of
from whydrift.core.report.tables import tsv_header, tsv_rows
from whydrift.wiring import cause_pages

LINE = st.sampled_from(["a: 1", "b: 2", "c: {x}", "  - d", "e: ü🙂", "f: 6\r", ""])
CONTENT = st.builds(
    lambda lines, end: "\n".join(lines) + ("\n" if lines and end else ""), st.lists(LINE, max_size=20), st.booleans()
)


def remedy_of(before: str, after: str, proof: ProofAnswer | None = None) -> RemedyAnswer:
    """An edit of apps/shop/web.yaml, proven."""
    edit = Edit("https://git.example.com/apps.git", "apps/shop/web.yaml", 2, How.YAML, before, after)
    return RemedyAnswer(
        kind=RemedyKind.ADOPT,
        safety=Safety.SAFE,
        why="git can say what live says",
        where=edit.where,
        repo=edit.repo,
        edit=unified(edit),
        proof=proof or ProofAnswer(closes=("Deployment shop/web spec.replicas",)),
    )


def shop(remedy: RemedyAnswer) -> ApplicationAnswer:
    """An application with one difference that has a remedy."""
    return application(an_object(msgspec.structs.replace(difference(), remedy=remedy)))


def offset(content: str, line: int, column: int) -> int:
    """Where a line and a column (both from 1) stand in a text whose lines end with a line feed."""
    place = 0
    for _ in range(line - 1):
        place = content.index("\n", place) + 1
    return place + column - 1


def fixed(before: str, replacements: list[Json]) -> str:
    """A file with replacements made, as an editor makes them: the last one first."""
    for each in reversed(replacements):
        region = child(each, "deletedRegion")
        numbers = [child(region, name) for name in ("startLine", "startColumn", "endLine", "endColumn")]
        start_line, start_column, end_line, end_column = (n for n in numbers if isinstance(n, int))
        start, end = offset(before, start_line, start_column), offset(before, end_line, end_column)
        before = before[:start] + text(each, "insertedContent", "text") + before[end:]
    return before


@given(CONTENT, CONTENT)
def test_a_fix_makes_what_the_edit_makes(before: str, after: str) -> None:
    """Whatever is changed, at the beginning, at the end, and where the last line has no end."""
    remedy = remedy_of(before, after)
    assume(remedy.edit)
    (fix,) = fixes_of(remedy)
    (change,) = items(fix, "artifactChanges")
    assert text(change, "artifactLocation", "uri") == "apps/shop/web.yaml"
    assert fixed(before, items(change, "replacements")) == after


@pytest.mark.parametrize(
    "other",
    [
        {"proof": msgspec.UNSET},
        {"proof": ProofAnswer(why_not="nothing can render it")},
        {"kind": RemedyKind.ASK},
        {"where": "Application:/spec/source/helm"},
        {"edit": ""},
    ],
    ids=str,
)
def test_nothing_is_a_fix_that_is_not_proven_in_a_file(other: dict[str, object]) -> None:
    """What is only likely, what somebody must answer first, and what stands in no file is told, not offered."""
    remedy = msgspec.structs.replace(remedy_of("a: 1\n", "a: 2\n"), **other)
    assert fixes_of(remedy) == ()


def test_a_result_stands_where_its_remedy_is_and_says_it() -> None:
    """Code scanning shows it at the line; the fix is beside the message that tells it."""
    log: Json = json.loads(
        "".join(sarif_document([shop(remedy_of("a: 1\nb: 2\n", "a: 1\nb: 3\n"))], read(), cause_pages()))
    )
    (result,) = items(log, "runs", 0, "results")
    physical = child(result, "locations", 0, "physicalLocation")
    assert text(physical, "artifactLocation", "uri") == "apps/shop/web.yaml"
    assert child(physical, "region", "startLine") == 2
    assert "Fix: adopt in git apps/shop/web.yaml:2 (proven: closes 1" in text(result, "message", "text")
    assert items(result, "fixes")


def test_rows_and_failures_name_the_remedy() -> None:
    """TSV has it in its last columns, JUnit below the difference that fails."""
    answer = shop(remedy_of("a: 1\nb: 2\n", "a: 1\nb: 3\n"))
    row = dict(zip(tsv_header().split("\t"), tsv_rows(answer).split("\t"), strict=True))
    assert (row["fix"], row["where\n"]) == ("adopt", "apps/shop/web.yaml:2\n")
    report = ET.fromstring("".join(junit_document([answer], read(), frozenset({"ask"}))))
    (failure,) = report.iter("failure")
    assert "fix: adopt in git apps/shop/web.yaml:2" in (failure.text or "")
