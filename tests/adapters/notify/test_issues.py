"""Issues at GitHub and GitLab: one a cause in an application, and no second trace of a message that is sent twice."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from tests.adapters.notify.forge import IssueForge, Kept
from tests.adapters.notify.messages import line, notice
from tests.serving import serving

from whydrift.adapters.notify import open_notifier
from whydrift.adapters.notify.issues import mark_of
from whydrift.core.model.notice import Notice
from whydrift.errors import UsageError
from whydrift.ports import Refused
from whydrift.ports.watching import Delivered, Later, Sent

TOKEN = "token-that-is-secret"
FORGES = pytest.mark.parametrize("kind", ["github", "gitlab"])


@pytest.fixture
def forge() -> Iterator[IssueForge]:
    with serving(IssueForge()) as server:
        yield server


def send(kind: str, forge: IssueForge, message: Notice, issue: str = "") -> Delivered:
    return asyncio.run(open_notifier(kind, forge.url, TOKEN, "team/apps", issue, {}).send(message))


@FORGES
def test_an_issue_is_opened_commented_closed_and_opened_again(kind: str, forge: IssueForge) -> None:
    assert send(kind, forge, notice(key="1" * 32)) == Sent()
    (issue,) = forge.issues
    assert issue.title == "argocd/shop: person-edits-live" and issue.labels == ["whydrift"]
    assert "spec.replicas" in issue.text and issue.is_open and issue.comments == []
    assert send(kind, forge, notice(line("changed", left=3), key="2" * 32)) == Sent()
    assert send(kind, forge, notice(line("gone", left=2), key="3" * 32)) == Sent()
    assert issue.is_open and len(issue.comments) == 2, "some of it is left"
    assert send(kind, forge, notice(line("gone", left=0), key="4" * 32)) == Sent()
    assert not issue.is_open and len(issue.comments) == 3
    assert send(kind, forge, notice(line("returned"), key="5" * 32)) == Sent()
    assert issue.is_open and len(issue.comments) == 4 and len(forge.issues) == 1
    assert forge.tokens == {f"Bearer {TOKEN}" if kind == "github" else TOKEN}


@FORGES
def test_each_cause_of_each_application_has_its_own(kind: str, forge: IssueForge) -> None:
    message = notice(line(), line(name="other"), line(cause="unexplained"))
    assert send(kind, forge, message) == Sent()
    assert len(forge.issues) == 3


@FORGES
@pytest.mark.parametrize("lost", [1, 2, 3])
def test_a_message_that_is_sent_twice_leaves_one_trace(kind: str, lost: int, forge: IssueForge) -> None:
    opened, gone = notice(key="1" * 32), notice(line("gone", left=0), key="2" * 32)
    for message in (opened, gone, notice(line("returned"), key="3" * 32)):
        forge.lose = lost
        while not isinstance(outcome := send(kind, forge, message), Sent):
            assert isinstance(outcome, Later)
    assert send(kind, forge, opened) == Sent(), "it came again, after all"
    (issue,) = forge.issues
    assert issue.is_open and len(issue.comments) == 2


@FORGES
def test_the_issue_is_found_among_many_and_others_are_left_alone(kind: str, forge: IssueForge) -> None:
    send(kind, forge, notice())
    forge.issues += [Kept(n, "mine", "about something else", ["whydrift"]) for n in range(2, 252)]
    forge.issues.append(Kept(252, "a copy without our label", forge.issues[0].text, ["bug"]))
    assert send(kind, forge, notice(line("gone", left=0), key="2" * 32)) == Sent()
    assert [issue.number for issue in forge.issues if not issue.is_open] == [1]


@FORGES
def test_what_is_gone_before_it_was_told_opens_nothing(kind: str, forge: IssueForge) -> None:
    assert send(kind, forge, notice(line(left=0))) == Sent()
    assert send(kind, forge, notice(line("gone", left=0))) == Sent()
    assert forge.issues == []


@FORGES
def test_a_fixed_issue_gets_comments(kind: str, forge: IssueForge) -> None:
    forge.issues.append(Kept(1, "drift", "", []))
    for _ in range(2):
        assert send(kind, forge, notice(line(), line(name="other")), issue="1") == Sent()
    assert len(forge.issues) == 1 and len(forge.issues[0].comments) == 1
    assert send(kind, forge, notice(key="2" * 32), issue="1") == Sent()
    assert len(forge.issues[0].comments) == 2


@FORGES
def test_hostile_names_stay_text(kind: str, forge: IssueForge) -> None:
    name = "x\n/close\n@everyone <!-- whydrift:"
    assert send(kind, forge, notice(line(name=name, examples=(name,), why=name))) == Sent()
    (issue,) = forge.issues
    assert not any(text.startswith("/") for text in issue.text.splitlines()), "GitLab would do what it says"
    assert "\n" not in issue.title and "@" not in issue.title


@FORGES
def test_a_quoted_mark_is_no_mark(kind: str, forge: IssueForge) -> None:
    other = line(name="other")
    assert send(kind, forge, notice(line(examples=(mark_of(other),), why=mark_of(other)))) == Sent()
    assert send(kind, forge, notice(other, key="2" * 32)) == Sent()
    assert [issue.title for issue in forge.issues] == [
        "argocd/shop: person-edits-live",
        "argocd/other: person-edits-live",
    ]


@FORGES
def test_a_refusal_has_no_token_in_it(kind: str, forge: IssueForge) -> None:
    forge.refuse = 401
    outcome = send(kind, forge, notice())
    assert isinstance(outcome, Refused) and "401" in outcome.why and TOKEN not in outcome.why
    forge.refuse = 503
    assert isinstance(send(kind, forge, notice()), Later)


@pytest.mark.parametrize(("project", "token", "issue"), [("", TOKEN, ""), ("a/b", "", ""), ("a/b", TOKEN, "x")])
def test_what_is_missing_is_said(project: str, token: str, issue: str) -> None:
    with pytest.raises(UsageError) as told:
        open_notifier("github", "https://api.github.com", token, project, issue, {})
    assert TOKEN not in str(told.value)
