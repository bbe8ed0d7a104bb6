"""The site as an ASGI application: its addresses, and the door before them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from urllib.parse import quote

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from whydrift.errors import StoreError
from whydrift.web.api.documents import ADDRESSES, Document
from whydrift.web.api.openapi import openapi
from whydrift.web.asked import Asked, cleaned
from whydrift.web.assets import asset
from whydrift.web.door import Door, asking_of, reader_of
from whydrift.web.fresh import Fresh
from whydrift.web.headers import Headers
from whydrift.web.live import Feed
from whydrift.web.metrics import TYPE, Happened, may_read, metrics, seconds
from whydrift.web.problem import problem
from whydrift.web.reader import Denied
from whydrift.web.rendering import render
from whydrift.web.site import Site
from whydrift.web.views import NotFound, View
from whydrift.web.views.application import application, timeline
from whydrift.web.views.findings import cause, causes, findings, hidden, residuals, search, unmasked
from whydrift.web.views.fleet import fleet
from whydrift.web.views.history import history
from whydrift.web.views.ignores import ignores

NAMED = "{instance:path}/{namespace}/{name}"
PAGES: Mapping[str, View] = {
    "/": fleet,
    f"/apps/{NAMED}": application,
    "/causes": causes,
    "/causes/{cause}": cause,
    "/findings": findings,
    "/hidden": hidden,
    "/history": history,
    f"/history/{NAMED}": timeline,
    "/ignores": ignores,
    "/residuals": residuals,
    "/search": search,
    "/unmasked": unmasked,
}
IN_PATHS = "/-._~!$&'()*+,;=:@"
"""What stands in paths as it is (RFC 3986): anything else would end it, or make two paths one."""
HTML, JSON = "text/html; charset=utf-8", "application/json"
NOWHERE = Denied(404, "there is no such page, or it is not for you")
Make = Callable[[], bytes]
LOG = logging.getLogger("whydrift.web")


def application_of(site: Site) -> ASGIApp:
    """The whole site."""
    fresh, feed, happened = Fresh(), Feed(site), Happened(site.store)
    routes = [
        *(Route(path, _page(site, fresh, view)) for path, view in PAGES.items()),
        *(
            Route(each.path.replace("{instance}", "{instance:path}"), _document(site, fresh, each.document))
            for each in ADDRESSES
        ),
        Route("/api/openapi.json", _openapi),
        Route("/events", feed.answer),
        Route("/metrics", partial(_metrics, site, fresh, happened)),
        Route("/healthz", _alive),
        Route("/readyz", partial(_ready, site)),
        Route("/static/{hash}/{name}", asset),
    ]
    made = Starlette(
        routes=routes,
        middleware=[
            Middleware(Rooted, root=site.root),
            Middleware(Headers, https=site.https),
            Middleware(Door, access=site.access, limits=site.limits),
        ],
        exception_handlers={StoreError: _no_store, NotFound: _nowhere, HTTPException: _refused},
    )
    made.router.redirect_slashes = False
    return made


class Rooted:
    """Serves below a path, whether or not the proxy before it takes that path away."""

    def __init__(self, app: ASGIApp, *, root: str) -> None:
        self._app = app
        self._root = root

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, with the path as ASGI has it: the root is part of it."""
        if scope["type"] == "http" and self._root:
            path = scope["path"]
            below = path if path == self._root or path.startswith(f"{self._root}/") else self._root + path
            scope = {**scope, "root_path": self._root, "path": below}
        await self._app(scope, receive, send)


def _asked(site: Site, request: Request) -> Asked:
    """What a request asks for; the names in its path without anything that acts on a page."""
    return Asked(
        path=quote(request.scope["path"], safe=IN_PATHS, errors="replace"),
        now=site.now(),
        visible=reader_of(request).visible,
        names={key: str(value) for key, value in request.path_params.items()},
        query=cleaned(request.query_params.multi_items()),
    )


def _page(site: Site, fresh: Fresh, view: View) -> Callable[[Request], Awaitable[Response]]:
    async def page(request: Request) -> Response:
        asked = _asked(site, request)

        def make() -> bytes:
            shown = view(site, asked)
            below = asked.path.removeprefix(site.root) or "/"
            return render(shown.template, {**shown.values, "asked": asked, "here": below}, site.root).encode()

        key = ("page", asked.address, reader_of(request).sees)
        newest = request.headers.get("hx-request") == "true"
        return Response(await fresh.get(key, make, newest), media_type=HTML)

    return page


def _document(site: Site, fresh: Fresh, document: Document) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        asked = _asked(site, request)
        key = ("document", asked.address, reader_of(request).sees)
        return Response(await fresh.get(key, lambda: msgspec.json.encode(document(site, asked))), media_type=JSON)

    return answer


async def _openapi(request: Request) -> Response:
    return Response(openapi(), media_type=JSON)


async def _metrics(site: Site, fresh: Fresh, happened: Happened, request: Request) -> Response:
    denied = await may_read(site, asking_of(request))
    if denied is not None:
        return problem(denied, request.scope)
    made = await fresh.get(("metrics",), lambda: metrics(site, happened))
    return Response(made, headers={"content-type": TYPE})


async def _alive(request: Request) -> Response:
    """Whether the process answers at all."""
    return Response("alive\n", media_type="text/plain")


async def _ready(site: Site, request: Request) -> Response:
    """Whether there is something to show: the store answers, and its last look is not too old."""
    try:
        newest = await asyncio.to_thread(site.store.newest)
    except StoreError:
        return _not_ready("the store cannot be reached")
    if not newest:
        return _not_ready("nothing was looked at yet")
    if seconds(newest, site.now()) > site.stale:
        return _not_ready("the last look is too old")
    return Response("ready\n", media_type="text/plain")


def _not_ready(why: str) -> Response:
    return Response(f"{why}\n", 503, media_type="text/plain")


async def _no_store(request: Request, error: Exception) -> Response:
    LOG.error("%s", error)
    return problem(Denied(503, "the store of findings cannot be used now: its log says why", wait=5), request.scope)


async def _nowhere(request: Request, error: Exception) -> Response:
    return problem(NOWHERE, request.scope)


async def _refused(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    return problem(NOWHERE if status == 404 else Denied(status, "this is not possible"), request.scope)
