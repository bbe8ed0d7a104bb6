"""What is told now and what is held back: nothing is lost, nothing is told in vain, what is broken does not wait."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from tests.core.notice.events import event, lives
from tests.looks import at, trouble
from whydrift.core.model.finding import Event, What
from whydrift.core.model.notice import Line, Matcher, Silence
from whydrift.core.notice.decision import Decided, decide
from whydrift.core.notice.lines import Telling
from whydrift.core.notice.quiet import Quiet
from whydrift.core.notice.routes import Route

NOON_IS_QUIET = Quiet("12:00", "13:00")
TELLING = Telling()
ROUTES = (
    Route(name="at once", most=100, events=frozenset(What)),
    Route(name="quiet", most=100, events=frozenset(What), quiet=NOON_IS_QUIET),
    Route(name="digest", most=100, events=frozenset(What), digest="13:00"),
)


@dataclass
class Reader:
    """Who listens on a route: what was said, and what is held back for them."""

    route: Route
    held: dict[int, Event] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)

    def round(self, fresh: list[Event], now: str, silences: tuple[Silence, ...] = ()) -> Decided:
        known = {**self.held, **{event.id: event for event in fresh}}
        decided = decide(self.route, fresh, list(self.held.values()), silences, now, TELLING)
        for number in decided.release:
            del self.held[number]
        self.held |= {number: known[number] for number in decided.hold}
        self.lines += [line for notice in decided.notices for line in notice.lines]
        return decided

    def there(self, events: list[Event]) -> set[int]:
        """The findings that they believe to be there."""
        findings, there = {event.id: event.finding for event in events}, set[int]()
        for line in self.lines:
            told = {findings[number] for number in line.events}
            there = there - told if line.what == What.GONE else there | told
        return there


def silence(until: str, matcher: Matcher | None = None) -> Silence:
    return Silence(id=1, matcher=matcher or Matcher(), reason="known", by="me", since=at(0), until=until)


def test_what_is_broken_goes_through_quiet_hours_and_nothing_else_does() -> None:
    reader = Reader(Route(name="chat", quiet=NOON_IS_QUIET))
    reader.round([event(1, What.NEW), event(2, What.NEW, 2, trouble())], at(5))
    assert [line.cause for line in reader.lines] == ["out-of-memory"]
    reader.round([], at(60))
    assert [line.cause for line in reader.lines] == ["out-of-memory", "person-edits-live"]
    assert reader.held == {}


def test_all_waits_where_the_route_says_so() -> None:
    reader = Reader(Route(name="chat", quiet=Quiet("12:00", "13:00", but_broken=False)))
    reader.round([event(1, What.NEW, 1, trouble())], at(5))
    assert reader.lines == [] and len(reader.held) == 1


def test_what_came_and_went_in_quiet_hours_is_not_told() -> None:
    reader = Reader(Route(name="chat", quiet=NOON_IS_QUIET))
    reader.round([event(1, What.NEW)], at(1))
    reader.round([event(2, What.GONE)], at(2))
    assert reader.held == {}, "it is not even kept"
    reader.round([], at(60))
    assert reader.lines == []


def test_a_silence_ends_with_what_is_there_still() -> None:
    reader, quiet = Reader(Route(name="chat")), silence(until=at(30), matcher=Matcher(causes=("person-*",)))
    reader.round([event(1, What.NEW), event(2, What.NEW, 2), event(3, What.NEW, 3, trouble())], at(3), (quiet,))
    assert [line.cause for line in reader.lines] == ["out-of-memory"], "a silence is about what it names"
    reader.round([event(4, What.GONE, 2)], at(4), (quiet,))
    reader.round([], at(29), (quiet,))
    assert len(reader.lines) == 1
    reader.round([], at(30), (quiet,))
    assert [(line.cause, line.fields) for line in reader.lines[1:]] == [("person-edits-live", 1)]


def test_a_digest_is_one_message() -> None:
    reader = Reader(Route(name="mail", digest="13:00"))
    for minute in range(1, 50):
        assert reader.round([event(minute, What.NEW, minute)], at(minute)).notices == ()
    assert len(reader.round([event(60, What.NEW, 60)], at(60)).notices) == 1
    assert [line.fields for line in reader.lines] == [50]


@given(events=lives(findings=4, most=30), route=st.sampled_from(ROUTES), data=st.data())
def test_in_the_end_every_reader_knows_what_is_there(events: list[Event], route: Route, data: st.DataObject) -> None:
    reader, rest = Reader(route), events
    while rest:
        size = data.draw(st.integers(1, len(rest)))
        batch, rest = rest[:size], rest[size:]
        silences = (silence(until=at(90)),) if data.draw(st.booleans()) else ()
        reader.round(batch, at(batch[-1].id), silences)
    reader.round([], at(24 * 60 + 90))
    last = {event.finding: event for event in events}
    assert reader.held == {}
    assert reader.there(events) == {event.finding for event in last.values() if event.what is not What.GONE}
