"""Servers of the tests, answering in a thread of their own while somebody looks."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from random import SystemRandom
from socketserver import BaseServer
from typing import TypeVar

Served = TypeVar("Served", bound=BaseServer)
RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")
LOWEST, LOWEST_OWN = 20_000, 32_768
"""Ports that a test takes; and where the system's own begin if it does not say so."""


@contextmanager
def serving(server: Served) -> Iterator[Served]:
    """The server, answering; it is closed afterwards."""
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def answer_json(handler: BaseHTTPRequestHandler, status: int, body: object) -> None:
    """Answer a request with JSON."""
    content = json.dumps(body).encode()
    handler.send_response(status)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(content)))
    handler.end_headers()
    handler.wfile.write(content)


def free_port() -> int:
    """A port that nobody listens on, and that nobody is given who takes any.

    Whoever asks for a free port, and every connection, gets one of the system's own range: one of those could be taken
    before it is listened on.
    """
    own = int(RANGE.read_text().split()[0]) if RANGE.exists() else LOWEST_OWN
    others = range(LOWEST, max(own, LOWEST))
    for port in (*SystemRandom().sample(others, len(others)), 0):
        with suppress(OSError), closing(socket.create_server(("127.0.0.1", port))) as found:
            return int(found.getsockname()[1])
    raise AssertionError("every port is taken")
