"""What an answer of Argo CD's server means: a body, or not read and why."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from whydrift.adapters.http.client import REDIRECTS, Answer
from whydrift.adapters.http.words import error_body, is_html
from whydrift.ports import Body, NotRead, Question, Reply

WRONG_PROTOCOL = (415, 464, 505)
"""Unsupported media type (gRPC servers), AWS load balancers' 464 (protocol mismatch), HTTP version not supported."""


@dataclass(frozen=True, slots=True)
class Judge:
    """Turns answers into replies. `relogin` says how to renew the login, `server` is the address for people."""

    server: str
    relogin: str
    secrets: Sequence[str] = field(default=(), repr=False)

    def reply(self, question: Question, answer: Answer) -> Reply:
        """A body where it is a complete answer of the API; the reason where it is not."""
        if answer.status in WRONG_PROTOCOL or "grpc" in answer.content_type:
            return NotRead(f"{answer.status}: {self.server} speaks only gRPC here: {ONLY_GRPC}", answer.status)
        if answer.status in REDIRECTS:
            return NotRead(self._redirected(answer), answer.status)
        if not 200 <= answer.status < 300:
            return NotRead(f"{answer.status}: {self._refused(question, answer)}", answer.status)
        log = question.path.endswith("/logs")  # lines of a container: they may look like anything
        if is_html(b"" if log else answer.content, answer.content_type):
            return NotRead(f"not an Argo CD API: HTML from {self.server} ({BEHIND_A_PAGE})")
        if log:
            return Body(answer.content)
        if not answer.content[:80].lstrip().startswith((b"{", b"[")):
            return NotRead(f"not an Argo CD API: {self.server} did not answer with JSON (is the root path right?)")
        if not answer.content[-80:].rstrip().endswith((b"}", b"]")):
            return NotRead(f"the answer ends in the middle: something in front of {self.server} cuts it off")
        return Body(answer.content)

    def _redirected(self, answer: Answer) -> str:
        target = urlsplit(answer.location)
        if target.hostname == urlsplit(f"//{self.server}").hostname and target.scheme == "https":
            return f"{answer.status}: {self.server} wants TLS: {NOT_PLAIN}"
        return f"{answer.status}: {self.server} sends us to {target.scheme}://{target.hostname} ({BEHIND_A_PAGE})"

    def _not_there(self, answer: Answer, said: str) -> str:
        if _is_error(answer.content):
            return f"not there ({said})"
        return f"{self.server} is no Argo CD API here: is the address right, and the root path (https://HOST/ROOT)?"

    def _refused(self, question: Question, answer: Answer) -> str:
        said = error_body(answer.content, answer.content_type, self.secrets)
        if answer.status == 401:
            return f"the login is not accepted ({said}): {self.relogin}"
        if answer.status == 403 and question.path.startswith("/api/v1/applications/"):
            return f"gone, or not allowed ({said})"
        if answer.status == 403:
            return f"not allowed ({said})"
        if answer.status == 404:
            return self._not_there(answer, said)
        if answer.status == 400 and "https" in said.lower() and "http request" in said.lower():
            return f"{self.server} wants TLS: {NOT_PLAIN}"
        if answer.status == 502 and is_html(answer.content, answer.content_type):
            return f"a proxy before {self.server} gets no answer out of Argo CD; if it passes gRPC only, {ONLY_GRPC}"
        if answer.status == 429:
            asks = f"asks to wait {answer.wait:.0f} s" if answer.wait else "also after waiting"
            return f"too many requests, {asks} ({said})"
        return said or "no reason given"


def _is_error(content: bytes) -> bool:
    """Whether Argo CD's API wrote a refusal: JSON with an error and its code (grpc-gateway runtime/errors.go)."""
    try:
        said = json.loads(content)
    except (ValueError, RecursionError):
        return False
    return isinstance(said, dict) and ("error" in said or "message" in said)


NOT_PLAIN = "give its address as https://HOST, or leave --plaintext out of ARGOCD_OPTS"
ONLY_GRPC = (
    "use the host that --grpc-web or the web page uses (REST over HTTP/1.1), with its root path: https://HOST/ROOT"
)
BEHIND_A_PAGE = (
    "an SSO proxy in front? use an address behind it, or set ARGOCD_OPTS to --port-forward, or to --header with what "
    "the proxy wants"
)
