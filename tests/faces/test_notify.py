"""`whydrift notify`: routes that are tried, silences, and what became of messages; never a secret in a line."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.faces.command import inside, run
from tests.looks import SHOP, field, look
from tests.receivers import Receiver
from tests.serving import serving
from whydrift.adapters.clock import SystemClock
from whydrift.adapters.store.store import SqlStore
from whydrift.cli.notify import ends_at
from whydrift.core.model.finding import ApplicationName
from whydrift.core.model.notice import Delivery, Matcher, Notice
from whydrift.core.notice.decision import decide
from whydrift.core.notice.lines import Telling
from whydrift.core.notice.routes import Route
from whydrift.errors import UsageError
from whydrift.settings import read_settings
from whydrift.usecases.deliver import tell_once
from whydrift.wiring.telling import channel_of

SECRET = "hunter2-is-secret"
AT = "2026-11-28T12:00:00Z"
NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with serving(Receiver()) as server:
        yield server


@pytest.fixture
def state(tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The state directory of a user with routes."""
    file = tmp_path / "whydrift.toml"
    routes = [("hook", "webhook", f"{receiver.url}/{SECRET}"), ("alerts", "alertmanager", receiver.url)]
    routes.append(("chat", "apprise", f"json://{receiver.url[7:]}/{SECRET}"))
    stated = [f'[[routes]]\nname = "{name}"\nto = "{to}"\nurl = "{url}"\n' for name, to, url in routes]
    file.write_text("\n".join([*stated, '[[routes]]\nname = "lacking"\nto = "webhook"\nurl = "env:NOWHERE"\n']))
    monkeypatch.setenv("WHYDRIFT_CONFIG", str(file))
    monkeypatch.setenv("WHYDRIFT_STATE", str(tmp_path / "state"))
    return tmp_path / "state"


@pytest.mark.parametrize(("route", "requests"), [("hook", 1), ("alerts", 2), ("chat", 1)])
def test_a_route_is_tried(route: str, requests: int, state: Path, receiver: Receiver) -> None:
    said = inside("notify", "test", route)
    assert (said.code, said.out) == (0, f"route {route}: the receiver took the example message\n")
    assert len(receiver.taken) == requests
    if route == "alerts":
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        fires = [any(alert["endsAt"] > now for alert in got.body) for got in receiver.taken]
        assert fires == [True, False], "the example is taken back"


@pytest.mark.parametrize("route", ["hook", "chat"])
def test_a_route_that_does_not_work_says_why(route: str, state: Path, receiver: Receiver) -> None:
    receiver.script.append("403")
    said = inside("notify", "test", route)
    assert said.code == 2 and said.err.startswith(f"error: route {route}: ") and "403" in said.err
    assert SECRET not in said.everything


def test_a_route_that_is_not_there_and_one_that_lacks_something(state: Path) -> None:
    said = inside("notify", "test", "nope")
    assert said.code == 2 and "hook, alerts, chat, lacking" in said.err
    said = inside("notify", "test", "lacking")
    assert said.code == 2 and "the environment has no NOWHERE" in said.err


def test_chat_without_apprise_says_what_to_install(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    said = inside("notify", "test", "chat")
    assert said.code == 2 and "pip install 'whydrift[notify]'" in said.err


def test_a_silence_is_kept_shown_and_ended(state: Path) -> None:
    store = SqlStore("", state)
    store.record(look([field(), field("/b", cause="unexplained")], "2026-11-28T11:00:00Z"))
    about = ("--cause", "person-*", "--app", "shop", "--by", "ops", "--reason", "known\x1b[2J")
    said = inside("notify", "silence", "--until", "7d", *about)
    assert said.code == 0 and "cause person-*, app shop" in said.out and "1 that are there now" in said.out
    (kept,) = store.silences()
    assert kept.matcher == Matcher(causes=("person-*",), applications=("shop",)) and kept.by == "ops"
    shown = inside("notify", "silences")
    assert "known" in shown.out and "\x1b" not in shown.out
    (row,) = json.loads(inside("notify", "silences", "-o", "json").out)["silences"]
    assert row["id"] == kept.id and row["until"] == kept.until
    assert inside("notify", "unsilence", str(kept.id)).code == 0
    assert inside("notify", "unsilence", str(kept.id)).code == 2, "it has ended"
    assert inside("notify", "silences").out == "nothing is silenced\n"
    assert "ended" in inside("notify", "silences", "--all").out


@pytest.mark.parametrize(
    "words",
    [
        ("--until", "7d", "--reason", "all of it"),
        ("--cause", "x", "--until", "7d", "--reason", "  "),
        ("--cause", "x", "--until", "soon", "--reason", "y"),
        ("--cause", "x", "--until", "2020-01-01", "--reason", "y"),
        ("--cause", "x", "--until", "999d", "--reason", "y"),
        ("--cause", "x", "--until", "7d"),
    ],
)
def test_a_silence_needs_a_matter_a_reason_and_an_end(words: tuple[str, ...], state: Path) -> None:
    said = inside("notify", "silence", *words)
    assert said.code == 2 and len(said.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("stated", "end"),
    [
        ("30m", "2026-11-28T12:30:00+00:00"),
        ("12h", "2026-11-29T00:00:00+00:00"),
        ("7d", "2026-12-05T12:00:00+00:00"),
        ("2026-11-28", "2026-11-29T00:00:00+00:00"),
        ("2026-12-01T09:00:00+02:00", "2026-12-01T07:00:00+00:00"),
        ("2026-12-01T09:00:00Z", "2026-12-01T09:00:00+00:00"),
    ],
)
def test_an_end_is_a_span_a_day_or_a_time(stated: str, end: str) -> None:
    assert ends_at(stated, NOW).isoformat() == end


def test_an_end_lies_within_a_year() -> None:
    over = (NOW + timedelta(days=367)).date().isoformat()
    for stated in ("2026-11-28T11:59:59Z", "0m", over, "99999d", "999999999w", "é", "30", "7days"):
        with pytest.raises(UsageError, match="--until"):
            ends_at(stated, NOW)


def made(store: SqlStore, route: str, application: ApplicationName = SHOP) -> Notice:
    """A message that waits for a route."""
    events = store.record(look([field(f"/spec/{route}")], "2026-11-28T11:00:00Z", application))
    (notice,) = decide(Route(name=route), events, (), (), "2026-11-28T11:01:00Z", Telling()).notices
    assert store.take_turn("2026-11-28T11:01:00Z")
    store.announce([event.id for event in events], [notice], {route: "2026-11-28T11:01:00Z"})
    return notice


def test_messages_are_shown_with_what_became_of_them(state: Path) -> None:
    assert inside("notify", "messages").out == "no message was made yet\n"
    store = SqlStore("", state)
    notice = made(store, "hook", ApplicationName("", "argocd", "a\x1b[2Jb\n@here"))
    (message,) = store.outgoing("2026-11-28T11:02:00Z")
    store.delivered(message.id, Delivery.REFUSED, "2026-11-28T11:02:00Z", "it answers 403: no\x1b[2J\nnever")
    said = inside("notify", "messages")
    assert "refused  hook" in said.out and "1 try" in said.out and "it answers 403" in said.out
    assert "\x1b" not in said.out and len(said.out.splitlines()) == 2
    (row,) = json.loads(inside("notify", "messages", "-o", "json").out)["messages"]
    assert row["state"] == "refused" and row["key"] == notice.key and row["attempts"] == 1


def test_what_was_refused_is_sent_again_by_key_or_by_route(state: Path, receiver: Receiver) -> None:
    store = SqlStore("", state)
    first, second = made(store, "hook"), made(store, "elsewhere")
    for message, became in zip(store.outgoing(AT), (Delivery.REFUSED, Delivery.WAITING), strict=True):
        store.delivered(message.id, became, AT, "it answers 400", "2026-11-29T12:00:00Z")
    listed = inside("notify", "resend", "--list").out
    assert f"{first.key[:8]}  refused  hook" in listed and f"{second.key[:8]}  waiting  elsewhere" in listed
    assert inside("notify", "resend").code == 2 and inside("notify", "resend", "nope").code == 2
    said = inside("notify", "resend", first.key[:8])
    assert (said.code, said.out) == (0, "1 messages wait to be sent again\n")
    said = inside("notify", "resend", "--route", "elsewhere")
    assert "1 messages wait" in said.out and "route elsewhere: not in these settings" in said.out
    (channel,) = [channel_of(each, {}) for each in read_settings(os.environ, Path(), Path()).routes[:1]]
    assert asyncio.run(tell_once(store, [channel], Telling(), SystemClock(), 60)) == 0
    assert [got.headers["Idempotency-Key"] for got in receiver.taken] == [first.key]
    (row,) = json.loads(inside("notify", "resend", "--list", "-o", "json").out)["messages"]
    assert (row["key"], row["attempts"]) == (second.key, 0)
    assert inside("notify", "resend", first.key).code == 2, "it was sent"


def test_what_waits_for_a_route_is_given_up_on_command(state: Path) -> None:
    store = SqlStore("", state)
    notice = made(store, "renamed")
    assert "1 messages that waited are dropped" in inside("notify", "drop", "renamed").out
    assert "0 messages" in inside("notify", "drop", "renamed", "--reason", "again").out
    shown = inside("notify", "messages").out
    assert "dropped  renamed" in shown and "given up by hand" in shown
    assert inside("notify", "resend", notice.key).code == 0
    assert [out.state for out in store.messages()] == [Delivery.WAITING]
    store.delivered(store.outgoing("2031-01-01T00:00:00Z")[0].id, Delivery.SENT, AT)
    assert inside("notify", "resend", "--list").out == "every message was sent\n"


def test_nothing_heavy_is_imported_for_help_or_silences(tmp_path: Path) -> None:
    code = (
        "import sys, whydrift.cli.notify, whydrift.wiring.telling;"
        "print([m for m in ('apprise', 'sqlalchemy', 'httpx2', 'zoneinfo', 'starlette') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
    assert run("notify", "--help", env={"WHYDRIFT_STATE": str(tmp_path)}).code == 0


def test_routes_in_a_folder_that_one_stands_in_are_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "whydrift.toml").write_text('[[routes]]\nname = "x"\nto = "webhook"\nurl = "http://evil.example"\n')
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("WHYDRIFT_CONFIG", raising=False)
    said = inside("notify", "test", "x")
    assert said.code == 2 and "routes" in said.err and "evil" not in said.err
