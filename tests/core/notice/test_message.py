"""The words of messages: what others wrote stays text, and all of it fits where it goes."""

from __future__ import annotations

import json
import re
import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.notice.events import event
from tests.looks import field, trouble
from whydrift.core.model.finding import ApplicationName, Event, Severity, What
from whydrift.core.model.notice import Notice
from whydrift.core.model.values import child, is_object
from whydrift.core.notice.grouping import notices
from whydrift.core.notice.lines import Telling
from whydrift.core.notice.message import MARKDOWN, PLAIN, as_json, body, neutral, title, visible
from whydrift.core.notice.routes import Route
from whydrift.core.notice.told import by_finding, told

HOSTILE = (
    "@here", "@everyone", "<!channel>", "<@U012AB3CD>", "<script>alert(1)</script>", "[click](http://evil.example)",
    "<http://evil.example|click>", "**bold** `code` ~~gone~~ ||spoiler||", "\u202egnp.exe", "a\nb\n\n# heading\n/close",
    "\x1b[31mred\x1b[0m", "x" * 10_000, "\u200b\u2066invisible\u2069", "```\nfence", "#1 GH-1 owner/repo#1",
    "' ; rm -rf / #", "\ud800",
)  # fmt: skip
ACTIVE = re.compile(r"[@<>`*~|\x00-\x09\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069]|\]\(|://")
OURS = "https://drift.example/apps/x"


def message(events: list[Event], most: int = 12) -> Notice:
    route = Route(name="chat", events=frozenset(What), most=most)
    outcomes = [outcome for each in by_finding(events) if (outcome := told(route, each)) is not None]
    (notice,) = notices(route, outcomes, "2026-11-01T13:00:00Z", Telling({}, lambda _: OURS))
    return notice


def hostile(word: str) -> Notice:
    found = field(f"/{word}", f"apps/Deployment/{word}", who=word, why=word, target=json.dumps(word), live=word,
                  sync=word, remedy="git-set", where=word)  # fmt: skip
    return message([event(1, What.NEW, found=found, application=ApplicationName("", "argocd", word))])


def test_a_message_holds_what_one_needs_at_night() -> None:
    found = field(severity=Severity.LOSES, sync="scales from 5 to 3", remedy="adopt", where="apps/web.yaml:9")
    notice = message([event(1, What.NEW, found=found), event(2, What.GONE, 2, field("/b", cause="unexplained"))])
    assert title(notice) == "whydrift: a sync would hurt: argocd/shop (1 new, 1 gone)"
    assert body(notice, PLAIN, 4000) == (
        "NEW argocd/shop: person-edits-live: 1 field of 1 object, side cluster, a sync would hurt\n"
        "  Deployment/web spec.replicas: git 3, live 5\n"
        "  because: somebody edited it\n"
        "  who: kubectl\n"
        "  a sync: scales from 5 to 3\n"
        "  fix: adopt apps/web.yaml:9\n"
        "  go on: whydrift explain argocd/shop Deployment/web\n"
        "  https://drift.example/apps/x\n"
        "\n"
        "GONE argocd/shop: unexplained: 1 field of 1 object, side cluster\n"
        "  Deployment/web b: git 3, live 5\n"
        "  because: somebody edited it\n"
        "  who: kubectl\n"
        "  go on: whydrift history argocd/shop\n"
        "  https://drift.example/apps/x\n"
        "\n"
        f"key {notice.key}"
    )


@pytest.mark.parametrize("word", HOSTILE, ids=range(len(HOSTILE)))
def test_what_is_quoted_is_no_markup_no_mention_and_no_link(word: str) -> None:
    notice = hostile(word)
    for text in (title(notice), body(notice, PLAIN, 40_000).replace(OURS, "")):
        assert not ACTIVE.search(text), text
        text.encode()
    assert "\n" not in title(notice) and len(title(notice)) <= 200


@pytest.mark.parametrize("word", HOSTILE, ids=range(len(HOSTILE)))
def test_markdown_shows_what_is_quoted_as_code_or_escaped(word: str) -> None:
    text = body(hostile(word), MARKDOWN, 40_000).replace(f"<{OURS}>", "")
    outside = re.sub(r"(?<!\\)(`+)(?!`).+?(?<!`)\1(?!`)", "", text)
    assert not re.search(r"(?<!\\)[@<>`]|\]\(|://", outside), outside
    assert all(line.startswith(("**", "- ", "key ")) for line in text.split("\n") if line), "no line begins with theirs"


@given(st.text(max_size=60))
def test_a_neutral_text_has_nothing_active_and_is_still_to_be_read(word: str) -> None:
    assert not ACTIVE.search(neutral(word))
    if re.fullmatch(r"[\w ./:-]*", word, re.ASCII) and "://" not in word:
        assert neutral(word) == visible(word)


@given(longest=st.integers(60, 5000), number=st.integers(1, 30), word=st.sampled_from(HOSTILE))
def test_a_message_fits(longest: int, number: int, word: str) -> None:
    events = [event(n, What.NEW, n, field(cause=f"cause-{n}", why=word)) for n in range(1, number + 1)]
    notice = message(events)
    for each in (PLAIN, MARKDOWN):
        text = body(notice, each, longest)
        assert 0 < len(text.encode()) <= longest
        if longest >= 600:
            assert notice.key in text and "cause-" in text


def test_a_short_message_counts_what_it_leaves_out() -> None:
    events = [event(n, What.NEW, n, field(cause=f"cause-{n}")) for n in range(1, 31)]
    text = body(message(events), PLAIN, 600)
    shown = text.count("NEW")
    assert f"… {30 - shown} more groups: whydrift history" in text


def test_json_holds_names_as_they_are() -> None:
    data = as_json(hostile("<!channel>"))
    assert json.loads(json.dumps(data)) == data
    line = child(data, "lines", 0)
    assert is_object(line)
    assert line["application"] == {"instance": "", "namespace": "argocd", "name": "<!channel>"}
    assert data["schema"] == "whydrift.notice/1" and data["key"]


@pytest.mark.parametrize("word", HOSTILE, ids=range(len(HOSTILE)))
def test_a_command_can_be_pasted(word: str) -> None:
    (line,) = hostile(word).lines
    words = shlex.split(line.command)
    assert words[:2] == ["whydrift", "explain"] and len(words) == 4
    assert "\n" not in line.command


def test_what_is_broken_says_so_first() -> None:
    assert title(message([event(1, What.NEW, found=trouble())])).startswith("whydrift: broken now: ")
    assert title(message([event(1, What.GONE, found=trouble())])).startswith("whydrift: gone: ")


def test_a_title_names_only_where_that_is_so() -> None:
    other = ApplicationName("", "argocd", "api")
    notice = message([event(1, What.NEW, found=trouble()), event(2, What.NEW, 2, field(), application=other)])
    assert title(notice) == "whydrift: broken now: argocd/shop (2 new)"
