"""Which applications Argo CD shows to a user: its own list, asked for with the user's own token."""

from __future__ import annotations

import asyncio
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING

import msgspec

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


class _Metadata(msgspec.Struct):
    name: str
    namespace: str = ""


class _Item(msgspec.Struct):
    metadata: _Metadata


class _List(msgspec.Struct):
    items: list[_Item] | None = None


class ArgocdVisibility:
    """Asks GET /api/v1/applications as the user. No cookie of an answer is kept, no token stored or told."""

    def __init__(self, source: ArgocdSource, namespace: str = "argocd") -> None:
        self._source = source
        self._endpoint = source.client.endpoint
        self._namespace = namespace
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._http: httpx2.AsyncClient | None = None

    async def visible(self, token: str) -> frozenset[ApplicationName] | Refused | Later:
        """What Argo CD lists for the holder of a token."""
        import httpx2

        try:
            async with self._turn, asyncio.timeout(SECONDS):
                return await self._ask(token)
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError, TimeoutError) as error:
            return Later(f"{self._endpoint.host}: {type(error).__name__}")

    async def _ask(self, token: str) -> frozenset[ApplicationName] | Refused | Later:
        url = f"{self._endpoint.url}/api/v1/applications"
        content = bytearray()
        headers = {"Authorization": f"Bearer {token}"}
        async with self._open().stream("GET", url, params={"fields": FIELDS}, headers=headers) as response:
            if response.status_code in (401, 403):
                return Refused("not this token", response.status_code)
            if response.status_code != 200:
                return Later(f"{self._endpoint.host} answers {response.status_code}")
            async for chunk in response.aiter_bytes():
                content += chunk
                if len(content) > LARGEST:
                    return Later(f"{self._endpoint.host}: the list is larger than {LARGEST // 1024**2} MiB")
        return self._names(bytes(content))

    def _names(self, content: bytes) -> frozenset[ApplicationName] | Later:
        try:
            found = msgspec.json.decode(content, type=_List).items or []
        except (msgspec.DecodeError, UnicodeDecodeError):
            return Later(f"{self._endpoint.host}: no list of applications")
        return frozenset(
            ApplicationName("", item.metadata.namespace or self._namespace, item.metadata.name) for item in found
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
