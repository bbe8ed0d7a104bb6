"""What a receiver's answer, or its silence, means for a message: taken, later, or refused; never a secret in a word."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Final

import pytest
from tests.adapters.notify.messages import line, notice
from tests.receivers import Receiver
from tests.serving import serving

from whydrift.adapters.notify import chat, open_notifier, posting
from whydrift.core.model.finding import Severity
from whydrift.errors import UsageError
from whydrift.ports import Refused
from whydrift.ports.watching import Delivered, Later, Notifier, Sent

SECRET: Final = "hunter2-is-secret"
ENDLESS = ("hang", "drip")
KINDS = ("webhook", "alertmanager", "apprise")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with serving(Receiver()) as server:
        yield server
        server.gate.set()


@contextmanager
def impatient() -> Iterator[None]:
    """For receivers that do not answer: those that do may take as long as they always may."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(posting, "SILENCE", 0.5)
        patched.setattr(posting, "WHOLE", 1.0)
        patched.setattr(chat, "SECONDS", 1.0)
        yield


def notifier(kind: str, url: str) -> Notifier:
    path = f"/services/{SECRET}?token={SECRET}"
    return open_notifier(kind, f"json://{url[7:]}{path}" if kind == "apprise" else url + path, SECRET, "", "", {})


def send(kind: str, receiver: Receiver, *script: str) -> Delivered:
    receiver.script.extend(script)
    return asyncio.run(notifier(kind, receiver.url).send(notice()))


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_taken_was_sent_once(kind: str, receiver: Receiver) -> None:
    assert send(kind, receiver) == Sent()
    assert len(receiver.taken) == 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("fault", ["500", "502", "503", "429", "408", "reset", "hang", "lost", "drip"])
def test_what_passes_is_tried_again(kind: str, fault: str, receiver: Receiver) -> None:
    with impatient() if fault in ENDLESS else nullcontext():
        outcome = send(kind, receiver, fault)
    assert isinstance(outcome, Later), outcome
    assert SECRET not in outcome.why and outcome.why
    assert len(receiver.got) <= 1, "an attempt is one request"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("fault", ["400", "401", "403", "404", "410", "413", "422"])
def test_what_the_receiver_does_not_want_is_refused(kind: str, fault: str, receiver: Receiver) -> None:
    outcome = send(kind, receiver, fault)
    assert isinstance(outcome, Refused), outcome
    assert outcome.status == int(fault) and fault in outcome.why and SECRET not in outcome.why


@pytest.mark.parametrize("kind", ["webhook", "alertmanager"])
def test_a_receiver_says_how_long_to_wait(kind: str, receiver: Receiver) -> None:
    outcome = send(kind, receiver, "429:77")
    assert isinstance(outcome, Later) and outcome.seconds == 77
    assert "this is what 429 says" in outcome.why


@pytest.mark.parametrize("kind", KINDS)
def test_redirects_are_not_followed(kind: str, receiver: Receiver) -> None:
    with serving(Receiver()) as elsewhere:
        outcome = send(kind, receiver, f"302:{elsewhere.url}/stolen")
        assert isinstance(outcome, Refused) and "302" in outcome.why
        assert elsewhere.got == []


@pytest.mark.parametrize("kind", KINDS)
def test_nobody_listens(kind: str) -> None:
    outcome = asyncio.run(notifier(kind, "http://127.0.0.1:1").send(notice()))
    assert isinstance(outcome, Later) and SECRET not in outcome.why


def test_an_apprise_receiver_that_hangs_is_left_alone_and_holds_nobody(receiver: Receiver) -> None:
    async def sends() -> tuple[Delivered, Delivered, float]:
        receiver.script.append("drip")
        slow = notifier("apprise", receiver.url)
        started = time.monotonic()
        first = await slow.send(notice())
        return first, await slow.send(notice()), time.monotonic() - started

    with impatient():
        first, second, took = asyncio.run(sends())
    assert isinstance(first, Later) and isinstance(second, Later)
    assert took < 60 and len(receiver.got) == 1, "the second is not sent while the first one may still arrive"


@pytest.mark.parametrize(
    ("titles", "texts"), [(250, 35_000), (0, 1024), (0, 2000), (250, 140), (0, 160), (30, 1000), (100, 32_768)]
)
def test_a_message_fits_into_every_receiver(titles: int, texts: int) -> None:
    message = notice(*(line(name=f"an-application-with-a-long-name-{n}") for n in range(12)))
    heading, text = chat.fitted(message, titles, texts)
    assert 0 < len(text) <= texts
    assert len(heading) <= titles if titles else len(heading) + len(text) + 2 <= texts
    assert "an-application-with-a-long-name-0" in heading + text


def test_a_webhook_can_be_verified_as_the_manual_says(receiver: Receiver) -> None:
    send("webhook", receiver)
    (got,) = receiver.taken
    signed = f"{got.headers['X-Whydrift-Timestamp']}.".encode() + got.content
    expected = "sha256=" + hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
    assert hmac.compare_digest(got.headers["X-Whydrift-Signature"], expected)
    assert abs(time.time() - int(got.headers["X-Whydrift-Timestamp"])) < 60
    assert got.headers["Idempotency-Key"] == got.headers["X-Whydrift-Key"] == got.body["key"] == notice().key
    assert got.path == f"/services/{SECRET}?token={SECRET}"


def test_a_login_in_the_address_goes_into_a_header(receiver: Receiver) -> None:
    url = receiver.url.replace("http://", "http://user:pass@")
    assert asyncio.run(open_notifier("webhook", url, "", "", "", {}).send(notice())) == Sent()
    (got,) = receiver.taken
    assert got.headers["Authorization"] == "Basic dXNlcjpwYXNz" and "X-Whydrift-Signature" not in got.headers


def test_alerts_fire_while_there_is_something_and_are_resolved_when_it_is_gone(receiver: Receiver) -> None:
    there, gone = line(left=2, worst=Severity.ATTENTION), line("gone", name="other", left=0)
    told = open_notifier("alertmanager", receiver.url, SECRET, "", "", {})
    assert asyncio.run(told.send(notice(there, gone))) == Sent()
    (got,) = receiver.taken
    assert got.path == "/api/v2/alerts" and got.headers["Authorization"] == f"Bearer {SECRET}"
    firing = [alert for alert in got.body if alert["endsAt"] > time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())]
    assert [(a["labels"]["app"], a["labels"]["severity"]) for a in firing] == [("shop", "attention")]
    assert {a["labels"]["app"] for a in got.body if a not in firing} == {"shop", "other"}
    assert all(alert["startsAt"] <= alert["endsAt"] for alert in got.body), "Alertmanager refuses others"
    assert {name for alert in got.body for name in alert["labels"]} == {
        "alertname", "app", "app_namespace", "cause", "severity", "project",
    }  # fmt: skip


def test_a_reminder_resolves_nothing(receiver: Receiver) -> None:
    told = open_notifier("alertmanager", receiver.url, "", "", "", {})
    assert asyncio.run(told.remind([line("still")])) == Sent()
    (got,) = receiver.taken
    assert [alert["labels"]["severity"] for alert in got.body] == ["loses"]


@pytest.mark.parametrize(
    ("kind", "url", "words"),
    [
        ("webhook", f"ftp://host/{SECRET}", "http"),
        ("webhook", f"http:///{SECRET}", "http"),
        ("webhook", f"http://host:port/{SECRET}", "http"),
        ("alertmanager", SECRET, "http"),
        ("apprise", f"nothing://{SECRET}", "Apprise"),
        ("github", f"http://example.com/{SECRET}", "not encrypted"),
    ],
)
def test_an_address_that_cannot_be_used_is_not_told(kind: str, url: str, words: str) -> None:
    with pytest.raises(UsageError, match=words) as told:
        open_notifier(kind, url, SECRET, "owner/repo", "", {})
    assert SECRET not in str(told.value)
