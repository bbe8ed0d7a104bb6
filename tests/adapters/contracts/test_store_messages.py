"""What a store promises of events that are told, messages, silences and notes, whichever database it is in."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.looks import SHOP, at, field, look, trouble

from whydrift.adapters.store import outbox
from whydrift.adapters.store.store import SqlStore
from whydrift.core.model.finding import Severity, What
from whydrift.core.model.notice import Delivery, Matcher, Notice
from whydrift.ports.watching import Wanted

ANY = Wanted(open_only=False)
PLACES = ("/spec/replicas", "/spec/image", "/metadata/labels/team")


def notice(key: str, route: str = "team") -> Notice:
    """A message."""
    return Notice(key=key, route=route, at=at(0), lines=())


def announce(store: SqlStore, *about: Any, **more: Any) -> None:
    """Announce, when it is this process's turn."""
    assert store.take_turn(at(0))
    store.announce(*about, **more)


def test_events_are_told_when_the_application_has_settled(store: SqlStore) -> None:
    """Once; never before there was quiet, unless it never comes."""
    store.record(look([field()], at(0), settled=False))
    assert store.unannounced(at(5), 60) == (), "a rollout"
    store.record(look([field()], at(6)))
    assert store.unannounced(at(6, 30), 60) == (), "not yet quiet for long enough"
    (event,) = store.unannounced(at(7), 60)
    announce(store, [event.id], [notice("one")], {})
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
    announce(store, [event.id], [notice("one")], {})
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
    """Events of the future, and what is claimed until then, are as good as old ones."""
    store.record(look([field()], "2031-01-01T00:00:00Z"))
    assert len(store.unannounced("2031-01-01T00:05:00Z", 60)) == 1
    (event,) = store.unannounced(at(0), 60)
    announce(store, [event.id], [notice("one")], {})
    assert len(store.outgoing("2031-01-01T00:00:00Z")) == len(store.outgoing(at(0))) == 1


def test_a_message_is_kept_once_and_sent_when_it_is_due(store: SqlStore) -> None:
    """Whatever is announced twice."""
    (event,) = store.record(look([field()], at(0)))
    announce(store, [event.id], [notice("one"), notice("two", "other")], {"team": at(10)})
    announce(store, [], [notice("one")], {})
    assert [out.notice.key for out in store.outgoing(at(5))] == ["two"]
    assert [out.notice.key for out in store.outgoing(at(10), route="team")] == ["one"]
    assert [store.outgoing(when, route="team") for when in (at(10, 59), at(9, 1))] == [(), ()], "clocks may differ"
    store.claim(store.messages()[-1].id, at(10, 50))
    assert store.outgoing(at(11, 49), route="team") == (), "it is still being sent"
    assert len(store.outgoing(at(12), limit=1)) == 1, "who claimed it died"
    assert [(out.notice.key, out.state) for out in store.messages()] == [
        ("two", Delivery.WAITING),
        ("one", Delivery.WAITING),
    ]
    assert len(store.messages(1)) == 1


def test_what_became_of_a_message(store: SqlStore) -> None:
    """It waits for another attempt, or not; one that was sent stays sent."""
    announce(store, [], [notice("one")], {})
    (out,) = store.outgoing(at(0))
    store.delivered(out.id, Delivery.WAITING, at(0), "429", at(3))
    store.claim(out.id, at(3))
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
    announce(store, [first.id], [notice("one")], {})
    announce(store, [first.id, second.id], [notice("both")], {})
    assert [out.notice.key for out in store.messages()] == ["one"]
    assert store.unannounced(at(5), 60) == (second,)


def test_events_are_held_back_by_route(store: SqlStore) -> None:
    """Until they are released, or the route is given up."""
    first, second = store.record(look([field(PLACES[0]), field(PLACES[1])], at(0)))
    assert store.held(["night", "digest"]) == {}
    announce(store, [first.id, second.id], [], {}, {"night": [first.id, second.id, 999], "digest": [second.id]})
    assert store.held(["night", "digest"]) == {"night": (first, second), "digest": (second,)}
    assert store.held(["digest"]) == {"digest": (second,)} and store.waiting_routes() == {"night", "digest"}
    announce(store, [], [notice("morning", "night")], {}, release={"night": [first.id, second.id, 999]})
    assert store.held(["night", "digest"]) == {"digest": (second,)}
    assert store.drop("digest", "gone", at(1)) == 0
    assert store.held(["digest"]) == {} and store.waiting_routes() == {"night"}


def test_processes_take_turns_at_making_messages(store: SqlStore, url: str, tmp_path: Path) -> None:
    """One at a time; who died has had its turn after a while, and who was only slow is not heard any more."""
    (event,) = store.record(look([field()], at(0)))
    with closing(SqlStore(url, tmp_path)) as other:
        assert store.take_turn(at(1)) and store.take_turn(at(2)) and not other.take_turn(at(2, 59))
        assert other.take_turn(at(3))
        store.announce([], [notice("slow")], {})
        store.announce([event.id], [notice("slow")], {}, hold={"night": [event.id]})
        assert store.messages() == () and store.held(["night"]) == {} and not store.take_turn(at(3, 30))
        other.announce([event.id], [notice("one")], {})
        assert [out.notice.key for out in store.messages()] == ["one"]
        assert store.take_turn(at(8)), "it ended with that"
        assert other.take_turn(at(0)), "the clock was set back"


def test_messages_are_sent_again_and_given_up(store: SqlStore) -> None:
    """Whatever became of them, but what was sent; what somebody sends just now is left to them."""
    announce(store, [], [notice(key) for key in ("sent", "refused", "dropped", "busy")], {})
    for state, out in zip((Delivery.SENT, Delivery.REFUSED), store.outgoing(at(0), 2), strict=True):
        store.delivered(out.id, state, at(0), "no")
    ids = {out.notice.key: out.id for out in store.messages()}
    (busy,) = store.outgoing(at(0), 1)
    assert store.drop("team", "gone", at(0, 20)) == 1 and store.drop("other", "gone", at(0, 20)) == 0
    (dropped,) = store.messages(states=[Delivery.DROPPED])
    assert (dropped.error, store.outgoing(at(0, 20))) == ("gone", ())
    assert store.resend(list(ids.values()), at(0, 40)) == 2
    assert {out.notice.key for out in store.messages(states=[Delivery.WAITING], route="team")} == {
        "refused",
        "dropped",
        "busy",
    }
    assert store.messages(route="other") == ()
    assert store.outgoing(at(0, 40)) == (), "somebody is sending on that route"
    store.delivered(busy.id, Delivery.SENT, at(0, 40))
    again = store.outgoing(at(0, 40))
    assert [(out.attempts, out.error, out.due) for out in again] == [(0, "", at(0, 40))] * 2


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
    announce(store, [e.id for e in (*old, *gone[:1])], [notice("sent"), notice("waiting")], {})
    store.delivered(store.outgoing(at(2))[0].id, Delivery.SENT, at(2))
    assert store.prune(at(30)) == 1
    assert [f.found.key.path for f in store.findings(ANY)] == [PLACES[0], gone[1].found.key.path]
    assert [e.id for e in store.timeline(SHOP)] == [gone[1].id]
    assert [out.notice.key for out in store.messages()] == ["waiting"]
    assert store.counts() == store.counts(at(30)) and store.counts()[0].fields == 1
    store.vanished(SHOP, at(2))
    announce(store, [e.id for e in store.unannounced(at(9), 60)], [], {})
    store.prune(at(30))
    assert (store.findings(ANY), store.recent(), store.counts(at(1))) == ((), (), ())


def test_many_processes_tell_of_every_event_once(store: SqlStore, url: str, tmp_path: Path) -> None:
    """However they get in each other's way: also where they asked for events before it was their turn."""
    events = store.record(look([field(f"/spec/{number}") for number in range(60)], at(0)))

    def tell(_: int) -> None:
        with closing(SqlStore(url, tmp_path)) as own:
            while some := own.unannounced(at(5), 60, limit=4):
                ids = [event.id for event in some]
                if own.take_turn(at(5)):
                    own.announce(ids, [notice("-".join(map(str, ids)))], {})

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(tell, range(4)))
    told = [int(number) for out in store.messages(limit=1000) for number in out.notice.key.split("-")]
    assert sorted(told) == [event.id for event in events]


def test_who_asks_for_messages_at_the_same_time_finds_them_claimed(store: SqlStore, url: str, tmp_path: Path) -> None:
    """Also the others of that route, which nobody has."""
    announce(store, [], [notice("one"), notice("two"), notice("other", "other")], {})
    with closing(SqlStore(url, tmp_path)) as other, ThreadPoolExecutor(1) as pool:
        with store._database.writing() as connection:
            assert [out.notice.key for out in outbox.outgoing(connection, at(1), 1, "")] == ["one"]
            second = pool.submit(other.outgoing, at(1), 1)
            time.sleep(0.3)
        assert [out.notice.key for out in second.result()] == ["other"]


def test_many_processes_send_every_message_once_and_one_at_a_time(store: SqlStore, url: str, tmp_path: Path) -> None:
    """A message that one of them has is no other's, and while it is on its way nobody else sends on that route."""
    announce(store, [], [notice(str(number)) for number in range(60)], {})
    sent: list[str] = []
    sending: list[str] = []

    def send(_: int) -> None:
        with closing(SqlStore(url, tmp_path)) as own:
            while len(sent) < 60:
                for out in own.outgoing(at(1), limit=3):
                    sending.append(out.notice.route)
                    assert len(sending) == 1
                    sent.append(out.notice.key)
                    sending.pop()
                    own.delivered(out.id, Delivery.SENT, at(1))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(send, range(4)))
    assert sorted(sent, key=int) == [str(number) for number in range(60)]
    assert all(out.state is Delivery.SENT for out in store.messages(limit=1000))
