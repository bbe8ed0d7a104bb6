"""An Argo CD and the clusters of a kubeconfig as one source. Which cluster Argo CD means is proven, never assumed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import Protocol
from urllib.parse import urlsplit

import msgspec

from whydrift.core.model.facts import Gap
from whydrift.core.model.values import Json, JsonObject, items, mapping, text
from whydrift.ports import Api, Body, NotRead, Question, Reply, Source

APPLICATIONS = "/api/v1/applications"
NAMES = (("fields", "items.metadata.name,items.metadata.namespace"),)
HOME = ("https://kubernetes.default.svc", "in-cluster")
"""How Applications name the cluster that Argo CD runs in (Argo CD common.go, KubernetesInternalAPIServerAddr)."""
LOOKED_AT, TRIED = 50, 3
"""Of how many Applications some are chosen for the proof, and how many of them."""
GONE = 404
NO_CLUSTER = "no cluster is asked: Argo CD alone is in use"


class Noted(Source, Protocol):
    """A live source, which may have something to say about the reading."""

    @property
    def notes(self) -> list[str]:
        """Those things, one line each."""


class Clusters(Noted, Protocol):
    """Clusters that can be asked for a dry run, too."""

    async def dry_run(self, at: str, target: JsonObject, namespace: str = "") -> Reply:
        """What a server-side apply of `target` would make; stored nowhere, and only where the user allowed it."""


class _List(msgspec.Struct):
    items: list[msgspec.Raw] | None = None


class Live:
    """Routes questions by their API. Without clusters, Argo CD alone is asked, and whatever needs them is a gap.

    `own` is the context that may be the cluster of Argo CD itself, "" the chosen one. `list_only` says that nothing but
    lists of Applications will be asked for: then no kubeconfig is read.
    """

    def __init__(
        self,
        argocd: Noted,
        kubernetes: Clusters | None,
        notes: Sequence[str] = (),
        list_only: bool = False,
        own: str = "",
    ) -> None:
        self.argocd = argocd
        self.kubernetes = kubernetes
        self._notes = list(notes)
        self._list_only = list_only
        self.own = own
        self._lock = asyncio.Lock()
        self._clusters: dict[str, str] | None = None if kubernetes is not None else {}
        self._listed: bytes | None = None
        self._away = NotRead(NO_CLUSTER)
        self.gaps: list[Gap] = []
        """What was refused as a whole: a cluster that may be Argo CD's own, not read because that is not proven."""

    @property
    def name(self) -> str:
        """Argo CD's address, with the clusters."""
        return self.argocd.name if self.kubernetes is None else f"{self.argocd.name}, {self.kubernetes.name}"

    @property
    def notes(self) -> list[str]:
        """What a user should know about the reading so far."""
        return [*self._notes, *self.argocd.notes, *(self.kubernetes.notes if self.kubernetes is not None else ())]

    @property
    def requests(self) -> int:
        """How many requests both were asked."""
        return self.argocd.requests + (self.kubernetes.requests if self.kubernetes is not None else 0)

    def instances(self) -> Sequence[str]:
        """Those of Argo CD."""
        return self.argocd.instances()

    async def ask(self, question: Question) -> Reply:
        """The answer of whom it concerns; a cluster that is not proven to be Argo CD's own is not taken for it."""
        if question.api is Api.ARGOCD:
            return await self._ask_argocd(question)
        kubernetes = await self._proven(question.at)
        return self._away if kubernetes is None else await kubernetes.ask(question)

    async def dry_run(self, at: str, target: JsonObject, namespace: str = "") -> Reply:
        """What a server-side apply of `target` would make in a cluster; see `KubernetesSource.dry_run`."""
        kubernetes = await self._proven(at)
        return self._away if kubernetes is None else await kubernetes.dry_run(at, target, namespace)

    async def away(self, at: str) -> str:
        """Why the cluster at a context is not written to; "" where it is proven to be the one that is meant."""
        return "" if await self._proven(at) is not None else self._away.why

    async def _proven(self, at: str) -> Clusters | None:
        """The clusters, if the one that is meant is proven to be it."""
        return self.kubernetes if at or "" in (await self.clusters()).values() else None

    async def _ask_argocd(self, question: Question) -> Reply:
        if self.kubernetes is None or self._list_only:
            return await self.argocd.ask(question)
        # Meanwhile the kubeconfig is read: one that cannot be used is said at once.
        reply, _ = await asyncio.gather(self.argocd.ask(question), self.kubernetes.clusters())
        if isinstance(reply, Body) and question == Question(Api.ARGOCD, APPLICATIONS) and self._clusters is None:
            self._listed = reply.content
        return reply

    async def clusters(self, instance: str = "") -> dict[str, str]:
        """Destination URL or name → context, for the clusters of Argo CD that the kubeconfig reaches."""
        async with self._lock:
            if self._clusters is None:
                assert self.kubernetes is not None
                self._clusters = await self._match(await self.kubernetes.clusters(), self.kubernetes)
                self._listed = None
            return self._clusters

    async def _match(self, contexts: dict[str, str], kubernetes: Source) -> dict[str, str]:
        reached = {url: context for url, context in contexts.items() if url not in HOME}
        by_address = {_address(url): context for url, context in reached.items()}
        at_home = await self._is_home(kubernetes)
        found = {**reached, **(dict.fromkeys(HOME, self.own) if at_home else {})}
        for server, name in await self._destinations():
            context = (self.own if at_home else None) if server == HOME[0] else by_address.get(_address(server))
            if context is not None:
                found.update({key: context for key in (server, name) if key})
        return found

    async def _destinations(self) -> list[tuple[str, str]]:
        """The clusters that Argo CD knows, as (server, name); none where this login may not see them."""
        reply = await self.argocd.ask(Question(Api.ARGOCD, "/api/v1/clusters"))
        listed = _decoded(reply)
        return [(text(row, "server"), text(row, "name")) for row in items(listed, "items")]

    async def _is_home(self, kubernetes: Source) -> bool:
        """Whether the chosen context is the cluster of Argo CD: an Application has the same uid in both APIs.

        One that was removed since it was listed proves nothing: the next one is tried.
        """
        elsewhere: NotRead | None = None
        called = self.own or kubernetes.name
        for namespace, name, uid in await self._some_applications():
            path = f"/apis/argoproj.io/v1alpha1/namespaces/{namespace}/applications/{name}"
            reply = await kubernetes.ask(Question(Api.KUBERNETES, path, (), self.own))
            if isinstance(reply, Body) and text(_decoded(reply), "metadata", "uid") == uid:
                return True
            if isinstance(reply, NotRead) and reply.status != GONE:
                why = f"get applications.argoproj.io in {namespace}: {reply.why}"
                unproven = f"{called} is not proven to be the cluster that Argo CD runs in: {why}"
                self._away = NotRead(unproven, reply.status)
                self.gaps.append(Gap("the cluster that Argo CD runs in", unproven, f"get applications in {namespace}"))
                return False
            elsewhere = NotRead(f"{called} is not the cluster that Argo CD runs in: --context names another")
        if elsewhere is not None:
            self._away = elsewhere
            self._notes.append(elsewhere.why)
        return False

    async def _some_applications(self) -> list[tuple[str, str, str]]:
        """Namespace, name and uid of a few Applications that Argo CD listed."""
        if self._listed is None:
            return await self._named_applications()
        try:
            rows = msgspec.json.decode(self._listed, type=_List).items or []
            found: list[Json] = [msgspec.json.decode(row) for row in rows[:LOOKED_AT]]
        except msgspec.DecodeError:
            return []
        # Those beside Argo CD itself come first: who may read a single namespace may read them.
        found.sort(key=lambda row: text(row, "metadata", "namespace") != text(row, "status", "controllerNamespace"))
        stated = (mapping(row, "metadata") for row in found)
        named = [(text(row, "namespace"), text(row, "name"), text(row, "uid")) for row in stated]
        return [row for row in named if row[2]][:TRIED]

    async def _named_applications(self) -> list[tuple[str, str, str]]:
        """The same where nothing was listed yet: a list of names, and some of them one by one, cost next to nothing."""
        listed = _decoded(await self.argocd.ask(Question(Api.ARGOCD, APPLICATIONS, NAMES)))
        stated = [mapping(row, "metadata") for row in items(listed, "items")[:TRIED]]
        found = []
        for row in stated:
            namespace, name = text(row, "namespace"), text(row, "name")
            one = Question(Api.ARGOCD, f"{APPLICATIONS}/{name}", (("appNamespace", namespace),))
            uid = text(row, "uid") or text(_decoded(await self.argocd.ask(one)), "metadata", "uid")
            found += [(namespace, name, uid)] if uid else []
        return found

    async def close(self) -> None:
        """Close both."""
        await self.argocd.close()
        if self.kubernetes is not None:
            await self.kubernetes.close()


def _decoded(reply: Reply) -> Json:
    if isinstance(reply, NotRead):
        return None
    try:
        found: Json = json.loads(reply.content)
    except (ValueError, RecursionError):
        return None
    return found


def _address(url: str) -> str:
    """What two spellings of an API server's URL share: scheme, host, port, path."""
    try:
        parts = urlsplit(url if "://" in url else f"https://{url}")
        port = parts.port or (80 if parts.scheme == "http" else 443)
    except ValueError:
        return url
    return f"{parts.scheme}://{(parts.hostname or '').lower()}:{port}{parts.path.rstrip('/')}"
