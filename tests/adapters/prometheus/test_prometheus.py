"""The Prometheus adapter against a real HTTP server that answers as Prometheus does, or refuses."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from whydrift.adapters.prometheus import TOKEN, connect
from whydrift.core.model.values import Json, JsonObject
from whydrift.errors import UsageError
from whydrift.ports import NotRead


def _vector(*rows: tuple[JsonObject, str]) -> JsonObject:
    result: list[Json] = [{"metric": labels, "value": [1790000000.123, amount]} for labels, amount in rows]
    return {"status": "success", "data": {"resultType": "vector", "result": result}}


CPU = _vector(
    ({"pod": "web-1", "container": "app"}, "0.0453"),
    ({"pod": "web-1", "container": "proxy"}, "0.002"),
    ({"pod": "web-1", "container": "POD"}, "0.5"),
    ({"pod": "web-2", "container": "app"}, "NaN"),
    ({"pod": "web-3"}, "1"),
)
MEMORY = _vector(({"pod": "web-1", "container": "app"}, "52428800"))


@dataclass
class Served:
    """A server on loopback: its URL, what it answers, and what it was asked."""

    url: str = ""
    status: int = 200
    body: bytes | None = None
    asked: list[tuple[str, str]] = field(default_factory=list)
    authorization: list[str | None] = field(default_factory=list)

    def answer(self, query: str) -> bytes:
        """What Prometheus would answer to a query."""
        if self.body is not None:
            return self.body
        return json.dumps(CPU if "cpu" in query else MEMORY if "memory" in query else _vector()).encode()


@pytest.fixture
def served() -> Iterator[Served]:
    """A running server."""
    state = Served()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = parse_qs(parts.query).get("query", [""])[0]
            state.asked.append((parts.path, query))
            state.authorization.append(self.headers.get("Authorization"))
            content = state.answer(query)
            self.send_response(state.status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield state
    server.shutdown()
    server.server_close()


def _pods(url: str, environ: dict[str, str] | None = None) -> tuple[JsonObject, ...] | NotRead:
    async def ask() -> tuple[JsonObject, ...] | NotRead:
        prometheus = connect(url, environ or {})
        try:
            return await prometheus.pods("shop")
        finally:
            await prometheus.close()

    return asyncio.run(ask())


def test_says_what_containers_use_as_the_metrics_api_does(served: Served) -> None:
    app: JsonObject = {"name": "app", "usage": {"cpu": "45300000n", "memory": "52428800"}}
    proxy: JsonObject = {"name": "proxy", "usage": {"cpu": "2000000n"}}
    assert _pods(f"{served.url}/root/") == (
        {"metadata": {"name": "web-1", "namespace": "shop"}, "containers": [app, proxy]},
    )
    assert {path for path, _ in served.asked} == {"/root/api/v1/query"}
    assert all('namespace="shop"' in query for _, query in served.asked)


@pytest.mark.parametrize(
    ("status", "body", "says"),
    [
        (400, b'{"status":"error","errorType":"bad_data","error":"parse error"}', "parse error"),
        (403, b"forbidden", "status 403"),
        (200, b"<html>login</html>", "status 200"),
        (200, b'{"status":"error","error":"query timed out"}', "query timed out"),
        (200, b"[" * 100_000, "status 200"),
    ],
)
def test_a_refusal_is_not_read_and_says_why(served: Served, status: int, body: bytes, says: str) -> None:
    served.status, served.body = status, body
    found = _pods(served.url)
    assert isinstance(found, NotRead)
    assert says in found.why


def test_nothing_used_is_an_answer(served: Served) -> None:
    served.body = json.dumps(_vector()).encode()
    assert _pods(served.url) == ()


def test_a_server_that_is_not_there_is_not_read() -> None:
    found = _pods("http://127.0.0.1:9")
    assert isinstance(found, NotRead)


def test_logins_go_into_a_header_and_never_into_a_message(served: Served) -> None:
    _pods(served.url, {TOKEN: "abc"})
    with_login = served.url.replace("http://", "http://jo:p%40ss@")
    served.status, served.body = 500, b""
    found = _pods(with_login)
    assert served.authorization[0] == "Bearer abc"
    assert served.authorization[-1] == "Basic am86cEBzcw=="
    assert isinstance(found, NotRead)
    assert "p%40ss" not in found.why and "p@ss" not in found.why


@pytest.mark.parametrize("url", ["prometheus:9090", "file:///etc/passwd", "http://", ""])
def test_only_web_addresses_are_taken(url: str) -> None:
    with pytest.raises(UsageError):
        connect(url, {})
