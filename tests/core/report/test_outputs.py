"""Pages, SARIF and JUnit, whatever the names, values and sentences of a cluster hold."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable
from functools import cache

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.report.answers import an_object, application, difference, read
from tests.core.report.pages import Page, parsed
from whydrift.core.model.effect import Does
from whydrift.core.model.explanation import Side
from whydrift.core.model.triage import (
    AcceptedAnswer,
    ApplicationAnswer,
    EffectAnswer,
    GapAnswer,
    SummaryAnswer,
    SyncAnswer,
    UndecidedAnswer,
)
from whydrift.core.model.values import Json, items, text
from whydrift.core.report.html import html_document
from whydrift.core.report.junit import junit_document
from whydrift.core.report.sarif import sarif_document
from whydrift.core.report.sarif_text import relative_uri
from whydrift.core.report.tally import Tally
from whydrift.wiring import cause_pages, titles

pages = cache(cause_pages)
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'; DROP TABLE apps; --",
    "]]></failure><testcase name='x'>",
    "&lt;b&gt;&#x3c;",
    "a\u202eb\x1b[31m\x00\r\n\t",
    "\ufffe\uffff",
    "{0} {1} [click](javascript:alert(1))",
    "\ud800 lone",
    "../../etc/passwd?x#y",
    "</style><style>*{background:url(//evil)}",
)
TEXTS = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=30))
VALUES = TEXTS.filter(lambda word: "\ud800" not in word)
"""Lone surrogates are replaced where values enter; names out of messages may hold them."""
FAIL_ON = frozenset({"git", "cluster", "ask", "structure", "unexplained"})
MADE_OF = {
    *("html", "head", "meta", "title", "style", "body", "header", "h1", "h2", "h3", "h4", "p", "code", "span", "div"),
    *("strong", "ul", "li", "nav", "table", "thead", "tbody", "tr", "th", "td", "a", "main", "section", "details"),
    *("summary", "dl", "dt", "dd", "b"),
}


def page_of(*applications: ApplicationAnswer) -> Page:
    """The page about applications, parsed."""
    return parsed("".join(html_document(lambda: iter(applications), read(), summed(applications), titles())))


def summed(applications: Iterable[ApplicationAnswer]) -> SummaryAnswer:
    """Their numbers."""
    tally = Tally()
    for each in applications:
        tally.add(each)
    return tally.summary()


def sarif_of(*applications: ApplicationAnswer, effects: bool = False) -> Json:
    """The SARIF log, decoded."""
    found: Json = json.loads("".join(sarif_document(applications, read(), pages(), effects=effects)))
    return found


def junit_of(*applications: ApplicationAnswer, effects: bool = False) -> ET.Element:
    """The JUnit report, decoded."""
    return ET.fromstring("".join(junit_document(applications, read(), FAIL_ON, effects=effects)))


@st.composite
def hostile(draw: st.DrawFn) -> ApplicationAnswer:
    """An application in which every word comes from an enemy."""

    def word(of: st.SearchStrategy[str] = TEXTS) -> str:
        return draw(of)

    found = msgspec.structs.replace(difference(cause="person-edits-live"), field=word(), path=f"/{word()}")
    because = msgspec.structs.replace(found.explanations[0], why=word())
    open_ = UndecidedAnswer(cause=word(), needs=word(), why=word())
    differences = (
        msgspec.structs.replace(
            found, explanations=(because,), target=word(VALUES), live={word(VALUES): [word(VALUES)]}
        ),
        msgspec.structs.replace(found, explanations=(), side=msgspec.UNSET, undecided=(open_,)),
    )
    item = an_object(
        *differences, id_=f"{word().replace('/', '')}/{word().replace('/', '')}/{word()}", namespace=word()
    )
    effect = EffectAnswer(
        object=item.id, namespace=word(), does=Does.OVERWRITE, paths=(word(),), says=word(), safe=False, loses=word()
    )
    sync = SyncAnswer(safe=False, converges=False, effects=(effect,), because=word(), automatic=word())
    made = application(item, name=word(), not_read=draw(st.one_of(st.just(""), TEXTS)))
    return msgspec.structs.replace(made, sync=sync, project=word(), cluster=word())


@settings(max_examples=50, deadline=None)
@given(st.lists(hostile(), max_size=3))
def test_a_page_is_made_of_nothing_but_its_own_tags(applications: list[ApplicationAnswer]) -> None:
    """No name of a cluster becomes markup, a script, a handler or a request."""
    page = page_of(*applications)
    assert page.names() <= MADE_OF and not page.faults and not page.open_
    assert not [key for _, attrs in page.tags for key in attrs if key.startswith("on") or key in ("src", "style")]
    assert all(re.fullmatch(r"#(app-[0-9a-f]{12}|top)", href) for href in page.values("href"))
    assert not re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e\ud800-\udfff]", "".join(page.text))


@settings(max_examples=50, deadline=None)
@given(st.lists(hostile(), max_size=3), st.booleans())
def test_reports_are_what_their_readers_take(applications: list[ApplicationAnswer], effects: bool) -> None:
    """XML that parses, with the numbers that it counts; JSON whose results are of rules that it lists."""
    for suite in junit_of(*applications, effects=effects):
        cases = suite.findall("testcase")
        assert int(suite.attrib["tests"]) == len(cases) > 0
        assert int(suite.attrib["failures"]) == sum(case.find("failure") is not None for case in cases)
        assert int(suite.attrib["skipped"]) == sum(case.find("skipped") is not None for case in cases)
    log = sarif_of(*applications, effects=effects)
    listed = {text(rule, "id") for rule in items(log, "runs", 0, "tool", "driver", "rules")}
    for result in items(log, "runs", 0, "results"):
        assert text(result, "ruleId") in listed
        uri = text(result, "locations", 0, "physicalLocation", "artifactLocation", "uri")
        assert re.fullmatch(r"[A-Za-z0-9\-._~/%]+", uri) and not uri.startswith("/") and ".." not in uri.split("/")
        assert "](" not in text(result, "message", "text")


def test_the_policy_allows_the_page_s_own_style_and_nothing_else() -> None:
    """The hash in the policy is that of the style sheet as it stands in the page; it names no other source."""
    page = page_of(application(an_object()))
    (style,) = page.styles
    (policy,) = [attrs["content"] or "" for tag, attrs in page.tags if "http-equiv" in attrs and tag == "meta"]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert "url(" not in style and "@import" not in style


def test_a_page_is_found_through_by_its_anchors() -> None:
    """Each application in the table leads to its own section."""
    page = page_of(application(an_object(), name="a"), application(an_object(), name="b"), application(name="calm"))
    anchors = {href[1:] for href in page.values("href") if href != "#top"}
    assert len(anchors) == 2 and anchors < set(page.values("id"))
    assert "1 application with nothing to tell" in "".join(page.text)


def test_an_empty_page_says_so() -> None:
    """Empty is an answer too; not read is none."""
    assert "Nothing differs, and nothing is hidden." in "".join(page_of(application(sync="Synced")).text)
    gaps = (GapAnswer(what="shop", why="403"),)
    unread = msgspec.structs.replace(read(False), gaps=gaps)
    pieces = html_document(lambda: iter(()), unread, summed(()), {})
    assert "Not read completely" in "".join(pieces)


@pytest.mark.parametrize(
    ("side", "cause", "level"),
    [
        (Side.ASK, "person-edits-live", "error"),
        (Side.CLUSTER, "person-edits-live", "error"),
        (Side.GIT, "git-moved-ahead", "warning"),
        (Side.STRUCTURE, "object-left-behind", "warning"),
        (Side.EQUIVALENT, "schema-defaults-field", "note"),
        (Side.CONTROLLER, "controller-owns-field", "note"),
        (None, "", "error"),
    ],
)
def test_levels_follow_the_side(side: Side | None, cause: str, level: str) -> None:
    """What nobody must act on is a note; what a sync would lose, and what nobody knows, is an error."""
    log = sarif_of(application(an_object(difference(cause=cause, side=side))))
    (result,) = items(log, "runs", 0, "results")
    assert (text(result, "level"), text(result, "ruleId")) == (level, cause or "unexplained")


def test_fingerprints_outlive_values_and_causes_but_not_places() -> None:
    """The same field of the same object is the same finding, whatever it holds and whatever explains it."""

    def prints(*applications: ApplicationAnswer) -> list[str]:
        results = items(sarif_of(*applications), "runs", 0, "results")
        return [text(result, "partialFingerprints", "whydrift/v1") for result in results]

    one = prints(application(an_object(difference(live=5))))
    assert one == prints(application(an_object(difference(live=7, cause="git-moved-ahead", side=Side.GIT))))
    elsewhere = [
        application(an_object(difference("spec.paused"))),
        application(an_object(namespace="other")),
        application(an_object(), name="other"),
    ]
    assert len({*one, *prints(*elsewhere)}) == 4


def test_a_case_fails_for_what_counts_and_is_skipped_where_nobody_knows() -> None:
    """Equivalent differences pass, undecided ones are skipped, an application that was not read is no success."""
    undecided = msgspec.structs.replace(
        difference(cause=""), undecided=(UndecidedAnswer(cause="autoscaler-scales-replicas", needs="list hpa"),)
    )
    suite = junit_of(
        application(
            an_object(difference(side=Side.EQUIVALENT, cause="schema-defaults-field"), id_="/Service/a"),
            an_object(undecided, id_="/Service/b"),
            an_object(difference(side=Side.GIT), id_="/Service/c"),
        )
    )[0]
    outcomes = [[part.tag for part in case] for case in suite.findall("testcase")]
    assert outcomes == [[], ["skipped"], ["failure"]]
    assert junit_of(application(not_read="403"))[0].attrib["skipped"] == "1"


def test_what_is_lived_with_fails_nothing() -> None:
    """A difference that somebody accepted is a note, with the reason; the next one still counts."""
    accepted = AcceptedAnswer(reason="until the move", owner="Jo", until="2027-01-01")
    lived_with = msgspec.structs.replace(difference(), accepted=accepted)
    both = application(an_object(lived_with), an_object(difference(), id_="apps/Deployment/other"))
    found = [
        (text(result, "level"), [text(each, "justification") for each in items(result, "suppressions")])
        for result in items(sarif_of(both), "runs", 0, "results")
    ]
    assert found == [("note", ["until the move (Jo, until 2027-01-01)"]), ("error", [])]
    assert (
        junit_of(both)[0].attrib["failures"] == "1"
        and junit_of(application(an_object(lived_with)))[0].attrib["failures"] == "0"
    )


@pytest.mark.parametrize("safe", [True, False])
def test_effects_instead_of_differences(safe: bool) -> None:
    """What guard tells: an effect that is not safe is an error and a failure; a safe one is neither."""
    effect = EffectAnswer(
        object="apps/Deployment/web", namespace="shop", does=Does.SCALE, paths=(), says="scales from 5 to 3", safe=safe
    )
    sync = SyncAnswer(safe=safe, converges=True, effects=(effect,), because="")
    guarded = msgspec.structs.replace(application(an_object()), sync=sync)
    results = items(sarif_of(guarded, effects=True), "runs", 0, "results")
    assert [text(result, "ruleId") for result in results] == ([] if safe else ["a-sync-would-scale"])
    assert junit_of(guarded, effects=True)[0].attrib["failures"] == ("0" if safe else "1")


@pytest.mark.parametrize(
    ("path", "uri"),
    [("apps/shop", "apps/shop"), ("/a//b/../c", "a/b/c"), ("", "."), ("ü ?#", "%C3%BC%20%3F%23"), ("a:b", "a%3Ab")],
)
def test_relative_uris(path: str, uri: str) -> None:
    """A path of a repository is never absolute, never leads upwards, and holds no query."""
    assert relative_uri(path) == uri
