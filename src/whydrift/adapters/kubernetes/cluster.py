"""One cluster's API server: GET and LIST, lists whole, a login that ran out renewed once."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from whydrift.adapters.http.client import Answer, Client
from whydrift.adapters.http.endpoint import Endpoint
from whydrift.adapters.http.words import Lost
from whydrift.adapters.kubernetes.access import NoAccess
from whydrift.adapters.kubernetes.pages import LIMIT, NotAPage, joined, next_page
from whydrift.adapters.kubernetes.refusals import GONE, Judge, is_status
from whydrift.core.model.resource_path import READABLE, ResourcePath, resource_path
from whydrift.errors import SourceError
from whydrift.ports import Api, Body, NotRead, Question, Reply

T = TypeVar("T")
LONGEST_LOGIN = 120.0
"""Seconds for an exec plugin, which may ask a person."""
MOST_PAGES = 2000
ABOUT_ITSELF = ("/version", "/api", "/apis", "/openapi/v2", "/openapi/v3")


@dataclass(slots=True)
class Connected:
    """A client with the credentials of one login. `renewable`: a refusal may mean that they ran out."""

    client: Client
    judge: Judge
    renewable: bool


class Cluster:
    """Asks one API server. `endpoint` makes address and credentials anew, and may block; `renewal` is for people."""

    def __init__(self, endpoint: Callable[[], Endpoint], renewal: str) -> None:
        self.requests = 0
        self._endpoint = endpoint
        self._renewal = renewal
        self._lock = asyncio.Lock()
        self._connected: Connected | None = None
        self._logged_in = False
        self._unreachable = ""
        self._proven = False

    async def ask(self, question: Question) -> Reply:
        """The server's answer. Secrets, and whatever is more than reading, are refused here and never asked for."""
        asked = resource_path(question.path)
        refused = never_asked(question.path, asked)
        if refused:
            return NotRead(refused)
        if self._unreachable:
            return NotRead(self._unreachable)
        try:
            if asked is not None and asked.is_list and not any(key == "limit" for key, _ in question.query):
                return await self._list(question)
            return await self._get(question, (*question.query, *question.hints))
        except (NoAccess, SourceError) as error:  # the second: certificates or a proxy that cannot be used
            self._unreachable = str(error)
            return NotRead(str(error))

    @property
    def notes(self) -> list[str]:
        """What slowed the reading down."""
        return [] if self._connected is None else self._connected.client.pace.notes()

    async def connected(self) -> Connected:
        """The client; logs in where that was not done yet. NoAccess where it cannot be done."""
        async with self._lock:
            if self._connected is None:
                endpoint = await in_thread(self._endpoint, LONGEST_LOGIN)
                judge = Judge(endpoint.host, self._renewal, endpoint.secrets)
                self._connected = Connected(Client(endpoint), judge, renewable=not self._logged_in)
                self._logged_in = True
            return self._connected

    async def renewed(self, refused: Connected) -> Connected:
        """A new login, made once however many questions were refused with the old one."""
        async with self._lock:
            if self._connected is refused:
                self._connected = None
                await refused.client.close()
        return await self.connected()

    async def _answer(self, question: Question, query: tuple[tuple[str, str], ...]) -> tuple[Answer | Lost, Judge]:
        connected = await self.connected()
        self.requests += 1
        outcome = await connected.client.get(question.path, query)
        if isinstance(outcome, Answer) and outcome.status == 401 and connected.renewable:
            connected = await self.renewed(connected)
            self.requests += 1
            outcome = await connected.client.get(question.path, query)
        connected.renewable = connected.renewable or (isinstance(outcome, Answer) and outcome.status < 300)
        if isinstance(outcome, Lost) and not connected.client.met:
            self._unreachable = outcome.why
        return outcome, connected.judge

    async def _get(self, question: Question, query: tuple[tuple[str, str], ...]) -> Reply:
        outcome, judge = await self._answer(question, query)
        if isinstance(outcome, Lost):
            return NotRead(outcome.why)
        reply = judge.reply(outcome, text=question.path.endswith("/log"))
        self._proven = self._proven or isinstance(reply, Body) or is_status(outcome.content)
        if isinstance(reply, NotRead) and reply.status == 404 and not await self._is_kubernetes(judge):
            return NotRead(f"{judge.server} is no Kubernetes API: is the path in the kubeconfig's server right?")
        return reply

    async def _is_kubernetes(self, judge: Judge) -> bool:
        """Whether a 404 may be believed: any web server answers so, too."""
        if not self._proven:
            outcome, _ = await self._answer(Question(Api.KUBERNETES, "/version"), ())
            self._proven = isinstance(outcome, Answer) and (
                b'"gitVersion"' in outcome.content or is_status(outcome.content)
            )
        return self._proven

    async def _list(self, question: Question) -> Reply:
        """A whole list. Where its pages expire, it is asked for again in one piece, as client-go's pager does."""
        try:
            reply = await self._pages(question)
            if isinstance(reply, NotRead) and reply.status == GONE:
                reply = await self._get(question, question.query)
                if isinstance(reply, Body) and next_page(reply.content):
                    return NotRead("the list goes on after its end: it changes faster than it can be read")
        except NotAPage as error:
            return NotRead(str(error))
        return reply

    async def _pages(self, question: Question) -> Reply:
        pages: list[bytes] = []
        token = ""
        seen: set[str] = set()
        while len(pages) < MOST_PAGES:
            more = (("continue", token),) if token else ()
            reply = await self._get(question, (*question.query, ("limit", LIMIT), *more))
            if isinstance(reply, NotRead):
                return reply
            pages.append(reply.content)
            token = next_page(reply.content)
            if not token:
                return Body(joined(pages))
            if token in seen:
                break
            seen.add(token)
        return NotRead("the list does not end: the server repeats its pages")

    async def close(self) -> None:
        """Let go of connections."""
        if self._connected is not None:
            await self._connected.client.close()
            self._connected = None


def never_asked(path: str, asked: ResourcePath | None) -> str:
    """Why a path is not asked for; "" where it may be."""
    if asked is None:
        return (
            "" if path.rstrip("/") in ABOUT_ITSELF or _is_discovery(path) else f"{path}: not asked: it is no resource"
        )
    if asked.is_secret:
        return "Secrets are never read"
    if asked.subresource and asked.subresource not in READABLE:
        return f"{path}: not asked: it does more than read"
    return ""


def _is_discovery(path: str) -> bool:
    """Whether a path names a group and version: /api/v1, /apis/apps, /apis/apps/v1."""
    parts = path.strip("/").split("/")
    if any(part in ("", ".", "..") for part in parts):
        return False
    return (parts[0] == "api" and len(parts) == 2) or (parts[0] == "apis" and len(parts) in (2, 3))


async def in_thread(work: Callable[[], T], seconds: float) -> T:
    """What `work` returns, which may block; NoAccess after `seconds`. The thread ends with the process."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def settle(value: T | None, error: BaseException | None) -> None:
        if not done.done() and error is not None:
            done.set_exception(error)
        elif not done.done():
            done.set_result(value)  # type: ignore[arg-type]  # work returned it

    def run() -> None:
        value, error = None, None
        try:
            value = work()
        except BaseException as raised:  # handed to whoever waits
            error = raised
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(settle, value, error)

    threading.Thread(target=run, daemon=True).start()
    try:
        return await asyncio.wait_for(done, seconds)
    except TimeoutError as error:
        raise NoAccess(f"the login took longer than {seconds:.0f} s: does any kubectl command still work?") from error
