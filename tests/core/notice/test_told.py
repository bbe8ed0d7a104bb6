"""What a route is told: exactly what changed for whoever listens there, however events fall into batches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.notice.events import event, lives
from tests.looks import field
from whydrift.core.model.finding import Event, Severity, What
from whydrift.core.model.notice import Matcher
from whydrift.core.notice.routes import Route, is_meant
from whydrift.core.notice.told import Told, by_finding, told

ALL = frozenset(What)
ROUTES = (
    Route(name="all", events=ALL),
    Route(name="hurts", events=ALL, match=(Matcher(severity=Severity.LOSES),)),
    Route(name="some", events=ALL, match=(Matcher(causes=("unexplained",)), Matcher(sides=("equivalent",)))),
)


def outcomes(route: Route, events: Iterable[Event]) -> list[Told]:
    return [outcome for each in by_finding(events) if (outcome := told(route, each)) is not None]


@pytest.mark.parametrize(
    ("happened", "expected"),
    [
        ([What.NEW], What.NEW),
        ([What.NEW, What.CHANGED], What.NEW),
        ([What.NEW, What.GONE], None),
        ([What.NEW, What.GONE, What.RETURNED], What.NEW),
        ([What.RETURNED, What.GONE], None),
        ([What.GONE], What.GONE),
        ([What.GONE, What.RETURNED], What.RETURNED),
        ([What.GONE, What.RETURNED, What.GONE], What.GONE),
        ([What.CHANGED, What.GONE], What.GONE),
        ([What.CHANGED, What.GONE, What.RETURNED], What.RETURNED),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, list) else str(value),
)
def test_a_batch_comes_to_one_thing(happened: list[What], expected: What | None) -> None:
    events = [
        event(number, what, before="unexplained ask unexplained" if what is What.CHANGED else "")
        for number, what in enumerate(happened, 1)
    ]
    found = outcomes(Route(name="all", events=ALL), events)
    assert [one.what for one in found] == ([expected] if expected else [])
    assert all(one.events == tuple(range(1, len(happened) + 1)) for one in found)


HURTS = field(severity=Severity.LOSES)
HIDES = field(shown=False)


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([event(1, What.CHANGED, found=HIDES, before="person-edits-live cluster attention shown")], "now hidden"),
        ([event(1, What.CHANGED, before="person-edits-live cluster attention hidden")], "now shown"),
        ([event(1, What.NEW, found=HIDES)], "hidden"),
        ([event(1, What.NEW)], ""),
        ([event(1, What.GONE, found=HIDES)], ""),
    ],
)
def test_says_that_something_is_hidden_now(events: list[Event], expected: str) -> None:
    """A route that is told of changes hears that it was hidden, not that it is gone."""
    (one,) = outcomes(Route(name="all", events=ALL), events)
    assert (one.what, one.view) == (events[-1].what, expected)


def test_what_hurts_less_because_it_is_hidden_is_not_said_to_be_gone_alone() -> None:
    hidden = event(1, What.CHANGED, found=HIDES, before="person-edits-live cluster loses shown")
    (one,) = outcomes(ROUTES[1], [hidden])
    assert (one.what, one.view) == (What.GONE, "now hidden")
    back = event(2, What.CHANGED, found=HURTS, before="person-edits-live cluster attention hidden")
    assert outcomes(ROUTES[0], [hidden, back]) == [], "hidden and shown again before it was told"


def test_what_changed_back_before_it_was_told_is_not_told() -> None:
    usual, odd = field(), field(cause="unexplained", side="ask", severity=Severity.UNEXPLAINED)
    there = event(1, What.CHANGED, found=odd, before="person-edits-live cluster attention")
    back = event(2, What.CHANGED, found=usual, before="unexplained ask unexplained")
    assert outcomes(Route(name="all", events=ALL), [there, back]) == []
    assert [one.before for one in outcomes(Route(name="all", events=ALL), [there])] == ["person-edits-live"]


def test_what_begins_to_hurt_is_new_to_whoever_is_told_only_of_that() -> None:
    route = Route(name="hurts", match=(Matcher(severity=Severity.LOSES),))
    worse = event(1, What.CHANGED, found=field(severity=Severity.LOSES), before="person-edits-live cluster attention")
    better = event(2, What.CHANGED, found=field(), before="person-edits-live cluster loses")
    assert [one.what for one in outcomes(route, [worse])] == [What.NEW]
    assert [one.what for one in outcomes(route, [better])] == [What.GONE]
    assert outcomes(route, [worse, better]) == []


def test_an_event_that_is_not_wanted_still_says_how_things_are() -> None:
    route = Route(name="new only", events=frozenset({What.NEW}))
    now = field(cause="unexplained", side="ask", severity=Severity.UNEXPLAINED)
    changed = event(2, What.CHANGED, found=now, before="person-edits-live cluster attention")
    assert [(one.what, one.found.cause) for one in outcomes(route, [event(1, What.NEW), changed])] == [
        (What.NEW, "unexplained")
    ]
    assert outcomes(route, [event(3, What.GONE)]) == []


@given(events=lives(), route=st.sampled_from(ROUTES), data=st.data())
def test_a_reader_of_all_messages_knows_what_is_there(events: list[Event], route: Route, data: st.DataObject) -> None:
    known: set[int] = set()
    rest: Sequence[Event] = events
    seen: list[Event] = []
    while rest:
        size = data.draw(st.integers(1, len(rest)))
        batch, rest = rest[:size], rest[size:]
        seen += batch
        for one in outcomes(route, batch):
            finding = int(one.found.key.path.strip("/"))
            if one.what is What.GONE:
                assert finding in known, "nothing is gone that was not told of"
                known.remove(finding)
            elif one.what is What.NEW:
                assert finding not in known, "nothing is new twice"
                known.add(finding)
            else:
                assert one.what is What.RETURNED or finding in known
                known.add(finding)
        last = {event.finding: event for event in seen}
        assert known == {e.finding for e in last.values() if e.what is not What.GONE and is_meant(route, e)}
