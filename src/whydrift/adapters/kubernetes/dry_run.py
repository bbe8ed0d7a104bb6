"""Server-side dry runs: the one request that is no GET. The server says what an apply would make; it stores nothing."""

from __future__ import annotations

import json

from whydrift.adapters.http.client import Answer
from whydrift.adapters.http.endpoint import Endpoint
from whydrift.adapters.http.sending import Request, attempt
from whydrift.adapters.http.words import lost
from whydrift.adapters.kubernetes.access import NoAccess
from whydrift.adapters.kubernetes.cluster import Cluster
from whydrift.core.model.resource_path import resource_path
from whydrift.core.model.values import Json, JsonObject, items, text
from whydrift.ports import Api, NotRead, Question, Reply

QUERY = (("dryRun", "All"), ("fieldManager", "argocd-controller"), ("force", "true"))
"""As Argo CD's own server-side diff asks (gitops-engine pkg/utils/kube/resource_ops.go): its manager, its force."""
SECONDS = 30.0


async def dry_run(cluster: Cluster, target: JsonObject, namespace: str) -> Reply:
    """What a server-side apply of `target` would make; `namespace` is for targets that state none."""
    path = await _path_of(cluster, target, namespace)
    if isinstance(path, NotRead):
        return path
    try:
        connected = await cluster.connected()
    except NoAccess as error:
        return NotRead(str(error))
    answer = await _patch(connected.client.endpoint, path, target)
    cluster.requests += 1
    return answer if isinstance(answer, NotRead) else connected.judge.reply(answer)


async def _path_of(cluster: Cluster, target: JsonObject, namespace: str) -> str | NotRead:
    """The URL path of an object: its kind's plural comes from the server's own discovery."""
    version, kind, name = text(target, "apiVersion"), text(target, "kind"), text(target, "metadata", "name")
    group = f"/apis/{version}" if "/" in version else f"/api/{version}"
    reply = await cluster.ask(Question(Api.KUBERNETES, group))
    if isinstance(reply, NotRead):
        return NotRead(f"dry run: {version}: {reply.why}", reply.status)
    found: Json = json.loads(reply.content)
    for row in items(found, "resources"):
        if text(row, "kind") == kind and "/" not in text(row, "name"):
            namespaced = isinstance(row, dict) and row.get("namespaced") is True
            where = f"/namespaces/{text(target, 'metadata', 'namespace') or namespace}" if namespaced else ""
            return _checked(f"{group}{where}/{text(row, 'name')}/{name}")
    return NotRead(f"dry run: this cluster has no {kind} in {version}")


def _checked(path: str) -> str | NotRead:
    asked = resource_path(path)
    if asked is None or not asked.name or asked.subresource:
        return NotRead("dry run: a name in this URL would lead elsewhere: not asked")
    return NotRead("Secrets are never sent") if asked.is_secret else path


async def _patch(endpoint: Endpoint, path: str, target: JsonObject) -> Answer | NotRead:
    """One PATCH, never repeated."""
    import httpx2

    request = Request("PATCH", path, target, QUERY, "application/apply-patch+yaml")
    try:
        return await attempt(endpoint, request, SECONDS)
    except (httpx2.HTTPError, OSError) as error:
        return NotRead(lost(error, endpoint).why)
