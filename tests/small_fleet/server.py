"""The HTTP side: Argo CD at `url`, the Kubernetes API at `url`/kubernetes, and faults that befall writes."""

from __future__ import annotations

import json
import re
from contextlib import AbstractContextManager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from tests.serving import answer_json, serving
from tests.small_fleet.argocd import Argocd, refused
from tests.small_fleet.store import KINDS, Answer, Object, Store, status

TOKEN = "token-of-the-small-fleet-0123456789"


@dataclass
class Fault:
    """What befalls requests of a method whose path matches: a status, or "before" / "after": the connection breaks.

    "before": nothing was done; "after": it was done, and nobody says so.
    """

    method: str
    path: str
    kind: int | str
    times: int = 1


class SmallFleet(ThreadingHTTPServer):
    """An Argo CD and its cluster on one port."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.store = Store()
        self.argocd = Argocd(self.store)
        self.faults: list[Fault] = []
        self.writes: list[tuple[str, str, Object]] = []
        """Every request that was no plain read, as it came in: method, path, body. Dry runs are not among them."""
        self.asked: list[str] = []
        self.url = f"http://127.0.0.1:{self.server_address[1]}"

    def fault_of(self, method: str, path: str) -> Fault | None:
        """The fault that befalls a request, used up."""
        for fault in self.faults:
            if fault.times and fault.method == method and re.search(fault.path, path):
                fault.times -= 1
                return fault
        return None

    def kubeconfig(self, path: Path) -> Path:
        """A kubeconfig that leads here."""
        context = {"cluster": "small", "user": "small"}
        path.write_text(
            json.dumps(
                {
                    "apiVersion": "v1",
                    "kind": "Config",
                    "current-context": "small",
                    "contexts": [{"name": "small", "context": context}],
                    "clusters": [{"name": "small", "cluster": {"server": f"{self.url}/kubernetes"}}],
                    "users": [{"name": "small", "user": {"token": TOKEN}}],
                }
            )
        )
        return path


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # an answer leaves in one piece: two small ones would wait for each other
    server: SmallFleet

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is printed."""

    def do_GET(self) -> None:
        """A read, or a refresh."""
        self._answer("GET")

    def do_POST(self) -> None:
        """A create, or a sync."""
        self._answer("POST")

    def do_PATCH(self) -> None:
        """A patch."""
        self._answer("PATCH")

    def do_DELETE(self) -> None:
        """A delete."""
        self._answer("DELETE")

    def _answer(self, method: str) -> None:
        parts = urlsplit(self.path)
        path, query = unquote(parts.path), parse_qs(parts.query)
        length = int(self.headers.get("Content-Length") or 0)
        body: Object = json.loads(self.rfile.read(length)) if length else {}
        dry = query.get("dryRun") == ["All"]
        changes = (method != "GET" or "refresh" in query) and not dry
        self.server.asked.append(f"{method} {path}")
        fault = self.server.fault_of(method, path) if not dry else None
        if fault is not None and fault.kind == "before":
            return self._break()
        if fault is not None and isinstance(fault.kind, int):
            return answer_json(self, *refused_like(path, fault.kind))
        if changes:
            self.server.writes.append((method, path, body))
        answer = (
            self._kubernetes(method, path, body, dry)
            if path.startswith("/kubernetes/")
            else self._argocd(method, path, query, body)
        )
        return self._break() if fault is not None else answer_json(self, *answer)

    def _kubernetes(self, method: str, path: str, body: Object, dry: bool) -> Answer:
        store, path = self.server.store, path.removeprefix("/kubernetes")
        match method:
            case "POST":
                return store.create(path, body, dry)
            case "PATCH":
                return store.patch(path, body)
            case "DELETE":
                return store.delete(path, body)
            case _:
                return discovery(path) or store.get(path)

    def _argocd(self, method: str, path: str, query: dict[str, list[str]], body: Object) -> Answer:
        argocd = self.server.argocd
        _, _, rest = path.partition("/api/v1/applications/")
        name, _, part = rest.partition("/")
        if method == "PATCH":
            return argocd.patch(name, body)
        if method == "POST":
            return argocd.sync(name, body)
        if "refresh" in query:
            argocd.refreshes += 1
        if name:
            return self._about(name, part)
        if "/can-i/" in path:
            return 200, {"value": "yes" if argocd.sees_all else "no"}
        return {
            "/api/v1/applications": argocd.applications(),
            "/api/version": (200, {"Version": "v3.5.1"}),
            "/api/v1/settings": (200, {"trackingMethod": "annotation", "appLabelKey": "app.kubernetes.io/instance"}),
        }.get(path, (200, {"items": []}))

    def _about(self, name: str, part: str) -> Answer:
        argocd = self.server.argocd
        match part:
            case "":
                return argocd.application(name)
            case "managed-resources":
                return argocd.managed_resources(name)
            case "resource-tree":
                return argocd.resource_tree(name)
            case _:
                return 200, {"items": []}

    def _break(self) -> None:
        self.close_connection = True
        self.connection.close()


def refused_like(path: str, code: int) -> Answer:
    """A refusal in the words of the API that is asked."""
    message = f"fault {code}"
    return status(code, "Fault", message) if path.startswith("/kubernetes/") else refused(code, message)


def discovery(path: str) -> Answer | None:
    """What the API server says of itself: versions and their kinds."""
    version = path.removeprefix("/apis/").removeprefix("/api/")
    if version not in KINDS:
        return (200, {"gitVersion": "v1.36.1"}) if path == "/version" else None
    rows = [{"name": plural, "kind": kind, "namespaced": scoped} for plural, kind, scoped in KINDS[version]]
    return 200, {"kind": "APIResourceList", "groupVersion": version, "resources": rows}


def small_fleet() -> AbstractContextManager[SmallFleet]:
    """A running one."""
    return serving(SmallFleet())
