"""Changes of live servers: each write goes to the instance or cluster that it names, if that is proven to be it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

from whydrift.ports import Api, NotRead, Outcome, Refused, Reply, Write

NO_CLUSTER = "no cluster is written to: Argo CD alone is in use"


class Instance(Protocol):
    """One Argo CD that takes changes."""

    async def write(self, write: Write) -> Outcome:
        """Send one request."""


class Clusters(Instance, Protocol):
    """The clusters of a kubeconfig that take changes."""

    async def secret(self, at: str, path: str) -> Reply:
        """A Secret as it is."""


class LiveWrites:
    """`ports.Writes` over Argo CD instances by id and the clusters of one kubeconfig.

    `away` says why a context is not what Argo CD means by it ("": it is).
    """

    def __init__(
        self, argocd: Mapping[str, Instance], clusters: Clusters | None, away: Callable[[str], Awaitable[str]]
    ) -> None:
        self._argocd = argocd
        self._clusters = clusters
        self._away = away

    async def write(self, write: Write) -> Outcome:
        """Send one request, once."""
        if write.api is Api.ARGOCD:
            instance = self._argocd.get(write.at)
            return Refused(f"no instance {write.at!r}") if instance is None else await instance.write(write)
        clusters = await self._reached(write.at)
        return Refused(clusters.why) if isinstance(clusters, NotRead) else await clusters.write(write)

    async def secret(self, at: str, path: str) -> Reply:
        """A Secret as it is, unmasked."""
        clusters = await self._reached(at)
        return clusters if isinstance(clusters, NotRead) else await clusters.secret(at, path)

    async def _reached(self, at: str) -> Clusters | NotRead:
        if self._clusters is None:
            return NotRead(NO_CLUSTER)
        why = await self._away(at)
        return NotRead(why) if why else self._clusters
