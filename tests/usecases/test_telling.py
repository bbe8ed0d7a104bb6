"""Messages from looks to receivers: first kept, then sent; nothing is lost, nothing is sent twice that was taken."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.fakes import FakeClock
from tests.looks import at, field, trouble
from tests.receivers import Receiver
from tests.serving import serving
from tests.usecases.telling import Desk, channel

from whydrift.adapters.clock import SystemClock
from whydrift.adapters.notify import posting
from whydrift.adapters.store.store import SqlStore
from whydrift.core.model.finding import ApplicationName, What
from whydrift.core.model.notice import Delivery, Matcher
from whydrift.core.notice.lines import Telling
from whydrift.core.notice.quiet import Quiet
from whydrift.usecases import deliver
from whydrift.usecases.announce import announce
from whydrift.usecases.deliver import (
    FIRST_WAIT,
    LONGEST_REST,
    LONGEST_WAIT,
    Pace,
    keep_telling,
    patience,
    tell_once,
)

DAY = 86_400
HELD = 120.0
"""Seconds that a receiver is waited for which does not answer at all."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with serving(Receiver()) as server:
        yield server
        server.gate.set()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "SILENCE", 2.0)
    monkeypatch.setattr(posting, "WHOLE", 4.0)


def keys(receiver: Receiver) -> Counter[str]:
    return Counter(got.headers["Idempotency-Key"] for got in receiver.taken)


@pytest.mark.parametrize(
    "script",
    [["500"] * 12, ["429:5", "429", "503:120"], ["reset"] * 3, ["hang", "hang"], ["drip"], ["lost"], ["500", "lost"],
     ["429:99999999"], ["slow:0.1"], ["408", "425"] * 5],
    ids=" ".join,
)  # fmt: skip
def test_nothing_is_lost_and_nothing_taken_is_sent_again(script: list[str], tmp_path: Path, receiver: Receiver) -> None:
    desk = Desk(tmp_path, [channel(receiver)])
    receiver.script.extend(script)
    desk.see(field())
    assert desk.tell() == 1
    desk.see(field(), field("/spec/other"))
    desk.tell_until_sent(wait=90_000)
    assert list(desk.states.values()) == [Delivery.SENT] * 2
    assert set(keys(receiver)) == set(desk.states)
    again = sum(keys(receiver).values()) - len(desk.states)
    assert again == script.count("lost"), "only where nobody can know is it sent again, with the same key"
    before = len(receiver.got)
    desk.clock.pass_(90_000)
    assert desk.tell() == 0 and len(receiver.got) == before


def test_a_message_is_kept_before_it_is_sent(tmp_path: Path, receiver: Receiver) -> None:
    desk = Desk(tmp_path, [channel(receiver)])
    receiver.script.append("500")
    desk.see(field())
    desk.tell()
    (message,) = SqlStore("", tmp_path).messages()
    assert (message.state, message.attempts) == (Delivery.WAITING, 1)
    assert "500" in message.error and message.due > desk.clock.now()


def test_a_message_is_this_processs_while_it_is_sent(tmp_path: Path, receiver: Receiver) -> None:
    """However long that takes: others leave its route alone."""
    desk, other = Desk(tmp_path, [channel(receiver)]), SqlStore("", tmp_path)
    receiver.script.append("hang")
    desk.see(field())

    async def sent_for_long() -> None:
        telling = asyncio.create_task(asyncio.to_thread(desk.tell))
        while not receiver.got:
            await asyncio.sleep(0.01)
        for _ in range(3):
            desk.clock.pass_(40)
            await asyncio.sleep(0.3)
            assert not telling.done() and other.outgoing(desk.clock.now()) == ()
        receiver.gate.set()
        await telling

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(posting, "SILENCE", HELD)
        patched.setattr(posting, "WHOLE", HELD)
        patched.setattr(deliver, "CLAIMED", 0.05)
        asyncio.run(sent_for_long())
    assert [message.attempts for message in other.messages()] == [1] and len(receiver.got) == 1


def test_what_a_receiver_asks_for_is_waited_for(tmp_path: Path, receiver: Receiver) -> None:
    desk = Desk(tmp_path, [channel(receiver)])
    receiver.script.append("429:77")
    desk.see(field())
    desk.tell()
    desk.clock.pass_(75)
    desk.tell()
    assert len(receiver.got) == 1
    desk.clock.pass_(3)
    desk.tell()
    assert len(receiver.taken) == 1


def test_patience_doubles_up_to_an_hour_and_never_ends() -> None:
    waits = [patience(attempts) for attempts in range(50)]
    assert waits[0] == FIRST_WAIT and waits[1] == 2 * FIRST_WAIT and waits == sorted(waits)
    assert waits[-1] == LONGEST_WAIT
    day = sum(1 for _ in waits if _ < LONGEST_WAIT) + 86_400 / LONGEST_WAIT
    assert day < 40, "attempts in a day are few"


def test_a_receiver_that_fails_is_left_alone_longer_and_longer(tmp_path: Path, receiver: Receiver) -> None:
    """However many messages wait: an attempt every five minutes, and all of them when it is back."""
    desk = Desk(tmp_path, [channel(receiver)])
    desk.clock = FakeClock(runs=True)
    receiver.script.extend(["500"] * 10_000)
    for number in range(40):
        desk.see(field(f"/{number}"))
        asyncio.run(announce(desk.store, [desk.channels[0].route], Telling(), desk.clock, 0))
    started = desk.clock.now()

    async def watched(until: Callable[[], bool]) -> None:
        pace = Pace(0, 3600, 60)
        telling = asyncio.create_task(
            keep_telling(desk.store, desk.channels, Telling(), desk.clock, pace, lambda said: None)
        )
        while not until():
            await asyncio.sleep(0.01)
        telling.cancel()

    asyncio.run(watched(lambda: len(receiver.got) >= 40))
    took = datetime.fromisoformat(desk.clock.now()) - datetime.fromisoformat(started)
    assert took > timedelta(seconds=30 * LONGEST_REST)
    receiver.script.clear()
    asyncio.run(watched(lambda: set(desk.states.values()) == {Delivery.SENT}))
    assert set(keys(receiver).values()) == {1}


def test_what_is_gone_before_the_message_arrives_says_so(tmp_path: Path, receiver: Receiver) -> None:
    desk = Desk(tmp_path, [channel(receiver)])
    receiver.script.append("500")
    desk.see(field(), field("/b"))
    desk.tell()
    desk.see()
    desk.tell_until_sent()
    texts = sorted(got.body["text"].splitlines()[0] for got in receiver.taken)
    assert [text.split(" ")[0] for text in texts] == ["GONE", "NEW"]
    assert texts[1].endswith("; gone since"), "the older message comes later"


def test_what_is_refused_is_shown_and_not_tried_again(tmp_path: Path, receiver: Receiver) -> None:
    desk = Desk(tmp_path, [channel(receiver)])
    receiver.script.append("400")
    desk.see(field())
    desk.tell()
    desk.clock.pass_(90_000)
    desk.tell()
    (message,) = desk.store.messages()
    assert message.state is Delivery.REFUSED and "this is what 400 says" in message.error
    assert len(receiver.got) == 1
    desk.see(field(), field("/b"))
    desk.tell()
    assert len(receiver.taken) == 1, "the next one is sent"


def test_one_slow_receiver_holds_no_other(tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "SILENCE", HELD)
    monkeypatch.setattr(posting, "WHOLE", HELD)
    with serving(Receiver()) as slow:
        slow.script.extend(["hang"] * 100)
        desk = Desk(tmp_path, [channel(slow, name="slow"), channel(receiver, name="quick")])
        desk.see(field())

        async def until_told() -> float:
            started = time.monotonic()
            telling = asyncio.create_task(
                keep_telling(desk.store, desk.channels, Telling(), SystemClock(), Pace(0, 0.1, 0.05), lambda _: None)
            )
            for number in range(3):
                while len(receiver.taken) <= number:
                    assert time.monotonic() - started < HELD / 2 and not telling.done()
                    await asyncio.sleep(0.02)
                desk.see(*(field(f"/{n}") for n in range(number + 2)), field())
            telling.cancel()
            return time.monotonic() - started

        assert asyncio.run(until_told()) < HELD / 2
        slow.gate.set()


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_two_watchers_with_one_store_send_each_message_once(
    database: str, request: pytest.FixtureRequest, tmp_path: Path, receiver: Receiver
) -> None:
    url = "" if database == "sqlite" else request.getfixturevalue("postgres").database()
    desk = Desk(tmp_path, [channel(receiver)], url=url)
    for number in range(30):
        desk.see(field(), application=ApplicationName("", "argocd", f"app-{number}"))
        desk.tell() if number % 3 else None
    receiver.script.extend(["slow:0.05"] * 40)
    others = [SqlStore(url, tmp_path) for _ in range(3)]

    async def all_at_once() -> None:
        stores = [desk.store, *others]
        await asyncio.gather(*(tell_once(store, desk.channels, Telling(), desk.clock, 0) for store in stores))

    for _ in range(3):
        asyncio.run(all_at_once())
    assert set(keys(receiver)) == set(desk.states) and set(desk.states.values()) == {Delivery.SENT}
    assert set(keys(receiver).values()) == {1}


def test_a_crash_before_it_was_noted_sends_it_again_with_the_same_key(tmp_path: Path, receiver: Receiver) -> None:
    desk = Desk(tmp_path, [channel(receiver)])
    desk.see(field())
    receiver.script.append("deaf")  # it is taken, and the watcher ends before it hears of that

    async def crash() -> None:
        telling = asyncio.create_task(tell_once(desk.store, desk.channels, Telling(), desk.clock, 0))
        while not receiver.got:
            await asyncio.sleep(0.01)
        telling.cancel()

    asyncio.run(crash())
    after = Desk(tmp_path, desk.channels, desk.clock)
    after.tell()
    assert len(receiver.got) == 1, "somebody may still be sending it"
    after.clock.pass_(61)
    after.tell()
    assert list(keys(receiver).values()) == [2] and list(after.states.values()) == [Delivery.SENT]


def test_nothing_is_told_while_an_application_moves(tmp_path: Path, receiver: Receiver) -> None:
    desk = Desk(tmp_path, [channel(receiver)], settle=60)
    desk.see(field())
    assert desk.tell() == 0
    desk.clock.pass_(30)
    desk.see(settled=False)
    desk.clock.pass_(45)
    assert desk.tell() == 0, "a sync runs"
    desk.see()
    desk.clock.pass_(61)
    assert desk.tell() == 0 and receiver.got == [], "it came and went"


def test_a_silence_holds_back_and_its_end_tells(tmp_path: Path, receiver: Receiver) -> None:
    desk = Desk(tmp_path, [channel(receiver)])
    now = desk.clock.now()
    silence = desk.store.silence(Matcher(causes=("person-*",)), "known", "me", now, at(48 * 60))
    desk.see(field(), trouble())
    assert desk.tell() == 1
    assert [line["cause"] for line in receiver.taken[0].body["lines"]] == ["out-of-memory"]
    assert desk.tell() == 0
    assert desk.store.unsilence(silence, desk.clock.now())
    desk.clock.pass_(1)
    assert desk.tell() == 1
    assert [line["cause"] for line in receiver.taken[1].body["lines"]] == ["person-edits-live"]


def test_quiet_hours_and_a_digest_survive_a_restart(tmp_path: Path, receiver: Receiver) -> None:
    with serving(Receiver()) as mail:
        channels = [channel(receiver, quiet=Quiet("00:00", "07:00")), channel(mail, name="mail", digest="08:00")]
        for hour in range(9):
            desk = Desk(tmp_path, channels)
            desk.clock.pass_(hour * 3600)
            desk.see(*(field(f"/{n}") for n in range(hour + 1)))
            desk.tell()
            desk.store.close()
        told = [[line["fields"] for line in got.body["lines"]] for got in receiver.taken]
        assert told == [[8], [1]], "all of the night in one message at seven, and one at eight"
        assert [[line["fields"] for line in got.body["lines"]] for got in mail.taken] == [[9]], (
            "and all until eight by mail"
        )


def test_what_was_held_back_for_a_route_that_is_gone_is_forgotten(tmp_path: Path, receiver: Receiver) -> None:
    desk = Desk(tmp_path, [channel(receiver, quiet=Quiet(days=("sun",)))])
    desk.see(field())
    assert desk.tell() == 0 and desk.store.held(["chat"])
    other = Desk(tmp_path, [channel(receiver, name="other")], desk.clock)
    other.tell()
    desk.clock.pass_(DAY - 1)
    other.tell()
    assert desk.store.held(["chat"]), "another process may state it"
    desk.clock.pass_(1)
    other.tell()
    assert not desk.store.waiting_routes()


def test_processes_with_other_settings_take_nothing_from_each_other(tmp_path: Path, receiver: Receiver) -> None:
    """Each tells its own routes of everything, whoever was first to see that there is something to tell."""
    with serving(Receiver()) as mail:
        chatting = Desk(tmp_path, [channel(receiver)])
        mailing = Desk(tmp_path, [channel(mail, name="mail")], chatting.clock)
        silent = Desk(tmp_path, [], chatting.clock)
        for desk in (chatting, mailing):
            desk.tell()
        for number, first in enumerate([silent, mailing, chatting, silent]):
            first.see(*(field(f"/{n}") for n in range(number + 1)))
            for desk in (first, chatting, silent, mailing):
                desk.tell()
        for place in (receiver, mail):
            assert sorted(event for got in place.taken for event in got.body["lines"][0]["events"]) == [1, 2, 3, 4]


def test_who_waits_for_the_first_looks_holds_nobody_up_and_loses_nothing(tmp_path: Path, receiver: Receiver) -> None:
    """Another process is through with them earlier, and states no routes."""
    waiting = Desk(tmp_path, [channel(receiver)])
    silent = Desk(tmp_path, [], waiting.clock)
    routes = [each.route for each in waiting.channels]
    waiting.see(field())
    assert asyncio.run(announce(waiting.store, routes, Telling(), waiting.clock, 0, whole=False)).made == 0
    silent.tell()
    assert silent.store.unannounced(silent.clock.now(), 0) == (), "it had its turn"
    assert waiting.tell() == 1 and len(receiver.taken) == 1


def test_what_one_held_back_another_does_not_tell_the_half_of(tmp_path: Path, receiver: Receiver) -> None:
    """Both have the same settings, and the night is long: what came and went is told by none of them."""
    channels = [channel(receiver, quiet=Quiet("00:00", "07:00"))]
    one = Desk(tmp_path, channels)
    two = Desk(tmp_path, channels, one.clock)
    one.see(field())
    assert one.tell() == 0 and one.store.held(["chat"])
    two.see()
    assert two.tell() == 0
    one.clock.pass_(8 * 3600)
    assert two.tell() == one.tell() == 0 and not receiver.got


def test_what_waits_for_a_route_that_was_renamed_is_dropped_after_a_day(tmp_path: Path, receiver: Receiver) -> None:
    """Said once; it may be sent again, under the same key, where the route is stated again."""
    desk = Desk(tmp_path, [channel(receiver)])
    receiver.script.append("500")
    desk.see(field())
    desk.tell()
    other = [channel(receiver, name="other").route]

    def rounds(number: int) -> list[dict[str, int]]:
        found = []
        for _ in range(number):
            desk.clock.pass_(DAY / 2)
            found.append(dict(asyncio.run(announce(desk.store, other, Telling(), desk.clock, 0)).dropped))
        return found

    assert rounds(4) == [{}, {}, {"chat": 1}, {}]
    (message,) = desk.store.messages()
    assert (message.state, message.error) == (Delivery.DROPPED, "no settings state the route any more")
    assert desk.store.resend([message.id], desk.clock.now()) == 1
    assert rounds(2) == [{}, {}], "it has its day again"
    desk.tell()
    assert [got.headers["Idempotency-Key"] for got in receiver.taken] == [message.notice.key]
    assert rounds(4) == [{}, {}, {}, {}], "nothing waits"


def test_only_what_a_route_matches_is_told_there(tmp_path: Path, receiver: Receiver) -> None:
    match = (Matcher(projects=("default",), labels=("team=shop",), causes=("person-*",)),)
    desk = Desk(tmp_path, [channel(receiver, match=match, events=frozenset({What.NEW}))])
    desk.see(field(), trouble(), labels={"team": "shop"})
    desk.see(field(), application=ApplicationName("", "argocd", "other"), labels={"team": "other"})
    desk.see(trouble(), labels={"team": "shop"})
    desk.tell()
    lines = [line for got in receiver.taken for line in got.body["lines"]]
    assert lines == [], "it is gone again before it was told"
    desk.see(field(), trouble(), labels={"team": "shop"})
    assert desk.tell() == 0, "what returned is not wanted"
