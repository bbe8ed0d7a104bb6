"""Argo CD's REST API as a `ports.Source`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from whydrift.adapters.argocd.refusals import Judge
from whydrift.adapters.http.client import Client
from whydrift.adapters.http.words import Lost
from whydrift.errors import SourceError
from whydrift.ports import Api, NotRead, Question, Reply


class Tunnel(Protocol):
    """A way to the server that has to be taken down again."""

    def close(self) -> None:
        """Take it down."""


class ArgocdSource:
    """A live Argo CD. Only GETs; a token and headers that no message shows."""

    def __init__(self, client: Client, judge: Judge, notes: Sequence[str] = (), tunnel: Tunnel | None = None) -> None:
        self.name = client.endpoint.url
        self.requests = 0
        self.client = client
        self.judge = judge
        self._notes = list(notes)
        self._tunnel = tunnel

    @property
    def notes(self) -> list[str]:
        """What a user should know about the reading so far: ignored settings, slow-downs."""
        return [*self._notes, *self.client.pace.notes()]

    async def ask(self, question: Question) -> Reply:
        """Argo CD's answer. SourceError where its server was never reached; later losses leave this one unread."""
        self.requests += 1
        if question.api is not Api.ARGOCD:
            return NotRead("only Argo CD is asked: no kubeconfig is in use")
        if any(part in ("", ".", "..") for part in question.path.strip("/").split("/")):
            return NotRead("a name in this URL would lead elsewhere: not asked")
        outcome = await self.client.get(question.path, (*question.query, *question.hints))
        if not isinstance(outcome, Lost):
            return self.judge.reply(question, outcome)
        if not self.client.met:
            raise SourceError(f"{self.name}: {outcome.why}")
        return NotRead(outcome.why)

    def instances(self) -> Sequence[str]:
        """The only one."""
        return [""]

    async def clusters(self, instance: str = "") -> dict[str, str]:
        """None: Argo CD alone reaches no cluster's API."""
        return {}

    async def close(self) -> None:
        """Let go of connections and of the tunnel."""
        await self.client.close()
        if self._tunnel is not None:
            self._tunnel.close()
