"""`ports.Renderer`: every source of an application, each by what it is; one render of the same content is enough."""

from __future__ import annotations

import asyncio
import hashlib
import json
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from whydrift.adapters.render.build_options import build_options
from whydrift.adapters.render.chart_cache import ChartCache
from whydrift.adapters.render.checkout import Checkout, NotRendered, inside
from whydrift.adapters.render.command import PREFIX, Limits
from whydrift.adapters.render.helm import helm_output, read_chart
from whydrift.adapters.render.kustomize import kustomized, read_kustomization
from whydrift.adapters.render.manifests import manifests_or_why, yaml_manifests
from whydrift.adapters.render.plain import plain_manifests
from whydrift.adapters.render.sources import Asked, asked, discovered, with_parameters_of_folder
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.sources import CHART, OCI, same_url, source_type
from whydrift.core.model.values import JsonObject, mapping, text
from whydrift.core.prove.placing import placed, unread_placing
from whydrift.ports import Blob, NotRead, Rendering, Trees
from whydrift.usecases.elsewhere import HERE, Elsewhere

KEPT = 64
"""How many renders are remembered."""
MOST_REMEMBERED = 128 * 1024**2
"""How many bytes of repositories are remembered."""
AT_ONCE = 2
"""How many renders run at a time."""
LARGE = 100_000
"""Bytes of an output that is read elsewhere: that takes longer than to render it."""
REFUSED = {
    "plugin": "a config management plugin renders it",
    OCI: "its source comes from a registry, which is not asked",
    "hydrated": "the source hydrator renders it from another source",
}
Manifests = tuple[JsonObject, ...]
T = TypeVar("T")


@dataclass(frozen=True)
class Tools:
    """The user's own tools, as the start of a command line; None where there is none."""

    helm: tuple[str, ...] | None = None
    kustomize: tuple[str, ...] | None = None


def installed_tools(path: str | None = None) -> Tools:
    """The tools that are found on a PATH; kustomize itself before kubectl's."""
    helm, kustomize, kubectl = (shutil.which(name, path=path) for name in ("helm", "kustomize", "kubectl"))
    build = (kustomize, "build") if kustomize else (kubectl, "kustomize") if kubectl else None
    return Tools((helm,) if helm else None, build)


class ToolRenderer:
    """Renders plain folders itself, Helm charts and kustomizations by the user's tools. Safe to use from many tasks."""

    def __init__(
        self,
        trees: Trees,
        tools: Tools,
        limits: Limits | None = None,
        elsewhere: Elsewhere = HERE,
        charts: ChartCache | None = None,
    ) -> None:
        """`elsewhere` is where large outputs are read, `charts` what the user's helm keeps of registries."""
        self._elsewhere = elsewhere
        self._trees = RememberedTrees(trees)
        self._tools = tools
        self._charts = charts
        self._limits = limits or Limits()
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._renders: dict[bytes, asyncio.Task[Manifests]] = {}
        self.rendered = 0
        """How many renders were made; those that were remembered do not count."""

    async def render(self, rendering: Rendering) -> Mapping[ObjectKey, JsonObject] | NotRead:
        """The objects by key; NotRead with the reason where a source cannot be rendered here."""
        try:
            sources = asked(rendering.application, rendering.spec)
            found = [await self._source(each, sources, rendering) for each in sources]
        except NotRendered as error:
            return NotRead(str(error))
        placing = rendering.placing or unread_placing(rendering.application)
        return placed((manifest for manifests in found for manifest in manifests), placing)

    async def _source(self, source: Asked, sources: list[Asked], rendering: Rendering) -> Manifests:
        if source.source.ref and not source.source.path:
            return ()
        kind = source_type(source.application, source.place)
        if kind in (CHART, OCI) and source.source.chart:
            checkout = await self._chart(source)
            return await self._helm(
                source, with_parameters_of_folder(source, checkout, ""), checkout, sources, rendering
            )
        if kind in REFUSED:
            raise NotRendered(REFUSED[kind])
        path = inside(source.source.path)
        checkout = await self._checkout(source, rendering, path)
        stated = with_parameters_of_folder(source, checkout, path)
        match kind or discovered(stated, checkout, path):
            case "directory":
                return await self._plain(path, mapping(stated, "directory"), checkout)
            case "helm":
                return await self._helm(source, stated, checkout, sources, rendering)
            case "kustomize":
                return await self._kustomize(source, stated, checkout, rendering)
            case _:
                raise NotRendered(f"it is not known how a source of type {kind} is rendered")

    async def _plain(self, path: str, directory: JsonObject, checkout: Checkout) -> Manifests:
        async def made(_: Path) -> Manifests:
            return tuple(await asyncio.to_thread(plain_manifests, checkout, path, directory))

        return await self._once([path, directory], [checkout], partial(self._in_turn, made))

    async def _helm(
        self, source: Asked, stated: JsonObject, checkout: Checkout, sources: list[Asked], rendering: Rendering
    ) -> Manifests:
        helm = self._tools.helm
        if helm is None:
            raise NotRendered("helm is not installed")
        checkouts = {"": checkout}
        for other in sources:
            if other.source.ref:
                checkouts[other.source.ref] = self._unread(other, rendering)
        chart = await read_chart(source, stated, checkouts)

        async def made(folder: Path) -> bytes:
            return await helm_output(helm, chart, rendering, folder, self._limits)

        release = [source.application.name, source.application.destination_namespace, source.variables]
        cluster = [rendering.kube_version, rendering.api_versions, rendering.again]
        return await self._once(
            [stated, release, cluster, list(checkouts)],
            list(checkouts.values()),
            partial(self._read, made, "what helm rendered"),
        )

    async def _kustomize(
        self, source: Asked, stated: JsonObject, checkout: Checkout, rendering: Rendering
    ) -> Manifests:
        kustomize = self._tools.kustomize
        if kustomize is None:
            raise NotRendered("neither kustomize nor kubectl is installed")
        version = text(stated, "kustomize", "version")
        options = build_options(rendering.build_options.get(version, rendering.build_options.get("", "")))
        build = await read_kustomization(source, stated, checkout, options, rendering)

        async def made(folder: Path) -> bytes:
            return await kustomized(kustomize, self._tools.helm, build, folder, self._limits)

        drawn = rendering.again if build.charts else False  # nothing else of a kustomization comes out otherwise
        return await self._once(
            [source.source.path, build.charts, build.for_helm, drawn],
            [checkout],
            partial(self._read, made, "what kustomize built"),
        )

    async def _chart(self, source: Asked) -> Checkout:
        if self._charts is None:
            raise NotRendered("its chart comes from a registry, which is not asked")
        return await self._charts.checkout(source, self._trees)

    async def _checkout(self, source: Asked, rendering: Rendering, path: str) -> Checkout:
        checkout = self._unread(source, rendering)
        await checkout.need(path)
        if not checkout.has_folder(path):
            raise NotRendered(f"{path or 'the repository'} holds no file at {source.revision[:12]}")
        return checkout

    def _unread(self, source: Asked, rendering: Rendering) -> Checkout:
        edits = {name: content for (url, name), content in rendering.edits.items() if same_url(url, source.source.repo)}
        return Checkout(source.source.repo, source.revision, self._trees, edits)

    async def _once(
        self, parameters: object, checkouts: list[Checkout], made: Callable[[], Coroutine[None, None, Manifests]]
    ) -> Manifests:
        """A render, made once for the same content and parameters."""
        found = hashlib.blake2b(json.dumps(parameters, sort_keys=True).encode(), digest_size=20)
        for checkout in checkouts:
            found.update(checkout.digest())
        key = found.digest()
        if key not in self._renders:
            if len(self._renders) >= KEPT:
                del self._renders[next(iter(self._renders))]
            self._renders[key] = asyncio.create_task(made())
        return await asyncio.shield(self._renders[key])

    async def _read(self, made: Callable[[Path], Awaitable[bytes]], what: str) -> Manifests:
        """The manifests that a tool printed."""
        output = await self._in_turn(made)
        if len(output) < LARGE:
            return yaml_manifests(output, what)
        found = await self._elsewhere.do(partial(manifests_or_why, output, what))
        if isinstance(found, str):
            raise NotRendered(found)
        return found

    async def _in_turn(self, made: Callable[[Path], Awaitable[T]]) -> T:
        """What is made in a new folder, a few at a time."""
        async with self._slots:
            self.rendered += 1
            folder = Path(tempfile.mkdtemp(prefix=PREFIX))
            try:
                return await made(folder)
            finally:
                # in a thread, since some systems take milliseconds for a folder; nobody waits for it, so that it is not
                # cancelled, and it ends before the loop does (asyncio.run, shutdown_default_executor)
                asyncio.get_running_loop().run_in_executor(None, partial(shutil.rmtree, folder, ignore_errors=True))


class RememberedTrees:
    """Folders of repositories, read once, as many as fit."""

    def __init__(self, trees: Trees) -> None:
        self._trees = trees
        self._read: dict[tuple[str, str, str], asyncio.Task[Mapping[str, Blob] | NotRead]] = {}
        self._sizes: dict[tuple[str, str, str], int] = {}

    async def tree(self, url: str, revision: str, path: str) -> Mapping[str, Blob] | NotRead:
        """The files below a path at a revision."""
        key = (url, revision, path)
        if key not in self._read:
            self._read[key] = asyncio.ensure_future(self._trees.tree(url, revision, path))
        found = await asyncio.shield(self._read[key])
        self._sizes[key] = 0 if isinstance(found, NotRead) else sum(len(blob.content) for blob in found.values())
        while sum(self._sizes.values()) > MOST_REMEMBERED:
            oldest = next(iter(self._sizes))
            del self._sizes[oldest]
            self._read.pop(oldest, None)
        return found
