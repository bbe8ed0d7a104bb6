"""A live Argo CD that refuses, misleads, breaks off or is not one: one line says what to do, without a secret."""

from __future__ import annotations

import asyncio
import logging
import re
import socket
import struct
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from tests.replay import CERTIFICATES, Fault, Replay
from tests.replay.recorded import RECORDINGS

from whydrift.adapters.argocd import ArgocdOptions, ArgocdSource, connect
from whydrift.adapters.http.client import Limits
from whydrift.errors import SourceError
from whydrift.ports import Api, Body, NotRead, Question, Reply

TOKEN = "s3cr3t-t0ken-0123456789"
HEADER = "X-Proxy-Key: an0ther-s3cr3t"
LIST = Question(Api.ARGOCD, "/api/v1/applications")
GONE = Question(Api.ARGOCD, "/api/v1/applications/gone/managed-resources")
SETTINGS = Question(Api.ARGOCD, "/api/v1/settings")
RECORDING = RECORDINGS[0]


def source(replay: Replay, **stated: object) -> ArgocdSource:
    """A connection to the replay server, with a login."""
    options = ArgocdOptions(**{"server": replay.url, "auth_token": TOKEN, "headers": (HEADER,), "retries": 1, **stated})  # type: ignore[arg-type]  # keyword arguments of many types
    return connect(options, {}, Path("/nonexistent"))


def ask(source: ArgocdSource, *questions: Question) -> list[Reply]:
    """One question after the other."""

    async def in_turn() -> list[Reply]:
        try:
            return [await source.ask(question) for question in questions]
        finally:
            await source.close()

    return asyncio.run(in_turn())


def refusal(*faults: str, question: Question = LIST, **stated: object) -> NotRead:
    """What is said of one question under faults."""
    with Replay(RECORDING, token=TOKEN, faults=[Fault.parse(fault) for fault in faults]) as replay:
        (reply,) = ask(source(replay, **stated), question)
    assert isinstance(reply, NotRead)
    assert reply.why.isprintable()
    assert TOKEN not in reply.why
    return reply


@pytest.mark.parametrize(
    ("fault", "question", "status", "says"),
    [
        ("*=401", LIST, 401, "401: the login is not accepted (fault 401): give --auth-token a new one"),
        ("*=403", GONE, 403, "403: gone, or not allowed (fault 403)"),
        ("*=403", LIST, 403, "403: not allowed (fault 403)"),
        ("*=404", GONE, 404, "404: not there"),
        ("*=500", GONE, 500, "500: fault 500"),
        ("*=429:0", LIST, 429, "429: too many requests, also after waiting"),
        ("*=503:0", LIST, 503, "503: fault 503"),
        ("*=html", LIST, None, "not an Argo CD API: HTML from 127.0.0.1"),
        ("*=grpc", LIST, 415, "speaks only gRPC here"),
        ("*=gateway", LIST, 502, "if it passes gRPC only, use the host that --grpc-web or the web page uses"),
        ("*=464", LIST, 464, "speaks only gRPC here"),
        (
            "*=redirect:https://sso.example.com/auth?state=x",
            LIST,
            302,
            "sends us to https://sso.example.com (an SSO",
        ),
        ("*=redirect:https://127.0.0.1/api", LIST, 302, "wants TLS: give its address as https://HOST"),
        ("*=wrong-json", LIST, None, "the answer ends in the middle"),
        ("*=truncated", SETTINGS, None, "the answer was cut off"),
        ("*=cut-chunk", SETTINGS, None, "the answer was cut off"),
        ("*=reset", GONE, None, "broke off"),
        ("*=echo", LIST, 403, "Authorization: [hidden]"),
    ],
)
def test_says_what_is_wrong_and_what_to_do(fault: str, question: Question, status: int | None, says: str) -> None:
    if fault == "*=reset":  # a server that was never met is another matter, below
        fault = "*gone*=reset"
        with Replay(RECORDING, token=TOKEN, faults=[Fault.parse(fault)]) as replay:
            _, reply = ask(source(replay), LIST, question)
        assert isinstance(reply, NotRead)
    else:
        reply = refusal(fault, question=question)
    assert says in reply.why
    assert reply.status == status


def test_a_login_that_is_missing_says_how_to_get_one() -> None:
    with Replay(RECORDING, token=TOKEN) as replay:
        missing = ask(source(replay, auth_token=None), LIST)[0]
        below = ask(source(replay, auth_token=None, server=f"{replay.url}/argo/cd/"), LIST)[0]
        wrong = ask(source(replay, auth_token="wrong"), LIST)[0]
    assert isinstance(missing, NotRead)
    assert isinstance(wrong, NotRead)
    assert f"run `argocd login {replay.host} --plaintext`, or set" in missing.why
    assert isinstance(below, NotRead)
    assert f"`argocd login {replay.host} --plaintext --grpc-web-root-path /argo/cd`" in below.why
    assert "run `argocd relogin`" in wrong.why


def test_a_server_that_was_never_met_is_an_error() -> None:
    with Replay(RECORDING) as replay:
        pass
    with pytest.raises(SourceError, match="refuses connections: is it running, is the port right"):
        ask(source(replay), LIST)
    with pytest.raises(SourceError, match=r"no-such-host\.invalid is not known"):
        ask(source(replay, server="no-such-host.invalid"), LIST)
    with (
        Replay(RECORDING, faults=[Fault.parse("*=hangup")]) as replay,
        pytest.raises(SourceError, match="without an answer"),
    ):
        ask(source(replay), LIST)


def test_a_server_that_goes_away_leaves_questions_unread_and_is_not_waited_for_each_time() -> None:
    with Replay(RECORDING) as replay:
        argocd = source(replay)
        argocd.client.limits = Limits(gone=3.0)

        async def go_away() -> list[Reply]:
            assert isinstance(await argocd.ask(LIST), Body)
            replay.stop()
            return list(await asyncio.gather(*(argocd.ask(SETTINGS) for _ in range(40))))

        started = time.monotonic()
        replies = asyncio.run(go_away())
    assert all(isinstance(reply, NotRead) and "refuses connections" in reply.why for reply in replies)
    assert argocd.requests == 41
    assert time.monotonic() - started < 25, "waited for once: four at a time would wait for 30 s"


def test_sends_hints_user_agent_headers_and_token() -> None:
    with Replay(RECORDING, token=TOKEN, root="/deep/er") as replay:
        argocd = source(replay)
        ask(argocd, Question(Api.ARGOCD, "/api/version", hints=(("project", "a b&c"),)))
        (seen,) = replay.seen
    assert seen.query == "project=a%20b%26c"
    assert re.fullmatch(r"whydrift/\d+\.\d+.*", seen.header("User-Agent"))
    assert seen.header("X-Proxy-Key") == "an0ther-s3cr3t"
    assert seen.header("Authorization") == f"Bearer {TOKEN}"
    assert seen.header("Accept-Encoding") == "identity"


def test_a_proxy_that_needs_authorization_leaves_the_cookie_to_argocd() -> None:
    with Replay(RECORDING) as replay:
        ask(source(replay, headers=("Authorization: Basic dXNlcjpwYXNz",)), SETTINGS)
        (seen,) = replay.seen
    assert seen.header("Authorization") == "Basic dXNlcjpwYXNz"
    assert seen.header("Cookie") == f"argocd.token={TOKEN}"


def test_notes_what_slowed_it_down() -> None:
    with Replay(RECORDING, faults=[Fault.parse("*=429:0@1"), Fault.parse("*=reset@1")]) as replay:
        argocd = source(replay, retries=3)
        ask(argocd, SETTINGS)
    assert argocd.notes == ["429 (1 ×): slowed down to 4 at a time", "connection lost (1 ×): asked again"]


def test_only_gets(tmp_path: Path) -> None:
    with Replay(RECORDING) as replay:
        reply = ask(source(replay), Question(Api.KUBERNETES, "/api/v1/pods"))[0]
        assert isinstance(reply, NotRead)
        assert replay.seen == []


TLS: Sequence[tuple[str, dict[str, object], dict[str, object], str]] = [
    ("its CA is given", {"certificate": "server"}, {"server_crt": "ca.crt"}, ""),
    ("it is its own anchor", {"certificate": "server"}, {"server_crt": "server.crt"}, ""),
    ("nobody is checked", {"certificate": "expired"}, {"insecure": True}, ""),
    ("client certificate", {"certificate": "server", "client_certificates": True},
     {"server_crt": "ca.crt", "client_crt": "client.crt", "client_crt_key": "client.key"}, ""),
    ("unknown CA", {"certificate": "server"}, {}, "here: give its CA with ARGOCD_OPTS='--server-crt"),
    ("other CA", {"certificate": "server"}, {"server_crt": "elsewhere.crt"}, "CA that is not known here"),
    ("other host", {"certificate": "elsewhere"}, {"server_crt": "ca.crt"}, "the certificate is not for 127.0.0.1"),
    ("expired", {"certificate": "expired"}, {"server_crt": "ca.crt"}, "has expired: renew it on the server"),
    ("no client certificate", {"certificate": "server", "client_certificates": True}, {"server_crt": "ca.crt"},
     "asks for a client certificate"),
    ("plaintext at a TLS port", {"certificate": "server"}, {"plaintext": True}, "leave --plaintext out of ARGOCD_OPTS"),
    ("TLS at a plaintext port", {}, {"plaintext": False}, "does not speak TLS: give its address as http://"),
    ("a CA that is none", {"certificate": "server"}, {"server_crt": "make.sh"}, "the CA certificate is not a PEM"),
    ("other key", {"certificate": "server"}, {"client_crt": "client.crt", "client_crt_key": "server.key"}, "no pair"),
]  # fmt: skip


@pytest.mark.parametrize(("served", "stated", "says"), [row[1:] for row in TLS], ids=[row[0] for row in TLS])
def test_trusts_what_it_is_told_to_and_says_why_not(
    served: dict[str, object], stated: dict[str, object], says: str
) -> None:
    files = ("server_crt", "client_crt", "client_crt_key")
    paths = {key: str(CERTIFICATES / str(stated[key])) for key in files if key in stated}
    with Replay(RECORDING, **served) as replay:  # type: ignore[arg-type]  # keyword arguments of several types
        argocd = source(replay, **{**stated, **paths, "server": replay.host})
        if not says:
            assert isinstance(ask(argocd, LIST)[0], Body)
            return
        with pytest.raises(SourceError) as caught:
            ask(argocd, LIST)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("reset", [True, False])
def test_a_server_without_tls_may_just_hang_up(reset: bool) -> None:
    """As argocd-server --insecure does, which looks at the first bytes and finds no protocol that it knows."""
    with hangs_up(reset) as host, pytest.raises(SourceError) as caught:
        ask(connect(ArgocdOptions(server=host, retries=1), {}, Path("/nonexistent")), LIST)
    assert "broke off at once: if it does not speak TLS, give its address as http://" in str(caught.value)
    assert "if it asks for a client certificate, set ARGOCD_OPTS=" in str(caught.value)


@contextmanager
def hangs_up(reset: bool) -> Iterator[str]:
    """A server that reads a little and closes the connection, or resets it."""

    def serve() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                connection.recv(64)
                linger = struct.pack("ii", 1, 0) if reset else struct.pack("ii", 0, 0)
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                connection.close()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, daemon=True).start()
        yield f"127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)


def test_another_server_is_no_argocd() -> None:
    """A 404 that is not Argo CD's: a wrong port or root path."""
    with Replay(RECORDING, root="/deep") as replay:
        reply = ask(source(replay, server=f"http://{replay.host}/else"), LIST)[0]
    assert isinstance(reply, NotRead)
    assert "no Argo CD API here" in reply.why


def test_no_secret_in_messages_logs_and_reprs(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    options = ArgocdOptions(auth_token=TOKEN, headers=(HEADER,), server="127.0.0.1:1", plaintext=True)
    said = [repr(options)]
    with Replay(
        RECORDING, token=TOKEN, faults=[Fault.parse("*settings=echo"), Fault.parse("*gone*=truncated")]
    ) as replay:
        argocd = source(replay)
        said += [repr(argocd), repr(vars(argocd)), repr(ask(argocd, LIST, SETTINGS, GONE)), repr(argocd.notes)]
    with pytest.raises(SourceError, match=r"127\.0\.0\.1:1 refuses connections") as caught:
        ask(connect(options, {"HTTP_PROXY": "http://me:pr0xypass@127.0.0.1:2"}, Path("/nonexistent")), LIST)
    said += [str(caught.value), repr(caught.value), caplog.text]
    for secret in (TOKEN, "an0ther-s3cr3t", "pr0xypass"):
        assert secret not in "\n".join(said)


def test_goes_through_a_proxy_and_says_when_it_refuses() -> None:
    with Replay(RECORDING) as replay:
        proxy = {"HTTP_PROXY": replay.url.replace("http://", "http://me:pr0xypass@")}
        options = ArgocdOptions(server="http://argocd.example.com")
        reply = ask(connect(options, proxy, Path("/nonexistent")), LIST)[0]
        secure = ArgocdOptions(server="https://argocd.example.com")
        with pytest.raises(SourceError) as caught:
            ask(connect(secure, {"HTTPS_PROXY": proxy["HTTP_PROXY"]}, Path("/nonexistent")), LIST)
    with pytest.raises(SourceError) as gone:
        ask(connect(secure, {"HTTPS_PROXY": proxy["HTTP_PROXY"]}, Path("/nonexistent")), LIST)
    assert f"the proxy {replay.host} refuses connections" in str(gone.value)
    assert isinstance(reply, Body)
    assert replay.seen[0].header("Host") == "argocd.example.com"
    assert replay.seen[0].header("Proxy-Authorization").startswith("Basic ")
    assert "the proxy does not let us through to argocd.example.com" in str(caught.value)
    assert "pr0xypass" not in str(caught.value)


def test_a_proxy_that_asks_for_a_login_is_given_one_in_its_address() -> None:
    """Not going through it, which is what is said of any other refusal, would lead nowhere."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def refuse() -> None:
            near, _ = listening.accept()
            with near:
                near.recv(4096)
                near.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")

        threading.Thread(target=refuse, daemon=True).start()
        proxy = {"HTTPS_PROXY": f"http://127.0.0.1:{listening.getsockname()[1]}"}
        with pytest.raises(SourceError, match=r"\(407 .*\): USER:PASSWORD@ in HTTPS_PROXY"):
            ask(connect(ArgocdOptions(server="https://argocd.example.com"), proxy, Path("/nonexistent")), LIST)
