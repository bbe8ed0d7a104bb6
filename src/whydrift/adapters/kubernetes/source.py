"""The clusters of a kubeconfig (or the pod's own) as a `ports.Source` for `Api.KUBERNETES` questions."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial

from whydrift.adapters.kubernetes.access import Configuration
from whydrift.adapters.kubernetes.cluster import Cluster, in_thread
from whydrift.adapters.kubernetes.dry_run import dry_run
from whydrift.core.model.values import JsonObject
from whydrift.ports import Api, NotRead, Question, Reply

HOME = ("https://kubernetes.default.svc", "in-cluster")
"""How Applications name the cluster of Argo CD itself (Argo CD common.go, KubernetesInternalAPIServerAddr)."""
LONGEST_LOAD = 60.0


class KubernetesSource:
    """Live clusters. `Question.at` is the name of a context, "" the chosen one. Read only; see `dry_run`."""

    def __init__(self, configuration: Configuration, allow_dry_run: bool = False) -> None:
        self._configuration = configuration
        self._allow_dry_run = allow_dry_run
        self._lock = asyncio.Lock()
        self._servers: Mapping[str, str] | None = None
        self._clusters: dict[str, Cluster] = {}

    @property
    def name(self) -> str:
        """The configuration that it reads, with the chosen context once that is known."""
        return self._configuration.label

    def load(self) -> Mapping[str, str]:
        """URL of each API server by context, "" the chosen one. Blocks. SourceError where they cannot be read."""
        if self._servers is None:
            self._configuration.load()
            self._servers = self._configuration.servers()
        return self._servers

    async def servers(self) -> Mapping[str, str]:
        """The same, without blocking."""
        async with self._lock:
            return await in_thread(self.load, LONGEST_LOAD) if self._servers is None else self._servers

    async def clusters(self, instance: str = "") -> dict[str, str]:
        """Every context by the URL of its server; the chosen one also as the cluster of Argo CD itself."""
        found = {url: context for context, url in (await self.servers()).items() if context}
        return {**found, **dict.fromkeys(HOME, "")}

    def namespace(self) -> str:
        """The namespace of the chosen context, "" where it states none. Blocks."""
        self.load()
        return self._configuration.namespace()

    async def ask(self, question: Question) -> Reply:
        """A cluster's answer; what it refuses, and a cluster that is not reached, leave this question unread."""
        if question.api is not Api.KUBERNETES:
            return NotRead("only clusters are asked: no Argo CD API server is in use")
        cluster = await self.cluster(question.at)
        return (
            NotRead(f"no context {question.at!r} in the kubeconfig") if cluster is None else await cluster.ask(question)
        )

    async def dry_run(self, at: str, target: JsonObject, namespace: str = "") -> Reply:
        """What a server-side apply of `target` would make, stored nowhere. Not asked unless the user allowed it."""
        if not self._allow_dry_run:
            return NotRead("no dry run without --dry-run")
        cluster = await self.cluster(at)
        return NotRead(f"no context {at!r}") if cluster is None else await dry_run(cluster, target, namespace)

    async def cluster(self, at: str) -> Cluster | None:
        """The cluster of a context ("" the chosen one); None where the kubeconfig has no such context."""
        if at not in await self.servers():
            return None
        if at not in self._clusters:
            renewal = self._configuration.renews.format(context=at or self._configuration.label.rpartition(" ")[2])
            self._clusters[at] = Cluster(partial(self._configuration.endpoint, at), renewal)
        return self._clusters[at]

    @property
    def notes(self) -> list[str]:
        """What a user should know about the reading so far."""
        return [f"{at or self.name}: {note}" for at, cluster in self._clusters.items() for note in cluster.notes]

    def instances(self) -> Sequence[str]:
        """The only one."""
        return [""]

    @property
    def requests(self) -> int:
        """How many requests were made."""
        return sum(cluster.requests for cluster in self._clusters.values())

    async def close(self) -> None:
        """Let go of connections."""
        for cluster in self._clusters.values():
            await cluster.close()
