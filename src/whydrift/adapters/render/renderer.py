"""`ports.Renderer`: every source of an application, each by what it is; one render of the same content is enough."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping

from whydrift.adapters.render.checkout import Checkout, NotRendered, inside
from whydrift.adapters.render.plain import plain_manifests
from whydrift.adapters.render.sources import Asked, asked, with_parameters_of_folder
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.sources import source_type
from whydrift.core.model.values import JsonObject, mapping
from whydrift.core.prove.placing import placed, unread_placing
from whydrift.ports import Blob, NotRead, Rendering, Trees

KEPT = 64
"""How many renders, and how many folders of a repository, are remembered."""
Manifests = tuple[JsonObject, ...]


class ToolRenderer:
    """Renders plain folders itself, Helm charts and kustomizations by the user's tools. Safe to use from many tasks."""

    def __init__(self, trees: Trees) -> None:
        self._trees = RememberedTrees(trees)
        self._renders: dict[bytes, asyncio.Task[Manifests]] = {}
        self.rendered = 0
        """How many renders were made; those that were remembered do not count."""

    async def render(self, rendering: Rendering) -> Mapping[ObjectKey, JsonObject] | NotRead:
        """The objects by key; NotRead with the reason where a source cannot be rendered here."""
        try:
            sources = asked(rendering.application, rendering.spec)
            found = [await self._source(each, rendering) for each in sources]
        except NotRendered as error:
            return NotRead(str(error))
        placing = rendering.placing or unread_placing(rendering.application)
        return placed((manifest for manifests in found for manifest in manifests), placing)

    async def _source(self, source: Asked, rendering: Rendering) -> Manifests:
        if source.source.ref and not source.source.path:
            return ()
        refused = {
            "plugin": "a config management plugin renders it",
            "chart": "its chart comes from a registry, which is not asked",
            "oci": "its source comes from a registry, which is not asked",
            "hydrated": "the source hydrator renders it from another source",
        }
        kind = source_type(source.application, source.place)
        if kind in refused:
            raise NotRendered(refused[kind])
        if kind != "directory":
            raise NotRendered(f"it is not known how {kind or 'this source'} is rendered")
        return await self._plain(source, rendering)

    async def _plain(self, source: Asked, rendering: Rendering) -> Manifests:
        path = inside(source.source.path)
        checkout = await self._checkout(source, rendering, path)
        directory = mapping(with_parameters_of_folder(source, checkout, path), "directory")

        async def made() -> Manifests:
            return tuple(await asyncio.to_thread(plain_manifests, checkout, path, directory))

        return await self._once([path, directory], [checkout], made)

    async def _checkout(self, source: Asked, rendering: Rendering, path: str) -> Checkout:
        edits = {name: content for (url, name), content in rendering.edits.items() if url == source.source.repo}
        checkout = Checkout(source.source.repo, source.revision, self._trees, edits)
        await checkout.need(path)
        if not checkout.has_folder(path):
            raise NotRendered(f"{path or 'the repository'} holds no file at {source.revision[:12]}")
        return checkout

    async def _once(
        self, parameters: object, checkouts: list[Checkout], made: Callable[[], Awaitable[Manifests]]
    ) -> Manifests:
        """A render, made once for the same content and parameters."""
        found = hashlib.blake2b(json.dumps(parameters, sort_keys=True).encode(), digest_size=20)
        for checkout in checkouts:
            found.update(checkout.digest())
        key = found.digest()
        if key not in self._renders:
            if len(self._renders) >= KEPT:
                del self._renders[next(iter(self._renders))]
            self._renders[key] = asyncio.ensure_future(self._counted(made))
        return await asyncio.shield(self._renders[key])

    async def _counted(self, made: Callable[[], Awaitable[Manifests]]) -> Manifests:
        self.rendered += 1
        return await made()


class RememberedTrees:
    """Folders of repositories, read once."""

    def __init__(self, trees: Trees) -> None:
        self._trees = trees
        self._read: dict[tuple[str, str, str], asyncio.Task[Mapping[str, Blob] | NotRead]] = {}

    async def tree(self, url: str, revision: str, path: str) -> Mapping[str, Blob] | NotRead:
        """The files below a path at a revision."""
        key = (url, revision, path)
        if key not in self._read:
            if len(self._read) >= KEPT:
                del self._read[next(iter(self._read))]
            self._read[key] = asyncio.ensure_future(self._trees.tree(url, revision, path))
        return await asyncio.shield(self._read[key])
