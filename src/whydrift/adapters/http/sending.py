"""Requests that are no GET: sent once, never repeated, and what became of them said as exactly as it is known."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from whydrift.adapters.http.client import Answer
from whydrift.adapters.http.endpoint import Endpoint
from whydrift.adapters.http.pace import retry_after
from whydrift.adapters.http.trust import ssl_context
from whydrift.adapters.http.words import lost
from whydrift.core.model.values import Json
from whydrift.ports import Body, NotRead, Outcome, Refused, Reply, Unanswered

SECONDS = 120.0
"""Of silence: a sync or a delete may run webhooks before the first byte."""
SAFE = "/-._~!$&'()+,;=:@*"
TIMED_OUT = 408


@dataclass(frozen=True, slots=True)
class Request:
    """A method, a decoded path below the endpoint's URL, and a JSON body."""

    method: str
    path: str
    body: Json = None
    query: Iterable[tuple[str, str]] = ()
    content_type: str = "application/json"

    @property
    def content(self) -> bytes | None:
        """The body as it is sent."""
        return None if self.body is None else json.dumps(self.body).encode()


async def send(endpoint: Endpoint, request: Request, judge: Callable[[Answer], Reply]) -> Outcome:
    """Send a request; `judge` says what an answer means. No redirect is followed.

    Refused where the server says that nothing changed, or was never reached; Unanswered where that is not known.
    """
    import httpx2

    try:
        answer = await attempt(endpoint, request)
    except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.InvalidURL, httpx2.ProxyError) as error:
        return Refused(lost(error, endpoint).why)
    except (httpx2.HTTPError, OSError) as error:
        return Unanswered(lost(error, endpoint).why)
    reply = judge(answer)
    if isinstance(reply, Body):
        return reply
    return outcome_of(reply, answer.status)


def outcome_of(reply: NotRead, status: int) -> Refused | Unanswered:
    """What an answer without a body means: 3xx and 4xx change nothing; of all else nobody knows."""
    if 300 <= status < 500 and status != TIMED_OUT:
        return Refused(reply.why, status)
    return Unanswered(reply.why)


async def attempt(endpoint: Endpoint, request: Request, seconds: float = SECONDS) -> Answer:
    """The answer to one request. httpx2.HTTPError and OSError where there is none."""
    import httpx2

    headers = [*endpoint.headers, ("Accept", "application/json")]
    if request.body is not None:
        headers.append(("Content-Type", request.content_type))
    name = endpoint.tls.server_name
    verify = ssl_context(endpoint.tls) if endpoint.url.startswith("https:") else False
    async with httpx2.AsyncClient(verify=verify, proxy=endpoint.proxy, trust_env=False, timeout=seconds) as client:
        response = await client.request(
            request.method,
            endpoint.url + quote(request.path, safe=SAFE, errors="surrogatepass") + _query(request.query),
            content=request.content,
            headers=headers,
            extensions={"sni_hostname": name} if name else None,
        )
    kind, location = response.headers.get("content-type", ""), response.headers.get("location", "")
    return Answer(
        response.status_code, response.content, kind, location, retry_after(response.headers.get("retry-after", ""))
    )


def _query(query: Iterable[tuple[str, str]]) -> str:
    encoded = urlencode(list(query), quote_via=quote, errors="surrogatepass")
    return f"?{encoded}" if encoded else ""
