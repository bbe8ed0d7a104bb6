"""What the tests of clusters share: a recording with a namespace in it, kubeconfigs, and servers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qsl

from tests.replay import Replay, Seen
from tests.replay.refusals import refusal

from whydrift.adapters.kubernetes import KubernetesOptions, KubernetesSource, connect
from whydrift.core.model.values import Json, JsonObject, items, mapping, text
from whydrift.ports import Api, Question, Reply

TOKEN = "replay-token"
PODS = "/api/v1/namespaces/shop/pods"


def recording(folder: Path, pods: int = 3, more: Mapping[str, object] | None = None) -> Path:
    """A recording whose namespace `shop` holds pods, and whatever else is given by URL path."""
    row: list[Json] = [{"metadata": {"name": f"pod-{number}", "namespace": "shop"}} for number in range(pods)]
    answers: dict[str, object] = {
        PODS: {"kind": "PodList", "apiVersion": "v1", "metadata": {"resourceVersion": "7"}, "items": row},
        "/version": {"gitVersion": "v1.36.1"},
        **(more or {}),
    }
    for path, answer in answers.items():
        file = folder / f"kubernetes{path}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(answer))
    return folder


def kubeconfig(
    path: Path,
    server: str,
    user: Mapping[str, object] | None = None,
    cluster: Mapping[str, object] | None = None,
    context: str = "here",
    current: str | None = None,
    **more: object,
) -> Path:
    """A kubeconfig with one context."""
    stated = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": context if current is None else current,
        "contexts": [
            {"name": context, "context": {"cluster": f"{context}-cluster", "user": f"{context}-user", **more}}
        ],
        "clusters": [{"name": f"{context}-cluster", "cluster": {"server": server, **(cluster or {})}}],
        "users": [{"name": f"{context}-user", "user": dict({"token": TOKEN} if user is None else user)}],
    }
    written = path.with_name(f"{path.name}.written")
    written.write_text(json.dumps(stated))  # JSON is YAML
    written.replace(path)  # at once: a process that was started before may be reading it
    return path


def source(
    path: Path, context: str = "", environ: Mapping[str, str] | None = None, dry_run: bool = False
) -> KubernetesSource:
    """The clusters of a kubeconfig."""
    found = connect(
        KubernetesOptions(kubeconfig=str(path), context=context, dry_run=dry_run), environ or {}, path.parent
    )
    assert found is not None
    return found


def ask(asked: KubernetesSource, *paths: str, at: str = "") -> list[Reply]:
    """Ask several questions at once, and close."""

    async def all_of_them() -> list[Reply]:
        try:
            return await asyncio.gather(*(asked.ask(Question(Api.KUBERNETES, path, (), at)) for path in paths))
        finally:
            await asked.close()

    return asyncio.run(all_of_them())


def names(content: bytes) -> list[str]:
    """The names of a list's objects."""
    listed: Json = json.loads(content)
    return [text(row, "metadata", "name") for row in items(listed, "items")]


class PagingReplay(Replay):
    """Gives lists in pages of at most `page` objects. `expires` are the pages (from 0) whose token is too old, once."""

    page = 2
    expires: frozenset[int] = frozenset()
    loses: frozenset[int] = frozenset()
    """Pages that claim to be followed by more and do not say where."""

    def answer(self, seen: Seen) -> tuple[int, bytes]:
        """One page of a list; anything else as it is."""
        status, body = super().answer(Seen(seen.path, "", seen.headers))
        query = dict(parse_qsl(seen.query))
        listed: Json = json.loads(body)
        if status != 200 or "limit" not in query or "items" not in mapping(listed):
            return status, body
        number = int(query.get("continue", "0"))
        if number in self.expires:
            return 410, refusal(Api.KUBERNETES, 410, "The provided continue parameter is too old")
        return 200, json.dumps(self._page(mapping(listed), number)).encode()

    def _page(self, listed: JsonObject, number: int) -> JsonObject:
        rows = items(listed, "items")
        shown, left = rows[number * self.page : (number + 1) * self.page], len(rows) - (number + 1) * self.page
        metadata: JsonObject = {**mapping(listed, "metadata")}
        if left > 0:
            metadata["remainingItemCount"] = left
            if number not in self.loses:
                metadata["continue"] = str(number + 1)
        return {**listed, "metadata": metadata, "items": shown}


class RootReplay(Replay):
    """Serves the Kubernetes API without a path before it, as real API servers do."""

    def answer(self, seen: Seen) -> tuple[int, bytes]:
        """The recorded answer."""
        return super().answer(Seen(f"/kubernetes{seen.path}", seen.query, seen.headers))
