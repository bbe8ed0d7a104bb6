"""A forge on this machine: pull requests as GitHub's API keeps them, merge requests as GitLab's does."""

from __future__ import annotations

import json
from contextlib import AbstractContextManager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

from tests.serving import answer_json, serving


class Forge(ThreadingHTTPServer):
    """Keeps what was opened, and every header that came in. `refuse` answers with a status instead."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.host = self.url.removeprefix("http://")
        self.opened: list[dict[str, str]] = []
        self.headers: list[dict[str, str]] = []
        self.refuse = 0
        self.break_off = False


class _Handler(BaseHTTPRequestHandler):
    server: Forge

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is printed."""

    def do_POST(self) -> None:
        """Open a request: a branch has one only."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        branch = body.get("head") or body["source_branch"]
        if self._refused():
            return None
        if any(each["branch"] == branch for each in self.server.opened):
            return answer_json(self, 422, {"message": f"A pull request already exists for {branch}"})
        self.server.opened.append(
            {"branch": branch, "project": self._project(), **{k: str(v) for k, v in body.items()}}
        )
        if self.server.break_off:
            self.connection.close()
            return None
        return answer_json(self, 201, self._shown(len(self.server.opened), branch))

    def do_GET(self) -> None:
        """The open requests of a branch."""
        if self._refused():
            return
        query = parse_qs(urlsplit(self.path).query)
        branch = query.get("head", query.get("source_branch", [""]))[0].rpartition(":")[2]
        rows = [(n, each) for n, each in enumerate(self.server.opened, 1) if each["branch"] == branch]
        answer_json(self, 200, [self._shown(n, each["branch"]) for n, each in rows])

    def _project(self) -> str:
        path = urlsplit(self.path).path
        return path.split("/repos/")[1].removesuffix("/pulls") if "/repos/" in path else unquote(path.split("/")[-2])

    def _shown(self, number: int, branch: str) -> dict[str, str]:
        page = f"{self.server.url}/requests/{number}"
        return {"html_url": page, "web_url": page, "branch": branch}

    def _refused(self) -> bool:
        self.server.headers.append({key.lower(): value for key, value in self.headers.items()})
        if self.server.refuse:
            answer_json(self, self.server.refuse, {"message": f"no: {self.headers.get('Authorization', '')}"})
        return bool(self.server.refuse)


def forge() -> AbstractContextManager[Forge]:
    """A running forge."""
    return serving(Forge())
