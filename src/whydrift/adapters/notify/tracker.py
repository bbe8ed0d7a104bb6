"""The issues of one project at GitHub or GitLab: the same requests in two vocabularies.

Sources: GitHub REST API, "Issues" and "Issue comments"; GitLab REST API, "Issues" and "Notes".
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import NamedTuple

from whydrift.adapters.http.client import Answer
from whydrift.adapters.http.endpoint import Endpoint
from whydrift.adapters.http.sending import Request
from whydrift.adapters.notify.posting import judged, post
from whydrift.core.model.values import Json, JsonObject, child, items, text
from whydrift.ports import Refused
from whydrift.ports.watching import Later, Sent

LABEL = "whydrift"
PAGE, PAGES = 100, 20
"""Rows of a list in one answer, and how many answers are looked through: the newest rows come first."""
Query = tuple[tuple[str, str], ...]


class Stopped(Exception):
    """A request failed: what that means for the message."""

    def __init__(self, outcome: Later | Refused) -> None:
        super().__init__(outcome.why)
        self.outcome = outcome


class Issue(NamedTuple):
    """One issue: its number, its text, whether it is open."""

    number: int
    text: str
    is_open: bool


def holds(text: str, mark: str) -> bool:
    """Whether a mark stands in a line of its own: what we quote of others never does."""
    return any(line.strip() == mark for line in text.splitlines())


@dataclass(frozen=True)
class Vocabulary:
    """What a forge calls the parts of an issue, and how it is asked to close one and to open it again."""

    number: str
    text: str
    opened: str
    labels: Json
    newest: Query
    comments: str
    newest_comments: Query
    method: str
    close: JsonObject
    reopen: JsonObject


GITHUB = Vocabulary(
    number="number",
    text="body",
    opened="open",
    labels=[LABEL],
    newest=(("state", "all"), ("sort", "created"), ("direction", "desc")),
    comments="comments",
    newest_comments=(),
    method="PATCH",
    close={"state": "closed", "state_reason": "completed"},
    reopen={"state": "open"},
)
GITLAB = Vocabulary(
    number="iid",
    text="description",
    opened="opened",
    labels=LABEL,
    newest=(("order_by", "created_at"), ("sort", "desc")),
    comments="notes",
    newest_comments=(("order_by", "created_at"), ("sort", "desc")),
    method="PUT",
    close={"state_event": "close"},
    reopen={"state_event": "reopen"},
)


class Tracker:
    """Issues below an endpoint (`…/repos/OWNER/NAME`, `…/projects/ID`). Every method raises Stopped where it fails."""

    def __init__(self, endpoint: Endpoint, vocabulary: Vocabulary) -> None:
        self._endpoint = endpoint
        self._words = vocabulary

    async def find(self, mark: str) -> Issue | None:
        """The newest issue with our label whose text holds a mark."""
        words = self._words
        async for row in self._rows("/issues", (("labels", LABEL), *words.newest)):
            number = child(row, words.number)
            if holds(text(row, words.text), mark) and isinstance(number, int):
                return Issue(number, text(row, words.text), text(row, "state") == words.opened)
        return None

    async def open(self, title: str, body: str) -> None:
        """A new issue with our label."""
        await self._ask(
            Request("POST", "/issues", {"title": title, self._words.text: body, "labels": self._words.labels})
        )

    async def has_comment(self, number: int, mark: str, since: str) -> bool:
        """Whether a comment holds a mark; those that were made before a time may be left out."""
        query = self._words.newest_comments or (("since", since),)
        async for row in self._rows(self._comments(number), query):
            if holds(text(row, "body"), mark):
                return True
        return False

    async def comment(self, number: int, body: str) -> None:
        """A new comment."""
        await self._ask(Request("POST", self._comments(number), {"body": body}))

    async def set_open(self, number: int, is_open: bool) -> None:
        """Close an issue, or open it again."""
        body = self._words.reopen if is_open else self._words.close
        await self._ask(Request(self._words.method, f"/issues/{number}", body))

    def _comments(self, number: int) -> str:
        return f"/issues/{number}/{self._words.comments}"

    async def _rows(self, path: str, query: Query) -> AsyncIterator[Json]:
        """The rows of a list, page by page."""
        for page in range(1, PAGES + 1):
            paging = (("per_page", str(PAGE)), ("page", str(page)))
            rows = items(await self._ask(Request("GET", path, None, (*query, *paging))))
            for row in rows:
                yield row
            if len(rows) < PAGE:
                return

    async def _ask(self, request: Request) -> Json:
        """The JSON that the forge answers."""
        answer = await post(self._endpoint, request)
        outcome = judged(answer, self._endpoint)
        if not isinstance(outcome, Sent):
            raise Stopped(outcome)
        assert isinstance(answer, Answer), "what is taken was answered"
        try:
            found: Json = json.loads(answer.content)
        except (ValueError, RecursionError) as error:
            raise Stopped(Later(f"{self._endpoint.host} answers something that is no JSON")) from error
        return found
