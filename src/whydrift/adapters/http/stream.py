"""Answers that do not end: lines as they come, until the server or the network has enough."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from whydrift.adapters.http.client import Answer, Client
from whydrift.adapters.http.words import lost

if TYPE_CHECKING:
    import httpx2

LONGEST_LINE = 64 * 1024**2
LONGEST_REFUSAL = 64 * 1024


@dataclass(frozen=True, slots=True)
class Opened:
    """The server answers, and will send lines."""


@dataclass(frozen=True, slots=True)
class Ended:
    """No line follows: the server ended the answer, or why it broke off; `refusal` where it sent no lines at all."""

    why: str = ""
    refusal: Answer | None = None


async def lines(
    client: Client, path: str, query: Iterable[tuple[str, str]], accept: str, silence: float
) -> AsyncIterator[Opened | bytes | Ended]:
    """Opened, then lines without their ends, then Ended. A server that is silent for `silence` seconds has broken off.

    What is left of a line when the connection breaks is no line.
    """
    import httpx2

    timeout = httpx2.Timeout(silence, connect=client.limits.connect, pool=None)
    # no compression: it would hold back what the server has said already
    headers = {"Accept": accept, "Accept-Encoding": "identity"}
    name = client.endpoint.tls.server_name
    request = client.http().build_request(
        "GET",
        client.url(path, query),
        headers=headers,
        timeout=timeout,
        extensions={"sni_hostname": name} if name else None,
    )
    try:
        response = await client.http().send(request, stream=True)
        try:
            client.met = True
            if response.status_code != 200:
                yield Ended(refusal=await _refusal(response))
                return
            yield Opened()
            async for line in _split(response.aiter_bytes()):
                yield line
            yield Ended()
        finally:
            await response.aclose()
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
        yield Ended(lost(error, client.endpoint).why)
    except LineTooLong:
        yield Ended(f"{client.endpoint.host} sends a line of more than {LONGEST_LINE // 1024**2} MiB")


class LineTooLong(Exception):
    """A line that does not end."""


async def _split(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    waiting = bytearray()
    async for chunk in chunks:
        *whole, rest = chunk.split(b"\n")
        for line in whole:
            waiting += line
            yield bytes(waiting)
            waiting.clear()
        waiting += rest
        if len(waiting) > LONGEST_LINE:
            raise LineTooLong


async def _refusal(response: httpx2.Response) -> Answer:
    content = bytearray()
    async for chunk in response.aiter_bytes():
        content += chunk
        if len(content) > LONGEST_REFUSAL:
            break
    headers = response.headers
    return Answer(response.status_code, bytes(content), headers.get("content-type", ""), headers.get("location", ""))
