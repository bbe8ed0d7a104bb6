"""Changes of clusters: only for `apply`, only on resources, each request sent once."""

from __future__ import annotations

from whydrift.adapters.http.sending import Request, send
from whydrift.adapters.kubernetes.access import NoAccess
from whydrift.adapters.kubernetes.cluster import Connected
from whydrift.adapters.kubernetes.source import KubernetesSource
from whydrift.core.model.resource_path import ResourcePath, resource_path
from whydrift.errors import SourceError
from whydrift.ports import NotRead, Outcome, Refused, Reply, Unanswered, Write

NO_SECRETS = "Secrets are neither read nor changed without --dump-secrets"


class KubernetesWrites:
    """Changes what a source reads, with its logins. Secrets are left alone unless `secrets` says otherwise."""

    def __init__(self, source: KubernetesSource, secrets: bool = False) -> None:
        self._source = source
        self._secrets = secrets

    async def write(self, write: Write) -> Outcome:
        """Send one request to the cluster at `write.at`, a context."""
        asked = resource_path(write.path)
        refused = self._never(write.path, asked)
        if refused:
            return Refused(refused)
        connected = await self._connected(write.at)
        if isinstance(connected, NotRead):
            return Refused(connected.why)
        request = Request(write.method, write.path, write.body, write.query, write.content_type)
        return await send(connected.client.endpoint, request, connected.judge.reply)

    async def secret(self, at: str, path: str) -> Reply:
        """A Secret as it is."""
        asked = resource_path(path)
        if asked is None or not asked.is_secret or not asked.name or asked.subresource:
            return NotRead(f"{path}: is no Secret")
        if not self._secrets:
            return NotRead(NO_SECRETS)
        connected = await self._connected(at)
        if isinstance(connected, NotRead):
            return connected
        outcome = await send(connected.client.endpoint, Request("GET", path), connected.judge.reply)
        match outcome:
            case Refused(why, status):
                return NotRead(why, status)
            case Unanswered(why):
                return NotRead(why)
            case _:
                return outcome

    def _never(self, path: str, asked: ResourcePath | None) -> str:
        """Why a path is not written to; "" where it is."""
        if asked is None or asked.subresource:
            return f"{path}: not sent: it is no resource"
        return NO_SECRETS if asked.is_secret and not self._secrets else ""

    async def _connected(self, at: str) -> Connected | NotRead:
        cluster = await self._source.cluster(at)
        if cluster is None:
            return NotRead(f"no context {at!r} in the kubeconfig")
        try:
            return await cluster.connected()
        except (NoAccess, SourceError) as error:
            return NotRead(str(error))
