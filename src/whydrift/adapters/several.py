"""Several Argo CD instances as one source; they share the clusters of one kubeconfig."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from whydrift.core.model.facts import Gap
from whydrift.core.model.values import JsonObject
from whydrift.ports import Api, NotRead, Question, Reply, Source

Servers = Callable[[], Awaitable[Mapping[str, str]]]
"""URL of each API server by context, "" the chosen one."""


class Instance(Source, Protocol):
    """One live Argo CD with the clusters that it is proven to mean."""

    own: str
    """The context that may be its own cluster, "" the chosen one."""

    async def away(self, at: str) -> str:
        """Why the cluster at a context is not what is meant; "" where it is."""

    @property
    def notes(self) -> list[str]:
        """What a user should know about the reading so far."""

    @property
    def gaps(self) -> Sequence[Gap]:
        """What was refused as a whole."""

    async def dry_run(self, at: str, target: JsonObject, namespace: str = "") -> Reply:
        """What a server-side apply of `target` would make."""


class Several:
    """Routes questions by the id of their instance: a context of the argocd CLI."""

    def __init__(self, instances: Mapping[str, Instance], servers: Servers | None) -> None:
        self.members = dict(instances)
        self._servers = servers

    @property
    def name(self) -> str:
        """The addresses of all."""
        return "; ".join(f"{name}: {instance.name}" for name, instance in self.members.items())

    @property
    def notes(self) -> list[str]:
        """What each has to say."""
        return [f"{name}: {note}" for name, instance in self.members.items() for note in instance.notes]

    @property
    def gaps(self) -> list[Gap]:
        """What each was refused, once where it is the same."""
        return list(dict.fromkeys(gap for instance in self.members.values() for gap in instance.gaps))

    @property
    def requests(self) -> int:
        """How many requests were made; the clusters, which are shared, are counted by each."""
        return sum(instance.requests for instance in self.members.values())

    def instances(self) -> Sequence[str]:
        """The contexts."""
        return list(self.members)

    async def ask(self, question: Question) -> Reply:
        """The answer of the instance that is meant; of a cluster, that of whoever is proven to reach it."""
        if question.api is Api.ARGOCD:
            return await self.members[question.at].ask(replace(question, at=""))
        member = await self._reaching(question.at)
        return NotRead(f"no instance reaches cluster {question.at}") if member is None else await member.ask(question)

    async def dry_run(self, at: str, target: JsonObject, namespace: str = "") -> Reply:
        """What a server-side apply would make in a cluster."""
        member = await self._reaching(at)
        return NotRead(f"no instance reaches {at}") if member is None else await member.dry_run(at, target, namespace)

    async def away(self, at: str) -> str:
        """Why the cluster at a context is not written to; "" where an instance is proven to mean it."""
        member = await self._reaching(at)
        return f"no instance reaches cluster {at}" if member is None else await member.away(at)

    async def _reaching(self, at: str) -> Instance | None:
        for name, instance in self.members.items():
            if at in (await self.clusters(name)).values():
                return instance
        return None

    async def clusters(self, instance: str = "") -> dict[str, str]:
        """What an instance calls each cluster → its context: one for each server, the one that the user named."""
        if instance not in self.members:
            return {}
        found = await self.members[instance].clusters()
        servers = {} if self._servers is None else await self._servers()
        contexts = {url: context for context, url in servers.items() if context}
        contexts |= {
            servers[member.own]: member.own for member in self.members.values() if member.own in servers and member.own
        }
        return {called: contexts.get(servers.get(at, ""), at) for called, at in found.items()}

    async def close(self) -> None:
        """Close all."""
        for instance in self.members.values():
            await instance.close()
