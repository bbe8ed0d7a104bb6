"""Issues of a forge: one for a cause in an application, opened, commented and closed; or comments on a fixed one.

An issue is found again by a hidden mark in its text, a comment by the message's key: a message that is sent twice
leaves no second trace. Only issues with our label are looked at.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from urllib.parse import quote

from whydrift.adapters.http.endpoint import is_loopback
from whydrift.adapters.notify.posting import endpoint_of
from whydrift.adapters.notify.tracker import GITHUB, GITLAB, Stopped, Tracker, holds
from whydrift.core.model.notice import Line, Notice
from whydrift.core.model.times import spelled
from whydrift.core.notice.message import MARKDOWN, body, full, neutral
from whydrift.core.report.words import shortened
from whydrift.errors import UsageError
from whydrift.ports.watching import Delivered, Sent

LONGEST = 60_000
"""Bytes of a text: GitHub takes 65,536 characters, GitLab a million."""
LONGEST_TITLE = 200
SKEW = timedelta(hours=1)
"""How far our clock may be ahead of the forge's."""


class Issues:
    """`ports.watching.Notifier` over a tracker; `fixed` is the number of the issue to comment on, 0 = own issues."""

    def __init__(self, tracker: Tracker, fixed: int) -> None:
        self._tracker = tracker
        self._fixed = fixed

    async def send(self, notice: Notice) -> Delivered:
        """Bring the issues to what is there now."""
        try:
            if self._fixed:
                await self._comment(self._fixed, body(notice, MARKDOWN, LONGEST), notice)
            else:
                for line in notice.lines:
                    await self._tell(line, notice)
        except Stopped as stopped:
            return stopped.outcome
        return Sent()

    async def remind(self, lines: Sequence[Line]) -> Delivered:
        """Nothing: an issue stays."""
        return Sent()

    async def _tell(self, line: Line, notice: Notice) -> None:
        mark = mark_of(line)
        issue = await self._tracker.find(mark)
        if issue is None:
            if line.left:
                text = f"{full(line, MARKDOWN)}\n\n{mark}\n{_key(notice)}"
                await self._tracker.open(_title(line), text)
            return
        if line.left and not issue.is_open:
            await self._tracker.set_open(issue.number, True)
        if not holds(issue.text, _key(notice)) and (issue.is_open or line.left):
            await self._comment(issue.number, full(line, MARKDOWN), notice)
        if issue.is_open and not line.left:
            await self._tracker.set_open(issue.number, False)

    async def _comment(self, number: int, text: str, notice: Notice) -> None:
        key = _key(notice)
        since = spelled(datetime.fromisoformat(notice.at) - SKEW)
        if not await self._tracker.has_comment(number, key, since):
            await self._tracker.comment(number, f"{text}\n\n{key}")


def mark_of(line: Line) -> str:
    """What an issue about a cause in an application is known by; not seen by people."""
    spelled = "\n".join((*line.application, line.cause)).encode("utf-8", "surrogatepass")
    return f"<!-- whydrift:{hashlib.sha256(spelled).hexdigest()[:24]} -->"


def _key(notice: Notice) -> str:
    return f"<!-- whydrift-key:{notice.key} -->"


def _title(line: Line) -> str:
    return shortened(neutral(f"{line.application}: {line.cause}"), LONGEST_TITLE)


def issues_of(to: str, url: str, token: str, project: str, issue: str, environ: Mapping[str, str]) -> Issues:
    """The issues of a project at GitHub or GitLab, whose API is at `url`. UsageError says what is missing."""
    if not project or not token:
        raise UsageError("project and secret: the project's path, and a token that may write its issues")
    if issue and not issue.isdigit():
        raise UsageError(f"issue: {issue}: the number of an issue")
    if not url.startswith("https://") and not is_loopback(url):
        raise UsageError("url: not encrypted: no token is sent there")
    header = ("Authorization", f"Bearer {token}") if to == "github" else ("PRIVATE-TOKEN", token)
    below = f"/repos/{quote(project)}" if to == "github" else f"/projects/{quote(project, safe='')}"
    endpoint = endpoint_of(f"{url.rstrip('/')}{below}", (header,), environ)
    return Issues(Tracker(endpoint, GITHUB if to == "github" else GITLAB), int(issue or 0))
