"""Ports of this process for others that it forked: they ask it, so that each server meets one reader, and one pace.

What a reader of facts reads once a scan (a cluster's lists, the settings) is asked once, whoever wants it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import cast

from whydrift.core.model.fleet import Commit
from whydrift.core.model.values import JsonObject
from whydrift.ports import Blob, DryRuns, NotRead, Question, Reply, Trees
from whydrift.usecases.facts import FactReader

RENDERS = "/manifests"
OF_ONE = ("/api/v1/applications/", "/log")
"""Where paths of Argo CD begin, and those of clusters end, that are about one application only."""


@dataclass(frozen=True)
class Call:
    """What a port is asked: by the name that a reader of facts has for it."""

    port: str
    method: str
    arguments: tuple[object, ...]

    @property
    def question(self) -> Question | None:
        """The question, where an API is asked one."""
        asked = self.arguments[0] if self.method == "ask" else None
        return asked if isinstance(asked, Question) else None

    @property
    def shared(self) -> bool:
        """Whether the answer holds for more than one application, so that a reader asks for it once."""
        asked = self.question
        if asked is None:
            return self.method in ("clusters", "pods")
        return not asked.path.startswith(OF_ONE[0]) and not asked.path.endswith(OF_ONE[1])

    @property
    def renders(self) -> bool:
        """Whether Argo CD renders for it."""
        return self.question is not None and self.question.path.endswith(RENDERS)


class Lender:
    """Answers what other processes ask of the ports of a reader; renders at most as many at a time as that one may."""

    def __init__(self, reader: FactReader) -> None:
        self._reader = reader
        self._kept: dict[Call, asyncio.Future[object]] = {}
        self._slots = asyncio.Semaphore(max(1, reader.renders))

    async def answer(self, call: Call) -> object:
        """The answer of a port."""
        if not call.shared:
            return await self._answer(call)
        if call not in self._kept:
            self._kept[call] = asyncio.ensure_future(self._answer(call))
        return await asyncio.shield(self._kept[call])

    async def _answer(self, call: Call) -> object:
        port = getattr(self._reader, call.port)
        async with self._slots if call.renders else nullcontext():
            return cast(object, await getattr(port, call.method)(*call.arguments))


Ask = Callable[[Call], Awaitable[object]]


def borrow(reader: FactReader, ask: Ask) -> None:
    """Let a reader in another process ask the ports of the one that forked it, as far as that one has them."""
    reader.source = source = _Source(reader.source.name, ask, reader.source.instances())
    reader.dry_runs = None if reader.dry_runs is None else source
    reader.metrics = None if reader.metrics is None else _Metrics(ask)
    if reader.repository is not None:
        reader.repository = _Trees(ask) if isinstance(reader.repository, Trees) else _Repository(ask)


@dataclass
class _Source(DryRuns):
    """A `Source`, and what makes dry runs."""

    name: str
    _ask: Ask
    _instances: Sequence[str]
    requests: int = 0
    """None of its own: the lender counts."""
    _reached: dict[str, dict[str, str]] = field(default_factory=dict)

    async def ask(self, question: Question) -> Reply:
        return cast(Reply, await self._ask(Call("source", "ask", (question,))))

    def instances(self) -> Sequence[str]:
        return self._instances

    async def clusters(self, instance: str = "") -> dict[str, str]:
        if instance not in self._reached:
            found = await self._ask(Call("source", "clusters", (instance,)))
            self._reached[instance] = cast(dict[str, str], found)
        return self._reached[instance]

    async def dry_run(self, at: str, target: JsonObject, namespace: str = "") -> Reply:
        return cast(Reply, await self._ask(Call("dry_runs", "dry_run", (at, target, namespace))))

    async def close(self) -> None:
        """Nothing is open here."""


@dataclass
class _Metrics:
    _ask: Ask

    async def pods(self, namespace: str) -> tuple[JsonObject, ...] | NotRead:
        return cast(tuple[JsonObject, ...] | NotRead, await self._ask(Call("metrics", "pods", (namespace,))))


@dataclass
class _Repository:
    _ask: Ask

    async def commits(self, url: str, since: str | None, until: str, path: str) -> tuple[Commit, ...] | NotRead:
        found = await self._ask(Call("repository", "commits", (url, since, until, path)))
        return cast(tuple[Commit, ...] | NotRead, found)

    async def files(self, url: str, revision: str, path: str) -> dict[str, str] | NotRead:
        found = await self._ask(Call("repository", "files", (url, revision, path)))
        return cast(dict[str, str] | NotRead, found)

    async def head(self, url: str, name: str) -> str | NotRead:
        return cast(str | NotRead, await self._ask(Call("repository", "head", (url, name))))


class _Trees(_Repository):
    async def tree(self, url: str, revision: str, path: str) -> Mapping[str, Blob] | NotRead:
        found = await self._ask(Call("repository", "tree", (url, revision, path)))
        return cast(Mapping[str, Blob] | NotRead, found)
