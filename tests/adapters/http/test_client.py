"""The client against a server that misbehaves on demand: complete answers, one pace, bounded waiting."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.replay import Fault, Replay
from tests.replay.recorded import RECORDINGS
from tests.serving import free_port

from whydrift.adapters.http.client import Answer, Client, Limits
from whydrift.adapters.http.endpoint import Endpoint, Tls, is_loopback
from whydrift.adapters.http.pace import Pace, Patience, retry_after
from whydrift.adapters.http.words import LONGEST, Lost, one_line

SETTINGS, VERSION, LIST = "/api/v1/settings", "/api/version", "/api/v1/applications"
QUICK = Patience(retries=2, first=0.01, longest=5.0)


@pytest.fixture
def replay() -> Iterator[Replay]:
    with Replay(RECORDINGS[0]) as running:
        yield running


def get(
    replay: Replay,
    *paths: str,
    faults: Sequence[str] = (),
    limits: Limits | None = None,
    patience: Patience = QUICK,
    compress: bool = False,
) -> list[Answer | Lost]:
    """The outcomes of GETs that run at the same time."""
    replay.faults = [Fault.parse(fault) for fault in faults]

    async def all_of_them() -> list[Answer | Lost]:
        client = Client(Endpoint(replay.url, compress=compress), Pace(8, patience), limits)
        try:
            return list(await asyncio.gather(*(client.get(path) for path in paths)))
        finally:
            await client.close()

    return asyncio.run(all_of_them())


@pytest.mark.parametrize("kind", ["truncated", "cut-chunk", "reset", "hangup", "502", "503", "504", "429", "damaged"])
def test_repeats_what_may_pass(replay: Replay, kind: str) -> None:
    (whole,) = get(replay, LIST)
    (repeated,) = get(replay, LIST, faults=[f"*={kind}@1-2"])
    assert isinstance(whole, Answer)
    assert isinstance(repeated, Answer)
    assert repeated.content == whole.content
    assert replay.count() == 1 + 3


@pytest.mark.parametrize("kind", ["truncated", "cut-chunk", "reset", "hangup", "damaged"])
def test_never_gives_half_an_answer(replay: Replay, kind: str) -> None:
    (outcome,) = get(replay, LIST, faults=[f"*={kind}"])
    assert isinstance(outcome, Lost)
    assert replay.count() == 1 + QUICK.retries


@pytest.mark.parametrize("kind", ["truncated", "cut-chunk", "reset", "hangup"])
def test_an_answer_that_breaks_off_under_tls_is_no_failure_of_tls(kind: str) -> None:
    async def one(replay: Replay, path: str) -> Answer | Lost:
        client = Client(Endpoint(replay.url, tls=Tls(insecure=True)), Pace(8, QUICK))
        try:
            return await client.get(path)
        finally:
            await client.close()

    for strikes, whole in ((f"{LIST}={kind}@1-2", True), (f"{LIST}={kind}", False)):
        with Replay(RECORDINGS[0], certificate="server", faults=[Fault.parse(strikes)]) as replay:
            outcome = asyncio.run(one(replay, LIST))
        assert isinstance(outcome, Answer) is whole
        assert isinstance(outcome, Answer) or "TLS" not in outcome.why


@pytest.mark.parametrize("status", [400, 401, 403, 404, 500])
def test_does_not_repeat_what_will_not_pass(replay: Replay, status: int) -> None:
    (outcome,) = get(replay, LIST, faults=[f"*={status}"])
    assert isinstance(outcome, Answer)
    assert outcome.status == status
    assert replay.count() == 1


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_server_slows_everybody_down(replay: Replay, status: int) -> None:
    outcomes = get(replay, VERSION, *[SETTINGS] * 12, faults=[f"{VERSION}={status}:2@1", f"{SETTINGS}=silent:1"])
    assert all(isinstance(outcome, Answer) and outcome.status == 200 for outcome in outcomes)
    refused = next(seen.at for seen in replay.seen if seen.path == VERSION)
    waited = [seen for seen in replay.seen if seen.at - refused >= 1.9]
    assert len(waited) >= 1 + 12 - 7  # seven were under way beside the one that was refused


@pytest.mark.parametrize(("fault", "why"), [("503:0", "503"), ("reset", "connection lost")])
def test_says_whom_it_waits_for_while_it_waits(
    replay: Replay, caplog: pytest.LogCaptureFixture, fault: str, why: str
) -> None:
    """The host, what it answered, how long, and how often yet: a face that shows progress listens."""
    caplog.set_level("INFO", "whydrift.waiting")
    get(replay, VERSION, faults=[f"{VERSION}={fault}@1-2"])
    host = Endpoint(replay.url).host
    assert [record.getMessage() for record in caplog.records] == [
        f"{host}: {why}, waiting 0 s ({number} of 2)" for number in (1, 2)
    ]


def test_halves_what_runs_at_once_when_the_server_is_busy(replay: Replay) -> None:
    replay.faults = [Fault.parse(f"{VERSION}=429:0@1"), Fault.parse(f"{SETTINGS}=silent:0.05")]

    async def one_then_many() -> None:
        client = Client(Endpoint(replay.url), Pace(8, QUICK))
        await client.get(VERSION)
        await asyncio.gather(*(client.get(SETTINGS) for _ in range(24)))
        await client.close()

    asyncio.run(one_then_many())
    assert 2 <= replay.most_running <= 4


def test_keeps_to_eight_at_once(replay: Replay) -> None:
    outcomes = get(replay, *[SETTINGS] * 40, faults=["*=silent:0.05"])
    assert len(outcomes) == 40
    assert 2 <= replay.most_running <= 8


def test_leaves_a_server_alone_that_asks_for_more_than_we_wait(replay: Replay) -> None:
    replay.faults = [Fault.parse("*=429:3600")]

    async def many() -> list[Answer | Lost]:
        client = Client(Endpoint(replay.url), Pace(2, QUICK))
        outcomes = [await client.get(LIST) for _ in range(30)]
        await client.close()
        return outcomes

    started = time.monotonic()
    outcomes = asyncio.run(many())
    assert all(isinstance(outcome, Answer) and outcome.status == 429 for outcome in outcomes)
    assert replay.count() == 1
    assert time.monotonic() - started < 60


def test_a_dead_server_costs_one_patience_not_one_for_each_question(replay: Replay) -> None:
    outcomes = get(replay, *[LIST] * 60, faults=["*=reset"], patience=Patience(retries=3, first=0.05))
    assert all(isinstance(outcome, Lost) for outcome in outcomes)
    assert replay.count() < 60 + 8 * 3 + 8


def test_a_server_that_hangs_costs_one_silence_and_is_asked_again_later(replay: Replay) -> None:
    """It takes connections and answers nothing, as a stopped process does: queued questions end with it."""
    limits = Limits(silence=2.0, gone=1.0, rest=0.5)
    replay.faults = [Fault.parse(f"{SETTINGS}=held")]

    async def many() -> tuple[list[Answer | Lost], Answer | Lost]:
        client = Client(Endpoint(replay.url), Pace(4, QUICK), limits)
        await client.get(VERSION)
        outcomes = await asyncio.gather(*(client.get(SETTINGS) for _ in range(40)))
        await asyncio.sleep(limits.rest)
        after = await client.get(VERSION)
        await client.close()
        return list(outcomes), after

    outcomes, after = asyncio.run(many())
    assert all(isinstance(outcome, Lost) for outcome in outcomes)
    assert replay.count(SETTINGS) <= 8, "the others were not asked"
    assert isinstance(after, Answer)


@pytest.mark.parametrize(("away", "gone", "answered"), [(0.6, 60.0, True), (60.0, 0.4, False)])
def test_a_server_that_is_restarted_is_waited_for(away: float, gone: float, answered: bool) -> None:
    """Longer than other failures are repeated, and not for ever: nothing that was asked meanwhile is lost."""

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
        await writer.drain()
        writer.close()

    async def asked() -> tuple[list[Answer | Lost], list[str], float]:
        port = free_port()
        server = await asyncio.start_server(answer, "127.0.0.1", port)
        client = Client(
            Endpoint(f"http://127.0.0.1:{port}"), Pace(4, Patience(retries=1, first=0.01)), Limits(gone=gone)
        )
        await client.get("/first")
        server.close()
        await server.wait_closed()
        started = time.monotonic()
        waiting = asyncio.gather(*(client.get(f"/{number}") for number in range(12)))
        await asyncio.wait([waiting], timeout=away)
        if not waiting.done():
            server = await asyncio.start_server(answer, "127.0.0.1", port)
        outcomes = await waiting
        await client.close()
        server.close()
        return list(outcomes), client.pace.notes(), time.monotonic() - started

    outcomes, notes, took = asyncio.run(asked())
    assert [isinstance(outcome, Answer) for outcome in outcomes] == [answered] * 12
    assert any(note.startswith("connection refused (") for note in notes)
    assert took < 50, "not for ever"


@pytest.mark.parametrize(
    ("fault", "limits", "says"),
    [
        ("*=silent:120", Limits(silence=0.2), "did not answer in time"),
        ("*=slow:120", Limits(silence=15.0, whole=0.5), "did not finish its answer in time"),
        ("*=slow:0", Limits(size=1000), "larger than"),
    ],
)
def test_bounds_time_and_size_of_an_answer(replay: Replay, fault: str, limits: Limits, says: str) -> None:
    started = time.monotonic()
    (outcome,) = get(replay, LIST, faults=[fault], limits=limits)
    assert isinstance(outcome, Lost)
    assert says in outcome.why
    assert replay.count() == 1
    assert time.monotonic() - started < 60


def test_asks_for_gzip_only_where_it_is_told_to(replay: Replay) -> None:
    plain, packed = get(replay, LIST), get(replay, LIST, compress=True)
    assert plain == packed
    assert [seen.header("Accept-Encoding") for seen in replay.seen] == ["identity", "gzip"]


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("http://localhost:8080", True),
        ("http://127.0.0.1", True),
        ("https://127.9.9.9/x", True),
        ("https://[::1]:8443", True),
        ("http://argocd.localhost", True),
        ("https://argocd.example.com", False),
        ("https://10.0.0.1", False),
        ("https://localhost.example.com", False),
        ("https://128.0.0.1", False),
    ],
)
def test_knows_this_machine(url: str, here: bool) -> None:
    assert is_loopback(url) is here


def test_follows_redirects_on_its_own_host_only(replay: Replay) -> None:
    (followed,) = get(replay, VERSION, faults=[f"{VERSION}=redirect:/api/v1/settings"])
    (settings,) = get(replay, SETTINGS)
    assert isinstance(followed, Answer)
    assert isinstance(settings, Answer)
    assert followed.content == settings.content
    (outside,) = get(replay, VERSION, faults=[f"{VERSION}=redirect:https://elsewhere.example.com/login"])
    assert isinstance(outside, Answer)
    assert outside.status == 302
    (circle,) = get(replay, VERSION, faults=[f"{VERSION}=redirect:{VERSION}"])
    assert isinstance(circle, Lost)


def test_says_one_line_for_hosts_that_are_not_there(tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    for address, says in ((url, "refuses connections"), ("http://no-such-host.invalid", "is not known (DNS)")):
        outcome = asyncio.run(Client(Endpoint(address)).get(LIST))
        assert isinstance(outcome, Lost)
        assert says in outcome.why


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("3", 3.0), (" 0 ", 0.0), ("", None), ("soon", None), ("-1", None), ("Sat, 01 Jan 2000 00:00:00 GMT", 0.0)],
)
def test_reads_retry_after(header: str, seconds: float | None) -> None:
    assert retry_after(header) == seconds


@given(st.text(), st.text(min_size=4, max_size=40))
def test_a_foreign_text_becomes_one_printable_line_without_secrets(text: str, secret: str) -> None:
    line = one_line(f"{text}{secret}{text}", (secret,))
    assert line.isprintable()
    assert len(line) <= LONGEST + 2
    assert secret not in line.replace("[hidden]", "")
