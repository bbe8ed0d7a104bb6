"""Lines of a message: one for a cause in an application, few for a fleet, each told what it needs at night."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from tests.core.notice.events import event, finding, lives, named
from tests.looks import field, trouble
from whydrift.core.model.finding import Event, Severity, What
from whydrift.core.model.notice import Line, Notice
from whydrift.core.notice.grouping import notices, reminders
from whydrift.core.notice.lines import Telling
from whydrift.core.notice.message import PLAIN, short
from whydrift.core.notice.routes import Route
from whydrift.core.notice.told import by_finding, told

TELLING = Telling({"person-edits-live": "somebody changed it"}, lambda name: f"https://drift.example/{name.name}")
CHAT = Route(name="chat", events=frozenset(What))


def messages(events: Sequence[Event], route: Route = CHAT, at: str = "2026-11-01T13:00:00Z") -> tuple[Notice, ...]:
    outcomes = [outcome for each in by_finding(events) if (outcome := told(route, each)) is not None]
    return notices(route, outcomes, at, TELLING)


def lines(events: Sequence[Event], route: Route = CHAT) -> list[Line]:
    return [line for notice in messages(events, route) for line in notice.lines]


def test_sixteen_objects_with_one_cause_are_one_line() -> None:
    events = [event(n, What.NEW, n, field("/spec/x", f"apps/Deployment/web-{n}")) for n in range(1, 17)]
    (line,) = lines(events)
    assert (line.objects, line.fields, line.cause) == (16, 16, "person-edits-live")
    assert line.examples[0] == "Deployment/web-1 spec.x: git 3, live 5"
    assert line.title == "somebody changed it" and line.who == "kubectl" and line.side == "cluster"
    assert line.command == "whydrift explain argocd/shop"
    assert line.link == "https://drift.example/shop"
    assert line.events == tuple(range(1, 17))


def test_one_object_is_named_in_the_command() -> None:
    (line,) = lines([event(1, What.NEW)])
    assert line.command == "whydrift explain argocd/shop Deployment/web"
    (line,) = lines([event(1, What.NEW, found=field(shown=False))])
    assert line.command == "whydrift hidden argocd/shop"
    (line,) = lines([event(1, What.NEW, found=trouble())])
    assert (line.command, line.examples) == ("whydrift unmask argocd/shop", ("Deployment/web CrashLoopBackOff",))
    (line,) = lines([event(1, What.GONE)])
    assert line.command == "whydrift history argocd/shop"


def test_a_line_says_that_it_is_hidden_now() -> None:
    happened = event(1, What.CHANGED, found=field(shown=False), before="person-edits-live cluster attention shown")
    (line,) = lines([happened])
    assert (line.view, line.before, line.command) == ("now hidden", "", "whydrift hidden argocd/shop")
    assert "CHANGED argocd/shop: person-edits-live: 1 field of 1 object, now hidden, side cluster" in short(line, PLAIN)


def test_a_cause_of_many_applications_is_one_line() -> None:
    events = [event(n, What.NEW, n, application=named(f"app-{n}")) for n in range(1, 41)]
    events += [event(99, What.NEW, 99, trouble())]
    (broken, line) = lines(events)
    assert broken.severity is Severity.BROKEN, "what hurts most comes first"
    assert (str(line.application), line.also, line.fields) == ("argocd/app-1", 39, 40)
    assert line.command == "whydrift scan --cause person-edits-live" and line.link == ""


def test_what_is_left_out_is_counted_and_told_of() -> None:
    events = [event(n, What.NEW, n, field(cause=f"cause-{n}")) for n in range(1, 31)]
    (notice,) = messages(events, Route(name="chat", most=12))
    assert (len(notice.lines), notice.more) == (12, 18)


def test_a_receiver_that_keeps_a_state_gets_a_line_for_each_cause_of_each_application() -> None:
    events = [event(n, What.NEW, n, application=named(f"app-{n}")) for n in range(1, 41)]
    changed = event(50, What.CHANGED, 50, field(), before="unexplained ask unexplained")
    found = messages([*events, changed], Route(name="issues", events=frozenset(What), apart=1))
    assert len(found) == 42 and all(len(notice.lines) == 1 for notice in found)
    ends = [(notice.lines[0].what, notice.lines[0].cause) for notice in found[-2:]]
    assert ends == [("changed", "person-edits-live"), ("gone", "unexplained")], "what it was is gone"
    assert len({notice.key for notice in found}) == len(found)


@given(lives(findings=5, most=20))
def test_the_same_events_make_the_same_message(events: list[Event]) -> None:
    once, again = messages(events), messages(list(reversed(events)), at="2026-11-02T00:00:00Z")
    assert [notice.key for notice in once] == [notice.key for notice in again]
    for route in (Route(name="other", events=frozenset(What)), Route(name="apart", events=frozenset(What), apart=2)):
        keys = [notice.key for notice in messages(events, route)]
        assert len(set(keys)) == len(keys) and not set(keys) & {notice.key for notice in once}


@given(events=lives(findings=5, most=20), apart=st.integers(0, 3))
def test_every_finding_that_is_told_of_is_in_one_line(events: list[Event], apart: int) -> None:
    route = Route(name="chat", events=frozenset(What), apart=apart)
    outcomes = [outcome for each in by_finding(events) if (outcome := told(route, each)) is not None]
    counted = sum(line.fields for line in lines(events, route) if line.what != What.GONE)
    assert counted == sum(outcome.what is not What.GONE for outcome in outcomes)


def test_reminders_say_how_much_is_there() -> None:
    found = [finding(1), finding(2, field("/b", severity=Severity.LOSES)), finding(3, field(cause="unexplained"))]
    said = reminders(CHAT, found, TELLING)
    assert [(line.what, line.cause, line.left, line.worst) for line in said] == [
        ("still", "person-edits-live", 2, Severity.LOSES),
        ("still", "unexplained", 1, Severity.ATTENTION),
    ]
