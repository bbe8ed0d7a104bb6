"""Prometheus by URL: what pods use now, where a metrics API does not say it. Only GETs of instant queries."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import unquote, urlsplit

from whydrift.adapters.http.client import Answer, Client, Limits
from whydrift.adapters.http.endpoint import Endpoint
from whydrift.adapters.http.proxies import proxy_for
from whydrift.core.model.values import Json, JsonObject, items, mapping, text
from whydrift.errors import UsageError
from whydrift.ports import NotRead

TOKEN: Final = "WHYDRIFT_PROMETHEUS_TOKEN"
"""The environment variable that holds a bearer token."""
QUERY: Final = "/api/v1/query"
_CPU: Final = 'sum by (pod, container) (rate(container_cpu_usage_seconds_total{{namespace={}, container!=""}}[5m]))'
_MEMORY: Final = 'sum by (pod, container) (container_memory_working_set_bytes{{namespace={}, container!=""}})'
_PAUSE: Final = "POD"
"""The name under which cAdvisor reports the container that only holds a pod's namespaces."""
_LARGEST: Final = 64 * 1024**2


class Prometheus:
    """A Prometheus (or anything that answers its HTTP API). What it refuses is not read, with the reason."""

    def __init__(self, client: Client) -> None:
        self.name = client.endpoint.url
        self._client = client

    async def pods(self, namespace: str) -> tuple[JsonObject, ...] | NotRead:
        """What the containers of a namespace use now, as metrics.k8s.io PodMetrics without labels."""
        used: dict[str, dict[str, JsonObject]] = {}
        for resource, query in (("cpu", _CPU), ("memory", _MEMORY)):
            rows = await self._ask(query.format(json.dumps(namespace)))
            if isinstance(rows, NotRead):
                return rows
            for pod, container, amount in _samples(rows):
                usage = used.setdefault(pod, {}).setdefault(container, {})
                usage[resource] = f"{round(amount * 1e9)}n" if resource == "cpu" else str(round(amount))
        return tuple(_pod_metrics(namespace, pod, containers) for pod, containers in used.items())

    async def reachable(self) -> str:
        """Why it cannot be asked, "" where it can."""
        found = await self._ask("1")
        return found.why if isinstance(found, NotRead) else ""

    async def _ask(self, query: str) -> list[Json] | NotRead:
        """The rows of an instant vector (Prometheus HTTP API, "Instant queries")."""
        outcome = await self._client.get(QUERY, (("query", query),))
        if not isinstance(outcome, Answer):
            return NotRead(f"{self.name}: {outcome.why}")
        try:
            answered: Json = json.loads(outcome.content)
        except (ValueError, RecursionError):
            answered = None
        if outcome.status != 200 or text(answered, "status") != "success":
            said = text(answered, "error")[:200] or f"status {outcome.status}"
            return NotRead(f"{self.name}: {said}", outcome.status)
        return items(answered, "data", "result")

    async def close(self) -> None:
        """Let go of connections."""
        await self._client.close()


def connect(url: str, environ: Mapping[str, str]) -> Prometheus:
    """The Prometheus at a URL; a login in it, or the token of the environment, goes into a header. UsageError."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(f"--prometheus {parts.hostname or url!r}: a URL that begins with http:// or https://")
    bare = parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl().rstrip("/")
    headers = [("Authorization", f"Bearer {environ[TOKEN]}")] if environ.get(TOKEN) else []
    if parts.username:
        login = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
        headers = [("Authorization", f"Basic {base64.b64encode(login).decode()}")]
    endpoint = Endpoint(bare, tuple(headers), proxy=proxy_for(bare, environ))
    return Prometheus(Client(endpoint, limits=Limits(whole=30.0, silence=30.0, size=_LARGEST)))


def _samples(rows: list[Json]) -> Iterator[tuple[str, str, float]]:
    """(pod, container, amount) of the rows that state all three; amounts that are no number are left out."""
    for row in rows:
        labels, value = mapping(row, "metric"), items(row, "value")
        pod, container = text(labels, "pod"), text(labels, "container")
        try:
            amount = float(str(value[1]))
        except (IndexError, ValueError):
            continue
        if pod and container and container != _PAUSE and 0 <= amount < float("inf"):
            yield pod, container, amount


def _pod_metrics(namespace: str, pod: str, containers: Mapping[str, JsonObject]) -> JsonObject:
    used: list[Json] = [{"name": name, "usage": usage} for name, usage in containers.items()]
    return {"metadata": {"name": pod, "namespace": namespace}, "containers": used}
