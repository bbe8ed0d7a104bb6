"""One request to a receiver, and what its answer means for the message: taken, later, or refused for good."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Mapping
from dataclasses import replace
from importlib.metadata import version
from urllib.parse import unquote, urlsplit

from whydrift.adapters.http.client import Answer
from whydrift.adapters.http.endpoint import Endpoint
from whydrift.adapters.http.proxies import proxy_for
from whydrift.adapters.http.sending import Request, attempt
from whydrift.adapters.http.words import error_body, lost
from whydrift.errors import UsageError
from whydrift.ports import Refused
from whydrift.ports.watching import Delivered, Later, Sent

SILENCE = 20.0
"""Seconds without a byte."""
WHOLE = 45.0
"""Seconds for one request as a whole."""
PASSING = (408, 425, 429)
"""Refusals that pass (RFC 9110 15.5.9, RFC 8470 5.2, RFC 6585 4)."""
Headers = tuple[tuple[str, str], ...]


def endpoint_of(url: str, headers: Headers, environ: Mapping[str, str]) -> Endpoint:
    """Where a route's messages go; a login in the URL becomes a header. UsageError names no part of the URL."""
    try:
        parts = urlsplit(url)
        named = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        named = None
    if not named or not url.isascii() or not url.isprintable():
        raise UsageError("url: an address that begins with http:// or https://")
    if parts.username:
        login = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
        headers = (*headers, ("Authorization", f"Basic {base64.b64encode(login).decode()}"))
    bare = parts._replace(netloc=parts.netloc.rpartition("@")[2], fragment="").geturl()
    agent = ("User-Agent", f"whydrift/{version('whydrift')}")
    return Endpoint(bare, (agent, *headers), proxy=proxy_for(bare, environ))


async def post(endpoint: Endpoint, request: Request, headers: Headers = ()) -> Answer | Later:
    """The answer to one request, whatever it says; Later where there is none. No redirect is followed."""
    import httpx2

    stated = replace(endpoint, headers=(*endpoint.headers, *headers))
    try:
        async with asyncio.timeout(WHOLE):
            return await attempt(stated, request, SILENCE)
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
        return Later(lost(error, stated).why)


def judged(answer: Answer | Later, endpoint: Endpoint) -> Delivered:
    """What an answer means: 2xx takes the message, 5xx and what passes is tried again, all else refuses it."""
    if isinstance(answer, Later):
        return answer
    if 200 <= answer.status < 300:
        return Sent()
    if 300 <= answer.status < 400:
        return Refused(f"{endpoint.host} answers {answer.status}: redirects are not followed", answer.status)
    said = error_body(answer.content, answer.content_type, (*endpoint.secrets, *secrets_in(endpoint.url)))
    why = f"{endpoint.host} answers {answer.status}: {said}"
    if answer.status >= 500 or answer.status in PASSING or (answer.status == 403 and _is_limit(answer, said)):
        return Later(why, answer.wait)
    return Refused(why, answer.status)


def _is_limit(answer: Answer, said: str) -> bool:
    """Whether a 403 is a rate limit (GitHub: "Rate limits for the REST API", exceeding the rate limit)."""
    return answer.wait is not None or "rate limit" in said.lower()


def secrets_in(url: str) -> tuple[str, ...]:
    """The parts of an address that may be secrets: all of its path and query."""
    parts = urlsplit(url)
    words = [*parts.path.split("/"), *(word for pair in parts.query.split("&") for word in pair.split("=")[1:])]
    return tuple(word for word in words if len(word) >= 8)
