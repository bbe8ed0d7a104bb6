"""A forge on this machine with issues and comments, in GitHub's words below /repos and in GitLab's below /projects."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.serving import answer_json

PATH = re.compile(r"/(repos/team/apps|projects/team%2Fapps)/issues(?:/(\d+))?(?:/(comments|notes))?")
PAGE_LIMIT = 100


@dataclass
class Kept:
    """One issue."""

    number: int
    title: str
    text: str
    labels: list[str]
    is_open: bool = True
    comments: list[tuple[str, str]] = field(default_factory=list)


class IssueForge(ThreadingHTTPServer):
    """Keeps issues. The next writes of `lose` are done, and answered with 502: nobody knows that they were."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.issues: list[Kept] = []
        self.tokens: set[str | None] = set()
        self.lose = 0
        self.refuse = 0


class _Handler(BaseHTTPRequestHandler):
    server: IssueForge

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is printed."""

    def _handle(self) -> None:
        self.server.tokens.add(self.headers.get("Authorization") or self.headers.get("PRIVATE-TOKEN"))
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length)) if length else {}
        found = PATH.fullmatch(urlsplit(self.path).path)
        if found is None or self.server.refuse:
            return answer_json(self, self.server.refuse or 404, {"message": "no"})
        number = int(found[2] or 0)
        answer = self._answer(number, bool(found[3]), body)
        if self.command != "GET" and self.server.lose:
            self.server.lose -= 1
            return answer_json(self, 502, {"message": "lost"})
        return answer_json(self, 200, answer)

    do_GET = do_POST = do_PATCH = do_PUT = _handle

    def _answer(self, number: int, comments: bool, body: dict[str, Any]) -> object:
        if not number:
            return self._create(body) if self.command == "POST" else self._listed()
        issue = self.server.issues[number - 1]
        if comments and self.command == "POST":
            issue.comments.append((datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), body["body"]))
        elif comments:
            return self._comments(issue)
        else:
            issue.is_open = body.get("state") == "open" or body.get("state_event") == "reopen"
        return self._shown(issue)

    def _create(self, body: dict[str, Any]) -> object:
        github = self.path.startswith("/repos")
        labels = body["labels"] if github else body["labels"].split(",")
        text = body["body"] if github else body["description"]
        issue = Kept(len(self.server.issues) + 1, body["title"], text, labels)
        self.server.issues.append(issue)
        return self._shown(issue)

    def _listed(self) -> object:
        query = parse_qs(urlsplit(self.path).query)
        everything = "repos" not in self.path or query.get("state") == ["all"]
        rows = [i for i in reversed(self.server.issues) if query["labels"][0] in i.labels and (everything or i.is_open)]
        return [self._shown(issue) for issue in self._page(rows, query)]

    def _comments(self, issue: Kept) -> object:
        query = parse_qs(urlsplit(self.path).query)
        since = query.get("since", [""])[0]
        rows = [{"body": text} for at, text in issue.comments if at >= since]
        return self._page(rows if "repos" in self.path else rows[::-1], query)

    def _page(self, rows: list[Any], query: dict[str, list[str]]) -> list[Any]:
        size, page = min(int(query["per_page"][0]), PAGE_LIMIT), int(query["page"][0])
        return rows[(page - 1) * size : page * size]

    def _shown(self, issue: Kept) -> dict[str, object]:
        github = self.path.startswith("/repos")
        state = ("open" if github else "opened") if issue.is_open else "closed"
        return {
            "number" if github else "iid": issue.number,
            "body" if github else "description": issue.text,
            "state": state,
        }
