"""The door: which requests are taken at all, from whom, and how many of them."""

from __future__ import annotations

import asyncio
import logging
import traceback
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from whydrift.web.access import Access
from whydrift.web.authentication import ProxyHeader
from whydrift.web.pace import Buckets
from whydrift.web.problem import problem
from whydrift.web.reader import Asking, Denied, Reader

READING = ("GET", "HEAD")
OPEN = ("/healthz", "/readyz")
"""Probes: they say nothing about anything, so that everybody may ask; a kubelet has no token."""
OWN = ("/metrics",)
"""It has a token of its own."""
STREAMS = ("/events",)
MANY = 10
"""So many readers may come from one address: that of a proxy, where nobody says that it is one."""
LOG = logging.getLogger("whydrift.web")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request and one client may be: bytes of an address, requests a second and at once, seconds."""

    address: int = 8_192
    rate: float = 20.0
    burst: int = 120
    seconds: float = 30.0


class Door:
    """Lets requests in that only read, that are small, and whose reader is known; notes the reader in the scope."""

    def __init__(self, app: ASGIApp, *, access: Access, limits: Limits) -> None:
        self._app = app
        self._access = access
        self._limits = limits
        self._peers = Buckets(limits.rate * MANY, limits.burst * MANY)
        self._readers = Buckets(limits.rate, limits.burst)
        self._guesses = Buckets(limits.rate, limits.burst)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or say why not."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            denied = self._refused(scope) or await self._unknown(scope)
            if denied is not None:
                await _deny(scope, receive, send, denied)
            else:
                await self._within(scope, receive, send)

    def _refused(self, scope: Scope) -> Denied | None:
        """Why nobody would be let in with this."""
        if scope["method"] not in READING:
            return Denied(405, "this page only reads: GET and HEAD")
        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > self._limits.address:
            return Denied(414, "the address is too long")
        stated = dict(scope["headers"])
        if b"transfer-encoding" in stated or stated.get(b"content-length", b"0").strip() not in (b"", b"0"):
            return Denied(413, "no request to this page has a body")
        authentication, peer = self._access.authentication, _peer(scope)
        if isinstance(authentication, ProxyHeader) and authentication.trusts(peer):
            return None  # all come from the proxy: each reader has a bucket
        return _paced(self._peers, peer)

    async def _unknown(self, scope: Scope) -> Denied | None:
        """Why this reader is not let in; the scope holds one who is."""
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        if path in OPEN or path in OWN:
            return None
        headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"])
        reader = await self._access.reader(Asking(headers, _peer(scope)))
        if isinstance(reader, Denied):
            return (_paced(self._guesses, _peer(scope)) or reader) if reader.status == 401 else reader
        scope["reader"] = reader
        return _paced(self._readers, reader.name or reader.key or _peer(scope))

    async def _within(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer within the time that there is, unless it is a stream."""
        if scope["path"].endswith(STREAMS):
            await self._app(scope, receive, send)
            return
        started = False

        async def noted(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            async with asyncio.timeout(self._limits.seconds):
                await self._app(scope, receive, noted)
        except TimeoutError:
            failed = Denied(503, "this took too long: try again", wait=5)
        except Exception as error:
            LOG.error("%s", _unforeseen(error))
            failed = Denied(500, "whydrift met something that it did not expect: its log says where")
        else:
            return
        if not started:
            await _deny(scope, receive, send, failed)


def _unforeseen(error: Exception) -> str:
    """A mistake of whydrift's own, in a line that quotes nothing."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"not expected: {type(error).__name__} at {last.filename.rpartition('/')[2]}:{last.lineno}: please report it"


def reader_of(request: Request) -> Reader:
    """The reader whom the door let in."""
    reader = request.scope["reader"]
    assert isinstance(reader, Reader)
    return reader


def asking_of(request: Request) -> Asking:
    """What is known of who asks."""
    return Asking(tuple(request.headers.items()), request.client.host if request.client else "")


def _peer(scope: Scope) -> str:
    client = scope.get("client")
    return str(client[0]) if client else ""


def _paced(buckets: Buckets, client: str) -> Denied | None:
    wait = buckets.take(client)
    return Denied(429, "too many requests: wait a little", wait=wait) if wait else None


async def _deny(scope: Scope, receive: Receive, send: Send, denied: Denied) -> None:
    answer: Response = problem(denied, scope)
    await answer(scope, receive, send)
