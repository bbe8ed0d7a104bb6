"""What is not taken: writes, bodies, long addresses, too many requests, endless heads; and what takes too long."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient
from tests.web.fleet import Rights, client_of, opened, served, site_of

from whydrift.adapters.store.store import SqlStore
from whydrift.errors import StoreError
from whydrift.web import server
from whydrift.web.authentication import ProxyHeader
from whydrift.web.door import Limits
from whydrift.web.pace import MOST_CLIENTS, Buckets


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND"])
@pytest.mark.parametrize("path", ["/", "/api/v1/findings", "/metrics", "/healthz", "/nowhere"])
def test_nothing_is_written(client: TestClient, method: str, path: str) -> None:
    """Only GET and HEAD are answered."""
    answer = client.request(method, path)
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


def test_no_request_has_a_body_or_a_long_address(client: TestClient) -> None:
    """413 and 414, whoever asks."""
    assert client.request("GET", "/", content=b"x").status_code == 413
    assert client.request("GET", "/", headers={"transfer-encoding": "chunked"}).status_code == 413
    assert client.get("/?" + "q=a&" * 4_000).status_code == 414
    assert client.get("/" + "a" * 9_000).status_code == 414


def test_one_client_cannot_ask_for_everything(store: SqlStore) -> None:
    """429 with the time to wait; others are not held up; behind a proxy each user counts, not the proxy."""
    slow = Limits(rate=0.5, burst=3)
    site = site_of(store, ProxyHeader("x-user", ["10.0.0.0/8"]), limits=slow)
    client = client_of(site, "10.0.0.1")
    ada = [client.get("/healthz") for _ in range(5)] and [client.get("/", headers={"x-user": "ada"}) for _ in range(5)]
    assert [answer.status_code for answer in ada] == [200, 200, 200, 429, 429]
    assert ada[-1].headers["retry-after"] in ("1", "2")
    assert client.get("/", headers={"x-user": "eve"}).status_code == 200
    guessing = client_of(site_of(store, visibility=Rights({}), limits=slow), "192.0.2.7", token="guess")
    assert [guessing.get("/").status_code for _ in range(5)] == [401, 401, 401, 429, 429]
    everybody = client_of(site_of(store, visibility=Rights({"a": frozenset(), "b": frozenset()}), limits=slow))
    statuses = [everybody.get("/", headers={"authorization": f"Bearer {who}"}).status_code for who in "aaaabbbb"]
    assert statuses == [200, 200, 200, 429] * 2
    here = client_of(site_of(store, limits=slow))
    assert [here.get("/").status_code for _ in range(4)] == [200, 200, 200, 429]


@given(st.lists(st.floats(0, 5), max_size=200), st.integers(1, 10), st.floats(0.1, 10))
def test_never_more_than_the_bucket_and_the_rate(waits: list[float], burst: int, rate: float) -> None:
    """In any time, a client gets at most the burst and what has dripped in since."""
    now, taken = 0.0, 0
    buckets = Buckets(rate, burst, lambda: now)
    for wait in waits:
        now += wait
        taken += buckets.take("a") == 0
        assert taken <= burst + rate * now + 1e-6
        assert 0 <= buckets.take("b" + str(now)) <= 1 / rate + 1


def test_buckets_are_bounded() -> None:
    """A client that changes its name does not fill the memory."""
    buckets = Buckets(1, 1)
    for number in range(MOST_CLIENTS + 500):
        buckets.take(str(number))
    assert len(buckets._left) == MOST_CLIENTS


class Failing(SqlStore):
    """A store whose database is gone, or slow."""

    seconds = 0.0

    def applications(self, visible: object = None) -> tuple[()]:
        """Fail, after a while."""
        time.sleep(self.seconds)
        if not self.seconds:
            raise StoreError("postgresql://host/db: secret-detail: connection refused")
        return ()

    def newest(self) -> str:
        """Fail as well."""
        self.applications()
        return ""


def test_a_store_that_is_away_is_said_and_not_described(tmp_path: Path) -> None:
    """503 for pages, API and readiness; what the database said is in the log only."""
    client = client_of(site_of(Failing("", tmp_path)))
    for path in ("/", "/api/v1/applications", "/metrics", "/readyz"):
        answer = client.get(path)
        assert answer.status_code == 503
        assert "secret-detail" not in answer.text
    assert client.get("/healthz").status_code == 200


def test_a_page_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    """503, not a connection for ever."""
    slow = Failing("", tmp_path)
    slow.seconds = 1.0
    assert client_of(site_of(slow, limits=Limits(seconds=0.1))).get("/").status_code == 503


def test_readiness_is_about_looks(store: SqlStore, empty: SqlStore) -> None:
    """Nothing looked at, or too long ago: not ready, and said why."""
    assert client_of(site_of(store)).get("/readyz").text == "ready\n"
    assert client_of(site_of(store, stale=60)).get("/readyz").text == "the last look is too old\n"
    assert client_of(site_of(empty)).get("/readyz").text == "nothing was looked at yet\n"


@pytest.fixture
def port(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A real server that waits a second for the head of a request."""
    monkeypatch.setattr(server, "HEADER_SECONDS", 1.0)
    with served(site_of(opened(tmp_path))) as number:
        yield number


def said(port: int, *pieces: bytes, pause: float = 0.0) -> bytes:
    """What the server says to pieces of a request, until it closes; an error where it keeps one waiting."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        for piece in pieces:
            with suppress(BrokenPipeError, ConnectionResetError):
                connection.sendall(piece)
            time.sleep(pause)
        found = b""
        with suppress(ConnectionResetError):
            while chunk := connection.recv(65_536):
                found += chunk
    return found


HEAD = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n"


def test_a_head_that_never_ends_is_not_waited_for(port: int) -> None:
    """Neither the first of a connection, nor a later one."""
    assert said(port) == b""
    assert said(port, HEAD) == b""
    assert said(port, HEAD, *[b"x: y\r\n"] * 4, pause=0.4) == b""
    assert said(port, HEAD + b"\r\n", HEAD, pause=0.2).count(b"200 OK") == 1


def test_a_head_in_pieces_is_answered(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """As long as it becomes whole in time."""
    monkeypatch.setattr(server, "HEADER_SECONDS", 60.0)
    assert b"200 OK" in said(port, *[HEAD[n : n + 9] for n in range(0, len(HEAD), 9)], b"connection: close\r\n\r\n")


@pytest.mark.parametrize("line", [b"x: " + b"y" * 400_000, b"x" * 400_000, b"no header", b"a: b\x00c"])
def test_heads_that_are_none_get_400(port: int, line: bytes) -> None:
    """Too long, or not HTTP."""
    assert said(port, HEAD + line + b"\r\n\r\n").startswith(b"HTTP/1.1 400")


def test_it_does_not_say_what_it_runs_on(port: int) -> None:
    """No server header."""
    assert b"server:" not in said(port, HEAD + b"connection: close\r\n\r\n").lower()
