"""Runs a site: one process, HTTP/1.1, until a signal; a request that is being answered is finished first."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress

from uvicorn import Config, Server
from uvicorn.protocols.http.h11_impl import H11Protocol

from whydrift.errors import UsageError
from whydrift.web.app import application_of
from whydrift.web.site import Site

HEADER_BYTES = 32 * 1024
"""Of the head of one request, as a whole."""
HEADER_SECONDS = 15.0
AT_ONCE = 500
"""Connections, streams included; more are told to come back (503)."""
IDLE = 30
SWITCH = 0.001
"""Seconds for which a thread that makes a page may keep the others from answering; 0.005 is Python's own."""
GRACE = 10


class Punctual(H11Protocol):
    """Closes connections on which a request does not become whole in time, and leaves the rest to uvicorn."""

    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn's own
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Take what came; stop waiting where it makes a request whole."""
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete:
            self._stop_waiting()
        elif self._late is None:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._late = self.loop.call_later(HEADER_SECONDS, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None


class Stoppable(Server):
    """A server that stops when a site does: its streams end, what is being answered is finished."""

    def __init__(self, config: Config, stopping: asyncio.Event) -> None:
        super().__init__(config)
        self._stopping = stopping
        self.interrupted = False
        """Whether it was Ctrl-C that stopped it."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """SIGINT and SIGTERM stop it quietly; a second one does not wait any more."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._told, number)
        try:
            yield
        finally:
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.remove_signal_handler(number)

    def _told(self, number: int) -> None:
        self.interrupted = number == signal.SIGINT
        self.force_exit = self._stopping.is_set()
        self._stopping.set()

    async def exit_with_the_site(self) -> None:
        """Exit as soon as the site stops."""
        await self._stopping.wait()
        self.should_exit = True


async def serve(site: Site, listening: socket.socket, beside: Coroutine[None, None, None] | None = None) -> bool:
    """Serve until the site stops or a signal comes, while something else runs beside; whether that was Ctrl-C.

    Where that fails, everything ends, with its error; where it is done, the site goes on.
    """
    config = Config(
        application_of(site),
        http=Punctual,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,  # who asks is worked out by the door alone
        server_header=False,
        h11_max_incomplete_event_size=HEADER_BYTES,
        limit_concurrency=AT_ONCE,
        timeout_keep_alive=IDLE,
        timeout_graceful_shutdown=GRACE,
    )
    sys.setswitchinterval(SWITCH)
    server = Stoppable(config, site.stopping)
    tasks = [asyncio.ensure_future(server.exit_with_the_site())]
    if beside is not None:
        tasks.append(asyncio.ensure_future(beside))
        tasks[-1].add_done_callback(
            lambda done: None if done.cancelled() or not done.exception() else site.stopping.set()
        )
    try:
        await server.serve([listening])
    finally:
        for task in tasks:
            await _ended(task)
    return server.interrupted


async def _ended(other: asyncio.Future[None]) -> None:
    """End what runs beside, and raise what it failed with."""
    other.cancel()
    with suppress(asyncio.CancelledError):
        await other


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens. UsageError where the address cannot be had."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0][0]
        return socket.create_server((host, port), family=family, backlog=1024)
    except OSError as error:
        raise UsageError(f"--host {host} --port {port}: {error.strerror or error}") from error
