"""Remedies on the page and in the comment: what to do, where, how it was proven, and nothing that runs."""

from __future__ import annotations

import msgspec

from tests.core.report.answers import an_object, application, difference, read
from whydrift.core.model.remedy import RemedyKind, Safety
from whydrift.core.model.triage import ProofAnswer, RemedyAnswer
from whydrift.core.report.remedy_html import remedy_html
from whydrift.core.report.tables import markdown_document
from whydrift.core.report.tally import Tally

HOSTILE = "<img src=x onerror=alert(1)>\x1b[31m"


def remedy(**more: object) -> RemedyAnswer:
    """An edit that was proven."""
    held = RemedyAnswer(
        kind=RemedyKind.ADOPT, safety=Safety.UNSAFE, why="somebody scaled it", where="shop/web.yaml:9",
        edit="--- a/shop/web.yaml\n+++ b/shop/web.yaml\n@@ -9 +9 @@\n-replicas: 2\n+replicas: 5\n",
        proof=ProofAnswer(closes=("x",)), instead=("sync: it is undone",),
    )  # fmt: skip
    return msgspec.structs.replace(held, **more)


def test_a_remedy_is_a_paragraph_with_what_to_write() -> None:
    """Unsafe ones are marked."""
    page = remedy_html(remedy())
    for part in ("adopt in git", "shop/web.yaml:9", "unsafe", "proven: closes 1", "+replicas: 5", "it is undone"):
        assert part in page


def test_a_rule_is_stated_where_no_edit_shows_it() -> None:
    """With its options."""
    page = remedy_html(remedy(kind=RemedyKind.IGNORE, edit="", rule={"kind": "Job"}, options=("A=true",)))
    assert "{&quot;kind&quot;:&quot;Job&quot;}\nA=true" in page


def test_nothing_of_a_remedy_is_markup() -> None:
    """Whatever a path, a reason or a line of a file holds."""
    page = remedy_html(remedy(why=HOSTILE, where=HOSTILE, edit=HOSTILE, instead=(HOSTILE,)))
    assert "<img" not in page and "\x1b" not in page


def test_a_comment_names_the_fix() -> None:
    """In the last column."""
    one = msgspec.structs.replace(difference(), remedy=remedy())
    tally = Tally()
    tally.add(application(an_object(one)))
    page = markdown_document(iter([application(an_object(one))]), read(), tally.summary())
    assert "| adopt in git `shop/web.yaml:9` |" in page
