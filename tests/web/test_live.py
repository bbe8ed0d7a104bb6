"""The stream of a real server: what happens is told within a moment, to those whose it is; it ends with the server."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

import pytest
from tests.looks import SHOP, at, field, look
from tests.web.fleet import PAY, Rights, opened, served, site_of

from whydrift.ports.watching import Store
from whydrift.web import live
from whydrift.web.site import Site

PATIENCE = 60
ASK = "GET /events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n"


def listening(port: int, token: str) -> socket.socket:
    """A page that listens: its first words were read."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
    connection.sendall(ASK.format(token=token).encode())
    read_until(connection, b": whydrift")
    return connection


def read_until(connection: socket.socket, word: bytes) -> bytes:
    """What comes until a word."""
    found = b""
    while word not in found:
        chunk = connection.recv(4_096)
        assert chunk, found
        found += chunk
    return found


def test_changes_are_told_to_those_who_see_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both listen; each hears of their own, and of nothing else."""
    store, began, last = opened(tmp_path), threading.Event(), live.last_event

    def first_look(into: Store) -> int:
        found = last(into)
        began.set()
        return found

    monkeypatch.setattr(live, "last_event", first_look)
    site = site_of(store, visibility=Rights({"shop": frozenset({SHOP}), "pay": frozenset({PAY})}))
    with served(site) as port, listening(port, "shop") as shop, listening(port, "pay") as pay:
        assert began.wait(PATIENCE), "the first look into the store is where a stream begins"
        store.record(look([field("/new")], at(9), SHOP))
        told = read_until(shop, b"event: changed\ndata: {")
        store.record(look([field("/new")], at(9), PAY))
        assert b"zebra" in read_until(pay, b"zebra")
        assert b"zebra" not in told
        store.record(look([], at(10), SHOP))
        assert b"zebra" not in read_until(shop, b"event: changed")


def test_streams_end_with_the_server(tmp_path: Path) -> None:
    """A stop does not wait for pages that listen."""
    site = site_of(opened(tmp_path))
    with served(site) as port:
        connection = listening(port, "")
    while connection.recv(4_096):
        """It goes on to its end."""
    connection.close()


def test_a_stream_needs_a_reader(tmp_path: Path) -> None:
    """As every page does."""
    site: Site = site_of(opened(tmp_path), visibility=Rights({}))
    with served(site) as port, pytest.raises(AssertionError, match="401"):
        listening(port, "nobody")
