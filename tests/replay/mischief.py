"""How each kind of fault looks on the wire."""

from __future__ import annotations

import json
import socket
import struct
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from tests.replay.faults import Fault
from tests.replay.refusals import refusal
from whydrift.ports import Api

if TYPE_CHECKING:
    from tests.replay.server import _Handler

PIECES = 20
HELD = 300.0
"""Seconds, at most."""


def misbehave(handler: _Handler, fault: Fault, status: int, body: bytes) -> None:
    """Answer a request in the way that the fault says."""
    if fault.kind.isdigit():
        _refuse(handler, int(fault.kind), fault.value)
    else:
        KINDS[fault.kind](handler, fault, status, body)


def shut(connection: socket.socket) -> None:
    """Close a connection for both directions."""
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


def _refuse(handler: _Handler, status: int, retry_after: str) -> None:
    api = Api.KUBERNETES if handler.path.startswith(("/kubernetes", "/clusters")) else Api.ARGOCD
    more = [("Retry-After", retry_after)] if retry_after else []
    handler.reply(status, refusal(api, status, f"fault {status}"), "application/json", *more)


def _truncated(handler: _Handler, fault: Fault, status: int, body: bytes) -> None:
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    handler.wfile.write(handler.head(status, headers) + body[: len(body) // 2])
    _hangup(handler, fault, status, body)


def _cut_chunk(handler: _Handler, fault: Fault, status: int, body: bytes) -> None:
    half = body[: len(body) // 2]
    head = handler.head(status, [("Content-Type", "application/json"), ("Transfer-Encoding", "chunked")])
    handler.wfile.write(head + f"{len(half):x}\r\n".encode() + half + b"\r\n")
    _hangup(handler, fault, status, body)


def _hangup(handler: _Handler, fault: Fault, status: int, body: bytes) -> None:
    handler.close_connection = True
    shut(handler.connection)


def _reset(handler: _Handler, fault: Fault, status: int, body: bytes) -> None:
    handler.close_connection = True
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    # makefile() holds the socket open: both have to go before the kernel sends the reset.
    handler.rfile.close()
    handler.connection.close()


def _silent(handler: _Handler, fault: Fault, status: int, body: bytes) -> None:
    time.sleep(float(fault.value))
    handler.reply(status, body)


def _held(handler: _Handler, fault: Fault, status: int, body: bytes) -> None:
    assert handler.server.replay.go_on.wait(HELD), "nobody lets go"
    with suppress(OSError):  # whoever asked may have been killed meanwhile
        handler.reply(status, body)


def _slow(handler: _Handler, fault: Fault, status: int, body: bytes) -> None:
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    handler.wfile.write(handler.head(status, headers))
    size = len(body) // PIECES + 1
    with suppress(OSError):  # the client may have had enough
        for start in range(0, len(body), size):
            time.sleep(float(fault.value) / PIECES)
            handler.wfile.write(body[start : start + size])


def _wrong_json(handler: _Handler, fault: Fault, status: int, body: bytes) -> None:
    handler.reply(status, body[: len(body) // 2])


def _cut_list(handler: _Handler, fault: Fault, status: int, body: bytes) -> None:
    listed = json.loads(body)
    listed["items"] = listed["items"][: len(listed["items"]) // 2]
    handler.reply(status, json.dumps(listed).encode())


def _html(handler: _Handler, fault: Fault, status: int, body: bytes) -> None:
    handler.reply(200, b"<!DOCTYPE html><html><body>Please sign in</body></html>", "text/html; charset=utf-8")


def _gateway(handler: _Handler, fault: Fault, status: int, body: bytes) -> None:
    handler.reply(502, b"<html><head><title>502 Bad Gateway</title></head></html>\r\n", "text/html")


def _grpc(handler: _Handler, fault: Fault, status: int, body: bytes) -> None:
    handler.reply(415, b"invalid gRPC request content-type", "application/grpc")


def _redirect(handler: _Handler, fault: Fault, status: int, body: bytes) -> None:
    handler.reply(302, b"", "text/plain", ("Location", fault.value))


def _damaged(handler: _Handler, fault: Fault, status: int, body: bytes) -> None:
    headers = [("Content-Type", "application/json"), ("Content-Encoding", "gzip"), ("Content-Length", str(len(body)))]
    handler.wfile.write(handler.head(status, headers) + body)


def _echo(handler: _Handler, fault: Fault, status: int, body: bytes) -> None:
    said = "; ".join(f"{name}: {value}" for name, value in handler.headers.items())
    handler.reply(403, json.dumps({"message": said}).encode())


KINDS: dict[str, Callable[[_Handler, Fault, int, bytes], None]] = {
    "truncated": _truncated,
    "cut-chunk": _cut_chunk,
    "reset": _reset,
    "hangup": _hangup,
    "silent": _silent,
    "held": _held,
    "slow": _slow,
    "wrong-json": _wrong_json,
    "cut-list": _cut_list,
    "html": _html,
    "grpc": _grpc,
    "gateway": _gateway,
    "redirect": _redirect,
    "damaged": _damaged,
    "echo": _echo,
}
