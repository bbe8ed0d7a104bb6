"""What an answer of an API server means: a body, or not read and why."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from whydrift.adapters.http.client import REDIRECTS, Answer
from whydrift.adapters.http.words import error_body, is_html, one_line
from whydrift.ports import Body, NotRead, Reply

GONE = 410
LONGEST_MESSAGE = 20_000


@dataclass(frozen=True, slots=True)
class Judge:
    """Turns answers into replies. `server` is the address for people, `renewal` says what renews the login."""

    server: str
    renewal: str
    secrets: Sequence[str] = field(default=(), repr=False)

    def reply(self, answer: Answer, text: bool = False) -> Reply:
        """A body where it is a complete answer of the API (`text`: a log); the reason where it is not."""
        if answer.status in REDIRECTS or is_html(answer.content, answer.content_type):
            return NotRead(f"{self.server} is no Kubernetes API: a login page, or a proxy, answers there")
        if not 200 <= answer.status < 300:
            return NotRead(f"{answer.status}: {self._refused(answer)}", answer.status, self._said(answer.content))
        if not text and not _whole_object(answer.content):
            return NotRead(f"{self.server} did not answer with a whole JSON object: something in front cuts it off?")
        return Body(answer.content)

    def _said(self, content: bytes) -> str:
        """The message of a Status object, whole, in one line; "" where the answer is none."""
        return one_line(message_of(content), self.secrets, LONGEST_MESSAGE)

    def _refused(self, answer: Answer) -> str:
        said = error_body(answer.content, answer.content_type, self.secrets)
        match answer.status:
            case 401:
                return f"the login is not accepted ({said}): {self.renewal}"
            case 403:
                return f"not allowed ({said})"
            case 404:
                return f"not there ({said})"
            case 429:
                return f"too many requests, also after waiting ({said})"
            case _:
                return said or "no reason given"


def _whole_object(content: bytes) -> bool:
    return content[:80].lstrip().startswith(b"{") and content[-80:].rstrip().endswith(b"}")


def is_status(content: bytes) -> bool:
    """Whether an API server wrote a refusal: a Status object (Kubernetes API conventions, "Response Status Kind")."""
    return _status(content) is not None


def message_of(content: bytes) -> str:
    """The message of a Status object; "" where the answer is none."""
    message = (_status(content) or {}).get("message")
    return message if isinstance(message, str) else ""


def _status(content: bytes) -> dict[str, object] | None:
    try:
        said = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) and said.get("kind") == "Status" else None
