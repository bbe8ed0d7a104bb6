"""Receivers of messages on this machine, that take them or fail as they are told to."""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

from tests.serving import answer_json

PATIENCE = 180.0


class Got(NamedTuple):
    """One request as it came in. `taken` says whether it was answered with 2xx."""

    method: str
    path: str
    headers: dict[str, str]
    content: bytes
    taken: bool

    @property
    def body(self) -> Any:
        return json.loads(self.content)


class Receiver(ThreadingHTTPServer):
    """Takes what is posted. `script` says how the next requests fail, one each, then all are taken:

    `500`, `429:7` (with Retry-After), `302:URL`   that status      `reset`   the connection is reset, unread
    `lost`   it is taken, and the answer is lost                     `hang`    no answer until `gate` opens
    `deaf`   it is taken, and no answer until `gate` opens           `drip`    an answer without end, a byte at a time
    `slow:S` the answer comes after so many seconds
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.got: list[Got] = []
        self.script: deque[str] = deque()
        self.gate = threading.Event()

    @property
    def taken(self) -> list[Got]:
        """The requests that were taken, whether or not that could be said."""
        return [got for got in self.got if got.taken]

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that went away are no error here."""


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is printed."""

    def do_POST(self) -> None:
        """Take it, or fail as the script says."""
        fault, _, value = (self.server.script.popleft() if self.server.script else "200").partition(":")
        if fault == "reset":
            return self._reset()
        length = int(self.headers.get("Content-Length", 0))
        content = self.rfile.read(length)
        taken = (
            fault in ("200", "lost", "slow", "deaf") and len(content) == length
        )  # whoever sends it may be killed meanwhile
        self.server.got.append(Got("POST", self.path, dict(self.headers), content, taken))
        match fault:
            case "lost":
                self._reset()
            case "hang" | "deaf":
                self.server.gate.wait(PATIENCE)
            case "drip":
                self._drip()
            case "slow":
                time.sleep(float(value))
                answer_json(self, 200, {"ok": True})
            case _:
                self._status(int(fault), value)

    def _status(self, status: int, value: str) -> None:
        body = json.dumps({"message": f"this is what {status} says"}).encode()
        self.send_response(status)
        if value:
            self.send_header("Location" if status < 400 else "Retry-After", value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _drip(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000000")
        self.end_headers()
        while not self.server.gate.wait(0.05):
            self.wfile.write(b" ")
            self.wfile.flush()

    def _reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True
