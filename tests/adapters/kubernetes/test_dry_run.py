"""The one request that is no GET: only where it was allowed, only with dryRun=All, never a Secret, never twice."""

from __future__ import annotations

import asyncio
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar

import pytest
from tests.adapters.kubernetes.clusters import TOKEN, kubeconfig, source
from tests.serving import answer_json

from whydrift.core.model.values import JsonObject
from whydrift.ports import Body, NotRead, Reply

TARGET: JsonObject = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": {}}


class Server(BaseHTTPRequestHandler):
    """An API server that knows Deployments, Namespaces and Secrets, and answers a patch with what it was sent."""

    status: ClassVar[int] = 200
    patched: ClassVar[list[tuple[str, str, str]]] = []

    def log_message(self, format: str, *args: object) -> None:
        """Not printed."""

    def do_GET(self) -> None:
        """Discovery."""
        rows = [("deployments", "Deployment", True), ("namespaces", "Namespace", False), ("secrets", "Secret", True)]
        listed: list[dict[str, object]] = [
            {"name": name, "kind": kind, "namespaced": inside} for name, kind, inside in rows
        ]
        answer_json(
            self,
            200,
            {"kind": "APIResourceList", "resources": [{"name": "deployments/scale", "kind": "Scale"}, *listed]},
        )

    def do_PATCH(self) -> None:
        """What was sent, as it came."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.patched.append((self.path, self.headers["Content-Type"], self.headers["Authorization"]))
        refused = {"kind": "Status", "message": "spec.replicas: must be a number"}
        answer_json(self, self.status, body if self.status == 200 else refused)


def dry_run(folder: Path, target: JsonObject, allowed: bool = True, status: int = 200) -> Reply:
    """Ask for a dry run of one object in the namespace shop."""

    async def once() -> Reply:
        found = source(kubeconfig(folder / "config", f"http://127.0.0.1:{server.server_port}"), dry_run=allowed)
        try:
            return await found.dry_run("", target, "shop")
        finally:
            await found.close()

    Server.patched.clear()
    Server.status = status
    with ThreadingHTTPServer(("127.0.0.1", 0), Server) as server:
        Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        try:
            return asyncio.run(once())
        finally:
            server.shutdown()


def test_applies_as_argo_cd_would_and_stores_nothing(tmp_path: Path) -> None:
    reply = dry_run(tmp_path, TARGET)
    assert isinstance(reply, Body)
    assert json.loads(reply.content) == TARGET
    path = "/apis/apps/v1/namespaces/shop/deployments/web?dryRun=All&fieldManager=argocd-controller&force=true"
    assert Server.patched == [(path, "application/apply-patch+yaml", f"Bearer {TOKEN}")]


def test_states_no_namespace_for_cluster_scoped_kinds(tmp_path: Path) -> None:
    dry_run(tmp_path, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "a/b"}})
    assert Server.patched == []
    dry_run(tmp_path, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}})
    assert Server.patched[0][0].startswith("/api/v1/namespaces/shop?dryRun=All&")


@pytest.mark.parametrize(
    ("target", "allowed", "says"),
    [
        (TARGET, False, "no dry run without --dry-run"),
        ({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "tls"}}, True, "Secrets are never sent"),
        ({"apiVersion": "v1", "kind": "Toaster", "metadata": {"name": "x"}}, True, "this cluster has no Toaster in v1"),
        ({"apiVersion": "v1", "kind": "Deployment", "metadata": {"name": ".."}}, True, "would lead elsewhere"),
        ({"apiVersion": "../x", "kind": "Deployment", "metadata": {"name": "x"}}, True, "not asked"),
    ],
)
def test_sends_nothing_that_it_must_not(tmp_path: Path, target: JsonObject, allowed: bool, says: str) -> None:
    reply = dry_run(tmp_path, target, allowed)
    assert isinstance(reply, NotRead)
    assert says in reply.why
    assert Server.patched == []


@pytest.mark.parametrize("status", [403, 409, 422, 429, 500, 503])
def test_never_repeats_it(tmp_path: Path, status: int) -> None:
    reply = dry_run(tmp_path, TARGET, status=status)
    assert isinstance(reply, NotRead)
    assert reply.status == status
    assert "spec.replicas: must be a number" in reply.why
    assert reply.said == "spec.replicas: must be a number"
    assert len(Server.patched) == 1
