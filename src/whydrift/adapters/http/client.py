"""A client for one endpoint: GETs that are paced, repeated where that is safe, and complete or lost."""

from __future__ import annotations

import asyncio
import io
import logging
import math
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode, urljoin, urlsplit

from whydrift.adapters.http.endpoint import Endpoint
from whydrift.adapters.http.pace import Pace, retry_after
from whydrift.adapters.http.trust import ssl_context
from whydrift.adapters.http.words import Again, Lost, lost
from whydrift.errors import SourceError

if TYPE_CHECKING:
    import httpx2

WAITING = logging.getLogger("whydrift.waiting")
"""Says, while it happens, for whom everybody waits: a face that shows progress listens."""
REPEATED = (429, 502, 503, 504)
REDIRECTS = (301, 302, 303, 307, 308)
MOST_REDIRECTS = 5
RESTARTING = 5.0
"""Seconds between two looks at a server that is being restarted, at most."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds to connect, of silence, and for one attempt as a whole; bytes of one answer when unpacked.

    `silence` is long because Argo CD renders or refreshes before the first byte of some answers. A server that answers
    nothing at all for `gone` seconds is not asked for `rest` seconds: it costs a minute, not one for each question.
    So long is one waited for, too, that answered before and refuses connections now: it is being restarted.
    """

    connect: float = 10.0
    silence: float = 60.0
    whole: float = 180.0
    size: int = 512 * 1024**2
    gone: float = 60.0
    rest: float = 30.0


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer of the server, whatever its status. `location` is set where it leads to another host."""

    status: int
    content: bytes
    content_type: str = ""
    location: str = ""
    wait: float | None = None


class Client:
    """Asks one endpoint. Every request is a GET, so each may be repeated."""

    def __init__(self, endpoint: Endpoint, pace: Pace | None = None, limits: Limits | None = None) -> None:
        self.endpoint = endpoint
        self.pace = pace or Pace()
        self.limits = limits or Limits()
        self.met = False
        """Whether the server ever answered anything."""
        self._http: httpx2.AsyncClient | None = None
        self._closed: tuple[float, Answer | Lost] | None = None
        """Until when a server is left alone that asked for more than we wait, or is gone; and what is said of it."""
        self._silent_since: float | None = None

    async def get(self, path: str, query: Iterable[tuple[str, str]] = ()) -> Answer | Lost:
        """The answer for a decoded path below the endpoint's URL, after repeating where that helps."""
        url = self.url(path, query)
        started = time.monotonic()
        attempt = 0
        while True:
            async with self.pace.turn():
                if self._closed is not None and time.monotonic() < self._closed[0]:
                    return self._closed[1]
                outcome = await self._noted(url)
            wait = self._wait_before_again(outcome, attempt)
            if wait is None or time.monotonic() - started > self.limits.whole:
                return outcome
            if not self._is_restarting(outcome) and not self.pace.repeats(attempt):
                return outcome
            self.pace.pause(wait, _slowed_by(outcome))
            attempt += 1
            bound = f"up to {self.limits.gone:.0f} s" if self._is_restarting(outcome) else self._count(attempt)
            WAITING.info("%s: %s, waiting %.0f s (%s)", self.endpoint.host, _slowed_by(outcome), wait, bound)

    def _count(self, attempt: int) -> str:
        return f"{attempt} of {self.pace.patience.retries}"

    def url(self, path: str, query: Iterable[tuple[str, str]] = ()) -> str:
        """The URL of a decoded path below the endpoint's."""
        # "surrogatepass": a name out of JSON may hold what is no text; its URL finds nothing, and breaks nothing
        return self.endpoint.url + quote(path, safe="/-._~!$&'()+,;=:@*", errors="surrogatepass") + _query(query)

    def _wait_before_again(self, outcome: Answer | Lost, attempt: int) -> float | None:
        """Seconds to wait before the same question is asked again; None: this is the outcome."""
        if isinstance(outcome, Answer):
            if outcome.status not in REPEATED:
                self.pace.succeeded()
                return None
            wait = self.pace.patience.wait(attempt) if outcome.wait is None else outcome.wait
            if wait <= self.pace.patience.longest:
                return wait
            self._closed = time.monotonic() + wait, outcome
            return None
        if outcome.again is Again.NEVER or (outcome.again is Again.WHEN_MET and not self.met):
            return None
        return min(self.pace.patience.wait(attempt), RESTARTING if self._is_restarting(outcome) else math.inf)

    def _is_restarting(self, outcome: Answer | Lost) -> bool:
        """Whether a server that answered before refuses connections, for less than `gone` seconds: it is waited for."""
        gone = self._closed is not None and time.monotonic() < self._closed[0]
        return isinstance(outcome, Lost) and outcome.refused and self.met and not gone

    async def _noted(self, url: str) -> Answer | Lost:
        """One attempt; notes whether the server still answers anything."""
        now = time.monotonic()
        self._silent_since = now if self._silent_since is None else self._silent_since
        outcome = await self._attempt(url)
        if isinstance(outcome, Answer):
            self._silent_since = None
        elif self._silent_since is not None and time.monotonic() - self._silent_since >= self.limits.gone:
            why = f"{self.endpoint.host} answers nothing any more ({outcome.why}): not asked"
            self._closed = time.monotonic() + self.limits.rest, Lost(why)
        return outcome

    async def _attempt(self, url: str) -> Answer | Lost:
        """One GET; redirects are followed on the same host only."""
        import httpx2

        try:
            async with asyncio.timeout(self.limits.whole):
                for _ in range(MOST_REDIRECTS):
                    answer = await self._one_request(url)
                    if not isinstance(answer, Answer) or answer.status not in REDIRECTS:
                        return answer
                    target = urljoin(url, answer.location)
                    if urlsplit(target)[:2] != urlsplit(url)[:2]:
                        return answer
                    url = target
                return Lost(f"{self.endpoint.host} redirects in a circle")
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
            return lost(error, self.endpoint)

    async def _one_request(self, url: str) -> Answer | Lost:
        name = self.endpoint.tls.server_name
        async with self.http().stream("GET", url, extensions={"sni_hostname": name} if name else None) as response:
            self.met = True
            content = io.BytesIO()  # grows in place: one copy of a large answer, not two
            async for chunk in response.aiter_bytes():
                content.write(chunk)
                if content.tell() > self.limits.size:
                    return Lost(f"the answer is larger than {self.limits.size // 1024**2} MiB: refused")
            return Answer(
                status=response.status_code,
                content=content.getvalue(),
                content_type=response.headers.get("content-type", ""),
                location=response.headers.get("location", ""),
                wait=retry_after(response.headers.get("retry-after", "")),
            )

    def http(self) -> httpx2.AsyncClient:
        """The connections. SourceError where the proxy cannot be used."""
        if self._http is None:
            import httpx2

            limits = self.limits
            encoding = ("Accept-Encoding", "gzip" if self.endpoint.compress else "identity")
            try:
                self._http = httpx2.AsyncClient(
                    headers=[*self.endpoint.headers, ("Accept", "application/json, */*"), encoding],
                    verify=ssl_context(self.endpoint.tls) if self.endpoint.url.startswith("https:") else False,
                    proxy=self.endpoint.proxy,
                    trust_env=False,
                    timeout=httpx2.Timeout(limits.silence, connect=limits.connect, pool=None),
                    limits=httpx2.Limits(max_connections=None, max_keepalive_connections=self.pace.at_once),
                )
            except (ImportError, ValueError, httpx2.InvalidURL) as error:
                raise SourceError(
                    f"the proxy for {self.endpoint.host} cannot be used: http:// and https:// can"
                ) from error
        return self._http

    async def close(self) -> None:
        """Let go of the connections."""
        if self._http is not None:
            await self._http.aclose()
            self._http = None


def _query(query: Iterable[tuple[str, str]]) -> str:
    encoded = urlencode(list(query), quote_via=quote, errors="surrogatepass")
    return f"?{encoded}" if encoded else ""


def _slowed_by(outcome: Answer | Lost) -> str:
    if isinstance(outcome, Answer):
        return str(outcome.status)
    return "connection refused" if outcome.refused else "connection lost"
