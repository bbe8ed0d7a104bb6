"""Live: tells pages that something happened, as server-sent events; only what their reader may see."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import msgspec
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from whydrift.core.model.finding import Event
from whydrift.errors import StoreError
from whydrift.ports.watching import Store
from whydrift.web.door import asking_of, reader_of
from whydrift.web.problem import problem
from whydrift.web.reader import Denied, Reader
from whydrift.web.site import Site

EVERY = 1.0
"""Seconds between two looks into the store, while anybody listens."""
BEAT = 15.0
"""Seconds of silence, after which a comment shows that the stream lives; rights are looked at again, too."""
MOST = 200
MOST_NAMES = 50


class Feed:
    """What happened, from one place: the store is looked at once for all who listen."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._listening: set[asyncio.Queue[tuple[Event, ...]]] = set()
        self._task: asyncio.Task[None] | None = None

    async def answer(self, request: Request) -> Response:
        """A stream of events for one page."""
        if len(self._listening) >= MOST:
            return problem(Denied(503, "too many pages are open", wait=60), request.scope)
        headers = {"x-accel-buffering": "no"}
        stream = self._stream(request, reader_of(request))
        return StreamingResponse(stream, media_type="text/event-stream", headers=headers)

    async def _stream(self, request: Request, reader: Reader) -> AsyncIterator[str]:
        queue: asyncio.Queue[tuple[Event, ...]] = asyncio.Queue(16)
        self._listening.add(queue)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._look())
        try:
            yield "retry: 5000\n: whydrift\n\n"
            while not self._site.stopping.is_set() and not await request.is_disconnected():
                events = await self._next(queue)
                now = await self._site.access.reader(asking_of(request))
                if isinstance(now, Denied):
                    return
                if now.sees != reader.sees:
                    reader = now
                yield told(events, reader)
        finally:
            self._listening.discard(queue)

    async def _next(self, queue: asyncio.Queue[tuple[Event, ...]]) -> tuple[Event, ...]:
        """What happened next; () after a while without anything, or when the site stops."""
        stopping = asyncio.ensure_future(self._site.stopping.wait())
        getting = asyncio.ensure_future(queue.get())
        try:
            await asyncio.wait((stopping, getting), timeout=BEAT, return_when=asyncio.FIRST_COMPLETED)
            return getting.result() if getting.done() else ()
        finally:
            stopping.cancel()
            getting.cancel()

    async def _look(self) -> None:
        """Look into the store for what is new until nobody listens any more."""
        last: int | None = None
        while self._listening and not self._site.stopping.is_set():
            with suppress(StoreError):  # the pages say it; the next look may do better
                last = await asyncio.to_thread(last_event, self._site.store) if last is None else last
                found = await asyncio.to_thread(self._site.store.after, last)
                last = found[-1].id if found else last
                for queue in self._listening if found else ():
                    if not queue.full():  # a reader that is so far behind learns it with the next event
                        queue.put_nowait(found)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._site.stopping.wait(), EVERY)


def last_event(store: Store) -> int:
    """The id of what happened last, 0 where nothing did."""
    return next((event.id for event in store.recent(limit=1)), 0)


def told(events: tuple[Event, ...], reader: Reader) -> str:
    """The message: which applications something happened to; a comment where this reader may see none of them."""
    seen = [event for event in events if reader.visible is None or event.application in reader.visible]
    if not seen:
        return ": nothing\n\n"
    names, last = sorted({str(event.application) for event in seen})[:MOST_NAMES], seen[-1]
    data = msgspec.json.encode({"events": len(seen), "at": last.at, "applications": names}).decode()
    return f"id: {last.id}\nevent: changed\ndata: {data}\n\n"
