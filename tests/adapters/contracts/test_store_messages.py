"""What a store promises of events that are told, messages, silences and notes, whichever database it is in."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from tests.looks import SHOP, at, field, look, trouble

from whydrift.adapters.store.store import SqlStore
from whydrift.core.model.finding import Severity, What
from whydrift.core.model.notice import Delivery, Matcher, Notice
from whydrift.ports.watching import Wanted

ANY = Wanted(open_only=False)
PLACES = ("/spec/replicas", "/spec/image", "/metadata/labels/team")


def notice(key: str, route: str = "team") -> Notice:
    """A message."""
    return Notice(key=key, route=route, at=at(0), lines=())


def test_events_are_told_when_the_application_has_settled(store: SqlStore) -> None:
    """Once, by one process; never before there was quiet, unless it never comes."""
    store.record(look([field()], at(0), settled=False))
    assert store.unannounced(at(5), 60) == (), "a rollout"
    store.record(look([field()], at(6)))
    assert store.unannounced(at(6, 30), 60) == (), "not yet quiet for long enough"
    (event,) = store.unannounced(at(7), 60)
    assert store.unannounced(at(8), 60) == (), "claimed"
    assert store.unannounced(at(12, 1), 60) == (event,), "who claimed it died"
    store.announce([event.id], [notice("one")], {})
    assert store.unannounced(at(30), 60) == ()
    store.record(look([field(PLACES[1])], at(39, 55), settled=False))
    store.record(look([field(PLACES[2])], at(40), settled=False))
    assert store.unannounced(at(54, 54), 60) == ()
    told = store.unannounced(at(54, 55), 60)
    assert [e.what for e in told] == [What.NEW, What.GONE, What.NEW, What.GONE], "it never settles; no half of a story"


def test_what_is_broken_is_told_though_it_keeps_a_rollout_from_its_end(store: SqlStore) -> None:
    """Argo CD says Progressing for ten minutes of a container that crashes."""
    store.record(look([trouble(), field()], at(0), settled=False))
    store.record(look([trouble(), field(), trouble("young")], at(2), settled=False))
    assert store.unannounced(at(2, 59), 60) == (), "it may pass"
    (event,) = store.unannounced(at(3), 60)
    assert event.found == trouble()
    store.announce([event.id], [notice("one")], {})
    store.record(look([trouble(), field()], at(4), settled=False))
    assert store.unannounced(at(6), 60) == (), "it passed"


def test_what_comes_and_goes_within_the_quiet_is_told_as_one(store: SqlStore) -> None:
    """Whoever decides sees both: it came and went before anybody was told."""
    store.record(look([field()], at(0)))
    store.record(look([], at(0, 50)))
    assert store.unannounced(at(1, 10), 60) == (), "half of what happened"
    assert [event.what for event in store.unannounced(at(1, 50), 60)] == [What.NEW, What.GONE]


def test_events_of_a_deleted_application_are_told(store: SqlStore) -> None:
    """It never settles any more."""
    store.record(look([field()], at(0), settled=False))
    store.vanished(SHOP, at(1))
    assert [event.what for event in store.unannounced(at(2), 60)] == [What.NEW, What.GONE]


def test_a_clock_that_was_set_back_holds_nothing_up(store: SqlStore) -> None:
    """Events and claims of the future are as good as old ones."""
    store.record(look([field()], "2031-01-01T00:00:00Z"))
    assert len(store.unannounced("2031-01-01T00:05:00Z", 60)) == 1
    (event,) = store.unannounced(at(0), 60)
    store.announce([event.id], [notice("one")], {})
    assert len(store.outgoing("2031-01-01T00:00:00Z")) == len(store.outgoing(at(0))) == 1


def test_a_message_is_kept_once_and_sent_when_it_is_due(store: SqlStore) -> None:
    """Whatever is announced twice."""
    (event,) = store.record(look([field()], at(0)))
    store.announce([event.id], [notice("one"), notice("two", "other")], {"team": at(10)})
    store.announce([], [notice("one")], {})
    assert [out.notice.key for out in store.outgoing(at(5))] == ["two"]
    assert [out.notice.key for out in store.outgoing(at(10), route="team")] == ["one"]
    assert store.outgoing(at(11), route="team") == (), "claimed"
    assert len(store.outgoing(at(15), limit=1)) == 1, "who claimed it died"
    assert [(out.notice.key, out.state) for out in store.messages()] == [
        ("two", Delivery.WAITING),
        ("one", Delivery.WAITING),
    ]
    assert len(store.messages(1)) == 1


def test_what_became_of_a_message(store: SqlStore) -> None:
    """It waits for another attempt, or not; one that was sent stays sent."""
    store.announce([], [notice("one")], {})
    (out,) = store.outgoing(at(0))
    store.delivered(out.id, Delivery.WAITING, at(0), "429", at(3))
    assert store.outgoing(at(2)) == ()
    (again,) = store.outgoing(at(3))
    assert (again.attempts, again.error, again.due) == (1, "429", at(3))
    store.delivered(out.id, Delivery.SENT, at(4))
    store.delivered(out.id, Delivery.WAITING, at(5), "late", at(6))
    (kept,) = store.messages()
    assert (kept.state, kept.attempts, kept.sent, kept.error, store.outgoing(at(60))) == (
        Delivery.SENT,
        2,
        at(4),
        "",
        (),
    )


def test_events_are_announced_by_one_process_only(store: SqlStore) -> None:
    """Who comes second, with some of the same events, is not heard at all; the rest is told later."""
    first, second = store.record(look([field(PLACES[0]), field(PLACES[1])], at(0)))
    store.announce([first.id], [notice("one")], {})
    store.announce([first.id, second.id], [notice("both")], {})
    assert [out.notice.key for out in store.messages()] == ["one"]
    assert store.unannounced(at(5), 60) == (second,)


def test_events_are_held_back_by_route(store: SqlStore, url: str, tmp_path: Path) -> None:
    """Until they are released; one process has them all at a time."""
    first, second = store.record(look([field(PLACES[0]), field(PLACES[1])], at(0)))
    assert store.held(at(0)) == {}
    store.announce([first.id, second.id], [], {}, {"night": [first.id, second.id, 999], "digest": [second.id]})
    other = SqlStore(url, tmp_path)
    assert store.held(at(1)) == store.held(at(1)) == {"night": (first, second), "digest": (second,)}
    assert other.held(at(2)) == {}
    assert other.held(at(7)) == {"night": (first, second), "digest": (second,)}
    other.announce([], [notice("morning", "night")], {}, release={"night": [first.id, second.id, 999]})
    assert store.held(at(7)) == {"digest": (second,)}
    other.close()


def test_silences_end(store: SqlStore) -> None:
    """And are kept."""
    matcher = Matcher(causes=("auto*",), labels=("team=shop",), severity=Severity.LOSES)
    number = store.silence(matcher, "known", "ada", at(0), at(60))
    (silence,) = store.silences(at(5))
    assert (silence.id, silence.matcher, silence.reason, silence.by) == (number, matcher, "known", "ada")
    assert (store.silences(at(60)), store.silences(at(-1))) == ((), ())
    assert (store.unsilence(number, at(10)), store.unsilence(number, at(11)), store.unsilence(99, at(0))) == (
        True,
        False,
        False,
    )
    assert (store.silences(at(10)), store.silences()[0].until) == ((), at(10))


def test_notes(store: SqlStore) -> None:
    """The last one counts."""
    assert store.recall("stream") == ""
    store.note("stream", "1")
    store.note("stream", "2")
    assert store.recall("stream") == "2"


def test_what_is_gone_is_forgotten_in_time(store: SqlStore) -> None:
    """With its events and messages; what is open, untold, held or waiting stays."""
    old = store.record(look([field(PLACES[0]), field(PLACES[1]), field(PLACES[2])], at(0)))
    gone = store.record(look([field(PLACES[0])], at(1)))
    store.announce([e.id for e in (*old, *gone[:1])], [notice("sent"), notice("waiting")], {})
    store.delivered(store.outgoing(at(2))[0].id, Delivery.SENT, at(2))
    assert store.prune(at(30)) == 1
    assert [f.found.key.path for f in store.findings(ANY)] == [PLACES[0], gone[1].found.key.path]
    assert [e.id for e in store.timeline(SHOP)] == [gone[1].id]
    assert [out.notice.key for out in store.messages()] == ["waiting"]
    assert store.counts() == store.counts(at(30)) and store.counts()[0].fields == 1
    store.vanished(SHOP, at(2))
    store.announce([e.id for e in store.unannounced(at(9), 60)], [], {})
    store.prune(at(30))
    assert (store.findings(ANY), store.recent(), store.counts(at(1))) == ((), (), ())


def test_many_processes_tell_of_every_event_once(store: SqlStore, url: str, tmp_path: Path) -> None:
    """However they get in each other's way: claims keep them apart, and what is announced is announced by one."""
    events = store.record(look([field(f"/spec/{number}") for number in range(60)], at(0)))

    def tell(_: int) -> None:
        with closing(SqlStore(url, tmp_path)) as own:
            while some := own.unannounced(at(5), 60, limit=4):
                ids = [event.id for event in some]
                own.announce(ids, [notice("-".join(map(str, ids)))], {})

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(tell, range(4)))
    told = [int(number) for out in store.messages(limit=1000) for number in out.notice.key.split("-")]
    assert sorted(told) == [event.id for event in events]


def test_many_processes_send_every_message_once(store: SqlStore, url: str, tmp_path: Path) -> None:
    """A message that one of them has is no other's."""
    store.announce([], [notice(str(number)) for number in range(60)], {})
    sent: list[str] = []

    def send(_: int) -> None:
        with closing(SqlStore(url, tmp_path)) as own:
            while some := own.outgoing(at(1), limit=3):
                for out in some:
                    sent.append(out.notice.key)
                    own.delivered(out.id, Delivery.SENT, at(1))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(send, range(4)))
    assert sorted(sent, key=int) == [str(number) for number in range(60)]
    assert all(out.state is Delivery.SENT for out in store.messages(limit=1000))
