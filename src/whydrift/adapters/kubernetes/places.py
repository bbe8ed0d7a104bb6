"""Several watches as one stream, and where it stands: where each of them does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace

from whydrift.adapters.kubernetes.access import NoAccess
from whydrift.errors import SourceError
from whydrift.ports.watching import AppChange, StreamBroke

ROOM = 100
"""Changes that wait to be heard; a watch that is ahead of them waits."""


class Places:
    """Where watches stand, by namespace. In words `NAMESPACE=VERSION,…`; of the watch of all namespaces its version."""

    def __init__(self, namespaces: Sequence[str], since: str = "") -> None:
        """`since` are places in words; what it says of other namespaces is dropped."""
        stated = dict(part.rpartition("=")[::2] for part in since.split(","))
        self._at = {namespace: stated.get(namespace, "") for namespace in namespaces}

    @staticmethod
    def are_of(since: str, *, single: bool) -> bool:
        """Whether places in words are those of watches of single namespaces, or of all."""
        return bool(since) and ("=" in since) is single

    def of(self, namespace: str) -> str:
        """Where the watch of one namespace stands, "" where it begins."""
        return self._at[namespace]

    def moved(self, namespace: str, version: str) -> str:
        """All places in words, after one moved; "" while one of them is none to go on from."""
        self._at[namespace] = version or self._at[namespace]
        if not all(self._at.values()):
            return ""
        return ",".join(f"{each}={at}" if each else at for each, at in sorted(self._at.items()))


async def merged(
    watches: Mapping[str, AsyncGenerator[AppChange, None]], places: Places
) -> AsyncGenerator[AppChange, None]:
    """What any watch tells, by namespace, with where all of them stand after it. The first that breaks ends all."""
    heard: asyncio.Queue[tuple[str, AppChange]] = asyncio.Queue(ROOM)

    async def hear(namespace: str, watch: AsyncGenerator[AppChange, None]) -> None:
        try:
            async with aclosing(watch):
                async for change in watch:
                    await heard.put((namespace, change))
        except (NoAccess, SourceError) as error:
            await heard.put((namespace, StreamBroke(str(error))))
        else:
            await heard.put((namespace, StreamBroke("the watch ended")))

    tasks = [asyncio.create_task(hear(namespace, watch)) for namespace, watch in watches.items()]
    try:
        while True:
            namespace, change = await heard.get()
            if isinstance(change, StreamBroke):
                yield replace(change, why=f"{change.why} (namespace {namespace})" if namespace else change.why)
                return
            yield replace(change, since=places.moved(namespace, change.since))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
