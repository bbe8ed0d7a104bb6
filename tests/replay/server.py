"""The server: recorded answers by URL, a bearer token, TLS, a root path, counted requests."""

from __future__ import annotations

import gzip
import os
import select
import socket
import ssl
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.replay.faults import Fault
from tests.replay.living import Living
from tests.replay.mischief import KINDS, misbehave, shut
from tests.replay.refusals import refusal
from whydrift.adapters.files.recording import REFUSALS, Files, place_of
from whydrift.ports import Api, Question

CERTIFICATES = Path(__file__).parent / "certificates"
HINTS = frozenset({"project", "limit", "timeoutSeconds", "resourceVersion", "fields"})
"""Query parameters that change nothing in a recorded answer, or leave parts of it out."""
ALONE, TOGETHER = 0.763 / 20.4e6, 0.501 / 20.4e6
"""Seconds a byte that argocd-server 3.5 took for 20.4 MB of managed-resources, one and eight at a time, at its best
(proving/fleets/many/README.md); its list of applications took as long a byte as one alone."""
NOT_RECORDED = 501
"""Neither 404 (it does not exist) nor 403: the recording says nothing."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One request as it came in; `path` is decoded and without the root path."""

    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    at: float = field(default_factory=time.monotonic)

    def header(self, name: str) -> str:
        """The value of one header, "" where it was not sent."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")


class Replay:
    """Serves one recording: Argo CD's API at `url`, the Kubernetes API at `kubernetes_url`, both on one port.

    With several instances or clusters: at `url`/instances/ID and `url`/clusters/ID. A context manager. A `living` one
    has Applications that change, and can be watched.
    """

    def __init__(
        self,
        recording: Path,
        *,
        token: str = "",
        root: str = "",
        faults: Sequence[Fault] = (),
        certificate: str = "",
        client_certificates: bool = False,
        port: int = 0,
        paced: bool = False,
        living: bool = False,
    ) -> None:
        self.files = Files(recording)
        self.living = Living(self.files) if living else None
        self.paced = paced
        self.token = token
        self.root = f"/{root.strip('/')}" if root.strip("/") else ""
        self.faults = list(faults)
        unknown = [fault.kind for fault in faults if not fault.kind.isdigit() and fault.kind not in KINDS]
        if unknown:
            raise ValueError(f"no such fault: {', '.join(unknown)}")
        self.seen: list[Seen] = []
        self.sent = 0
        """Bytes of all answers, streams aside."""
        self.running = self.most_running = 0
        self.go_on = threading.Event()
        """Lets go of requests that are held (a fault)."""
        self._lock, self._working = threading.Lock(), threading.Lock()
        self._server = _Server(("127.0.0.1", port), self, _context(certificate, client_certificates))
        self.host = f"127.0.0.1:{self._server.server_address[1]}"
        self.url = f"{'https' if certificate else 'http'}://{self.host}{self.root}"
        self.kubernetes_url = f"{self.url}/kubernetes"

    def __enter__(self) -> Replay:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def serve(self) -> None:
        """Serve until interrupted."""
        self._server.serve_forever()

    def stop(self) -> None:
        """Close the port and every connection."""
        self._server.shutdown()
        self._server.hang_up()
        self._server.server_close()

    def count(self, part: str = "") -> int:
        """How many requests came whose path holds a text."""
        return sum(part in seen.path for seen in self.seen)

    def arrive(self, seen: Seen) -> Fault | None:
        """Count a request; the fault that it meets."""
        with self._lock:
            self.seen.append(seen)
            self.running += 1
            self.most_running = max(self.most_running, self.running)
            target = seen.path + (f"?{seen.query}" if seen.query else "")
            return next((fault for fault in self.faults if fault.strikes(target)), None)

    def leave(self) -> None:
        """Count a request as answered."""
        with self._lock:
            self.running -= 1

    def pace(self, size: int) -> None:
        """Take the time that a real Argo CD takes for an answer of so many bytes, where that is asked for."""
        if self.paced:
            with self._working:
                time.sleep(size * TOGETHER)
            time.sleep(size * (ALONE - TOGETHER))

    def answer(self, seen: Seen) -> tuple[int, bytes]:
        """Status and body for a request, out of the recording."""
        question = _question(seen)
        anonymous = question.path == "/api/version"  # Argo CD tells its version to everybody
        if self.token and not anonymous and seen.header("Authorization") != f"Bearer {self.token}":
            return 401, refusal(question.api, 401, "no session information")
        lively = self.living.answer(question) if self.living is not None else None
        if isinstance(lively, int):
            return lively, refusal(question.api, lively, "not found")
        if lively is not None:
            return 200, lively
        for asked in (question, _without_hints(question)):
            name = place_of(asked)
            content = self.files.read(name)
            if content is not None:
                return 200, content
            for status in REFUSALS:
                refused = self.files.read(f"{name}.{status}")
                if refused is not None:
                    return int(status), refused
        return NOT_RECORDED, refusal(question.api, NOT_RECORDED, "not in the recording")


def _question(seen: Seen) -> Question:
    """The question that a request asks, with the id of its instance or cluster."""
    query = tuple(parse_qsl(seen.query, keep_blank_values=True))
    parts = seen.path.strip("/").split("/")
    if parts[0] == "kubernetes":
        return Question(Api.KUBERNETES, "/" + "/".join(parts[1:]), query)
    if parts[0] in ("clusters", "instances") and len(parts) > 2:
        api = Api.KUBERNETES if parts[0] == "clusters" else Api.ARGOCD
        return Question(api, "/" + "/".join(parts[2:]), query, parts[1])
    return Question(Api.ARGOCD, seen.path, query)


def _without_hints(question: Question) -> Question:
    query = tuple(pair for pair in question.query if pair[0] not in HINTS)
    return Question(question.api, question.path, query, question.at)


def _context(certificate: str, client_certificates: bool) -> ssl.SSLContext | None:
    if not certificate:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATES / f"{certificate}.crt", CERTIFICATES / f"{certificate}.key")
    if client_certificates:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(CERTIFICATES / "ca.crt")
    return context


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], replay: Replay, context: ssl.SSLContext | None) -> None:
        super().__init__(address, _Handler)
        self.replay = replay
        self.open: set[object] = set()
        if context is not None:
            # The handshake happens in the connection's own thread: a client that stalls holds up nobody.
            self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    def handle_error(self, request: object, client_address: object) -> None:
        """Connections that break are what this server is for.

        After a refused handshake the client's bytes are read: closing on unread ones resets the connection, and the
        client would not see the alert.
        """
        assert isinstance(request, socket.socket)
        with suppress(OSError, ValueError):
            if select.select([request], [], [], 0.2)[0]:
                os.read(request.fileno(), 1 << 16)

    def hang_up(self) -> None:
        """Close what is still open."""
        for handler in list(self.open):
            assert isinstance(handler, _Handler)
            handler.close_connection = True
            shut(handler.connection)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.server.open.add(self)

    def finish(self) -> None:
        self.server.open.discard(self)
        super().finish()

    def log_message(self, format: str, *args: object) -> None:
        """Requests are recorded, not printed."""

    def do_GET(self) -> None:
        """Answer one request, or misbehave."""
        replay = self.server.replay
        parts = urlsplit(self.path)
        path = unquote(parts.path)
        if not path.startswith(f"{replay.root}/"):
            return self.reply(404, b"404 page not found\n", "text/plain")
        seen = Seen(path[len(replay.root) :], parts.query, tuple(self.headers.items()))
        fault = replay.arrive(seen)
        question = _question(seen)
        if fault is None and replay.living is not None and replay.living.is_stream(question):
            replay.leave()
            return replay.living.stream(self, question)
        try:
            status, body = replay.answer(seen)
            replay.sent += len(body)
            replay.pace(len(body))
            if fault is None:
                self.reply(status, body, "text/plain" if seen.path.endswith(("/log", "/logs")) else "application/json")
            else:
                misbehave(self, fault, status, body)
        finally:
            replay.leave()
        return None

    def head(self, status: int, headers: Sequence[tuple[str, str]]) -> bytes:
        """The first lines of an answer."""
        phrase = HTTPStatus(status).phrase if status in set(HTTPStatus) else "Status"
        lines = [f"HTTP/1.1 {status} {phrase}", *(f"{name}: {value}" for name, value in headers), "", ""]
        return "\r\n".join(lines).encode("latin-1")

    def reply(self, status: int, body: bytes, kind: str = "application/json", *more: tuple[str, str]) -> None:
        """A whole answer, compressed where the client asks for it, in one write."""
        headers = [("Content-Type", kind), *more]
        if "gzip" in self.headers.get("Accept-Encoding", ""):
            body = gzip.compress(body, compresslevel=1)
            headers.append(("Content-Encoding", "gzip"))
        self.wfile.write(self.head(status, [*headers, ("Content-Length", str(len(body)))]) + body)
