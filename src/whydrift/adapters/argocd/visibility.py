"""Which applications Argo CD shows to a user: its own list, asked for with the user's own token."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING

import msgspec

from whydrift.adapters.argocd.issuers import LOCAL, Settings, Stated, stated
from whydrift.adapters.argocd.source import ArgocdSource
from whydrift.adapters.http.trust import ssl_context
from whydrift.core.model.finding import ApplicationName
from whydrift.ports import Refused
from whydrift.ports.watching import Later

if TYPE_CHECKING:
    import httpx2

FIELDS = "items.metadata.name,items.metadata.namespace"
AT_ONCE = 8
SECONDS = 15.0
LARGEST = 64 * 1024**2
CREDENTIALS = ("authorization", "cookie")
KNOWN = 300.0
"""Seconds for which the issuer that an Argo CD trusts is taken as known."""
Seen = frozenset[ApplicationName] | Refused | Later


class _Metadata(msgspec.Struct):
    name: str
    namespace: str = ""


class _Item(msgspec.Struct):
    metadata: _Metadata


class _List(msgspec.Struct):
    items: list[_Item] | None = None


class ArgocdVisibility:
    """Asks GET /api/v1/applications as the user. No cookie of an answer is kept, no token stored or told."""

    def __init__(self, source: ArgocdSource, instance: str = "", namespace: str = "argocd") -> None:
        self._source = source
        self._instance = instance
        self._endpoint = source.client.endpoint
        self._namespace = namespace
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._http: httpx2.AsyncClient | None = None

    async def visible(self, token: str) -> Seen:
        """What Argo CD lists for the holder of a token."""
        found = await self._get("/api/v1/applications", {"fields": FIELDS}, {"Authorization": f"Bearer {token}"})
        return self._names(found) if isinstance(found, bytes) else found

    async def settings(self) -> Settings | Refused | Later:
        """What it shows to everybody; no token is sent."""
        found = await self._get("/api/v1/settings", {}, {})
        try:
            return msgspec.json.decode(found, type=Settings) if isinstance(found, bytes) else found
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return Later(f"{self._endpoint.host}: no settings")

    async def _get(self, path: str, query: Mapping[str, str], headers: Mapping[str, str]) -> bytes | Refused | Later:
        import httpx2

        try:
            async with self._turn, asyncio.timeout(SECONDS):
                return await self._ask(path, query, headers)
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError, TimeoutError) as error:
            return Later(f"{self._endpoint.host}: {type(error).__name__}")

    async def _ask(self, path: str, query: Mapping[str, str], headers: Mapping[str, str]) -> bytes | Refused | Later:
        content = bytearray()
        url = f"{self._endpoint.url}{path}"
        async with self._open().stream("GET", url, params=query, headers=headers) as response:
            if response.status_code in (401, 403):
                return Refused("not this token", response.status_code)
            if response.status_code != 200:
                return Later(f"{self._endpoint.host} answers {response.status_code}")
            async for chunk in response.aiter_bytes():
                content += chunk
                if len(content) > LARGEST:
                    return Later(f"{self._endpoint.host}: the list is larger than {LARGEST // 1024**2} MiB")
        return bytes(content)

    def _names(self, content: bytes) -> frozenset[ApplicationName] | Later:
        try:
            found = msgspec.json.decode(content, type=_List).items or []
        except (msgspec.DecodeError, UnicodeDecodeError):
            return Later(f"{self._endpoint.host}: no list of applications")
        return frozenset(
            ApplicationName(self._instance, item.metadata.namespace or self._namespace, item.metadata.name)
            for item in found
        )

    def _open(self) -> httpx2.AsyncClient:
        if self._http is None:
            import httpx2

            own = {name: value for name, value in self._endpoint.headers if name.lower() not in CREDENTIALS}
            self._http = httpx2.AsyncClient(
                headers=own,
                verify=ssl_context(self._endpoint.tls) if self._endpoint.url.startswith("https:") else False,
                proxy=self._endpoint.proxy,
                trust_env=False,
                follow_redirects=False,
                cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
                timeout=httpx2.Timeout(SECONDS),
            )
        return self._http

    async def close(self) -> None:
        """Let go of the connections, the source's too."""
        if self._http is not None:
            await self._http.aclose()
            self._http = None
        await self._source.close()


class SeveralVisibility:
    """Asks each Argo CD that a token may be meant for, and no other: an Argo CD is told no token of another one.

    That is told by the issuer, and by the client where it is one of an instance's. Tokens of an Argo CD's own accounts
    do not say of which one they are: with several they are refused.
    """

    def __init__(self, members: Mapping[str, ArgocdVisibility], clock: Callable[[], float] = time.monotonic) -> None:
        self._members = members
        self._clock = clock
        self._known: dict[str, tuple[float, Settings]] = {}

    async def visible(self, token: str) -> Seen:
        """What all of them list together; Later where one that it is meant for cannot be asked."""
        said = stated(token)
        if said is None or said.issuer == LOCAL:
            return Refused("a token that does not say whose it is", 401)
        settings = dict(zip(self._members, await asyncio.gather(*map(self._settings, self._members)), strict=True))
        if unknown := next((each for each in settings.values() if not isinstance(each, Settings)), None):
            return unknown if isinstance(unknown, Later) else Later("an Argo CD does not show its settings")
        meant = _meant(said, {name: each for name, each in settings.items() if isinstance(each, Settings)})
        return _together(await asyncio.gather(*(self._members[name].visible(token) for name in meant)))

    async def _settings(self, name: str) -> Settings | Refused | Later:
        """What an instance shows to everybody; what it showed last, where it cannot be asked."""
        at, known = self._known.get(name, (0.0, None))
        if known is not None and self._clock() - at < KNOWN:
            return known
        found = await self._members[name].settings()
        if isinstance(found, Settings):
            self._known[name] = (self._clock(), found)
        return found if known is None or isinstance(found, Settings) else known

    async def close(self) -> None:
        """Close all."""
        for member in self._members.values():
            await member.close()


def _meant(said: Stated, settings: Mapping[str, Settings]) -> list[str]:
    """The instances that trust the issuer; of these those whose client it is for, where it is for one of theirs."""
    trusting = [name for name, each in settings.items() if each.issuer == said.issuer]
    named = [name for name in trusting if settings[name].clients & said.clients]
    return named or trusting


def _together(answers: list[Seen]) -> Seen:
    later = next((each for each in answers if isinstance(each, Later)), None)
    if later is not None:
        return later
    lists = [each for each in answers if isinstance(each, frozenset)]
    return frozenset().union(*lists) if lists else Refused("not this token", 401)
