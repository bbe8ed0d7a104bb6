"""`ports.Forge` over the APIs of GitHub and GitLab; of any other forge only the page is known."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from urllib.parse import quote

from whydrift.adapters.forge.hosts import Place, Software, api_of, page_of, place_of, software
from whydrift.adapters.forge.tokens import gitlab_logins, token_of
from whydrift.adapters.http.client import Answer
from whydrift.adapters.http.endpoint import Endpoint, is_loopback
from whydrift.adapters.http.proxies import proxy_for
from whydrift.adapters.http.sending import Request, send
from whydrift.adapters.http.words import error_body
from whydrift.core.model.values import Json, JsonObject, items, text
from whydrift.ports import Body, NotRead, Outcome, Proposal, Refused, Reply, Unanswered

TOKENS = {Software.GITHUB: "GITHUB_TOKEN or `gh auth login`", Software.GITLAB: "GITLAB_TOKEN or `glab auth login`"}


USERS = {Software.GITHUB: "x-access-token", Software.GITLAB: "oauth2"}


@dataclass(frozen=True, slots=True)
class Api:
    """One repository at a forge's API: how a request is opened, and how open ones are found."""

    endpoint: Endpoint
    path: str
    found: tuple[tuple[str, str], ...]
    body: JsonObject
    address: str


class Forges:
    """Opens requests where a token for the host is found; reads environment and logins when asked, keeps none."""

    def __init__(self, environ: Mapping[str, str], home: Path) -> None:
        self._environ = environ
        self._home = home

    def page(self, proposal: Proposal) -> str:
        """The address at which a person opens the request, "" for a repository on a disk."""
        place = place_of(proposal.url)
        return page_of(place, self._software(place), proposal) if place is not None else ""

    async def propose(self, proposal: Proposal) -> Outcome:
        """Open the request; the body is its address."""
        api = self._api(proposal)
        if isinstance(api, NotRead):
            return Refused(api.why)
        request = Request("POST", api.path, api.body)
        outcome = await send(api.endpoint, request, partial(_judge, api.endpoint))
        if not isinstance(outcome, Body):
            return outcome
        address = text(_decoded(outcome.content), api.address)
        return Body(address.encode()) if address else Unanswered("the forge did not say where the request is")

    async def proposed(self, proposal: Proposal) -> str | NotRead:
        """The address of the open request for the branch, "" where there is none."""
        api = self._api(proposal)
        if isinstance(api, NotRead):
            return api
        outcome = await send(api.endpoint, Request("GET", api.path, None, api.found), partial(_judge, api.endpoint))
        if not isinstance(outcome, Body):
            return NotRead(outcome.why)
        return next((text(row, api.address) for row in items(_decoded(outcome.content))), "")

    def login(self, address: str) -> tuple[str, str] | None:
        """User and password with which a token is used for git over https; None where there is no token for the host.

        GitHub: "Authenticating with HTTP"; GitLab: "Clone using a token" (any user name does).
        """
        place = place_of(address)
        kind = self._software(place) if place is not None else Software.OTHER
        if place is None or kind is Software.OTHER or not (address.startswith("https://") or is_loopback(address)):
            return None
        token = token_of(place.host, kind, self._environ, self._home)
        return (USERS[kind], token) if _usable(token) else None

    def _software(self, place: Place) -> Software:
        return software(place.host, self._environ, gitlab_logins(self._environ, self._home))

    def _api(self, proposal: Proposal) -> Api | NotRead:
        """The API of the repository's host, with its token; NotRead where there is none."""
        place = place_of(proposal.url)
        if place is None:
            return NotRead(f"{proposal.url} is on no forge")
        kind = self._software(place)
        if kind is Software.OTHER:
            return NotRead(f"requests are opened on GitHub and GitLab, and {place.host} is not known to be one")
        token = token_of(place.host, kind, self._environ, self._home)
        if not _usable(token):
            return NotRead(f"no token for {place.host} ({TOKENS[kind]})")
        base = api_of(place, kind, self._environ)
        if not base.startswith("https://") and not is_loopback(base):
            return NotRead(f"{base} is not encrypted: no token is sent there")
        return (_github if kind is Software.GITHUB else _gitlab)(place, base, token, proposal, self._environ)


def _usable(token: str) -> bool:
    """Whether a token can be one: it is sent in a header, and printed to git in a line."""
    return bool(token) and token.isascii() and token.isprintable()


def _github(place: Place, base: str, token: str, proposal: Proposal, environ: Mapping[str, str]) -> Api:
    """GitHub's REST API, "Pulls"."""
    endpoint = _endpoint(base, ("Authorization", f"Bearer {token}"), environ)
    owner = place.path.partition("/")[0]
    return Api(
        endpoint,
        f"/repos/{place.path}/pulls",
        (("state", "open"), ("head", f"{owner}:{proposal.branch}"), ("base", proposal.base)),
        {"title": proposal.title, "body": proposal.body, "head": proposal.branch, "base": proposal.base},
        "html_url",
    )


def _gitlab(place: Place, base: str, token: str, proposal: Proposal, environ: Mapping[str, str]) -> Api:
    """GitLab's REST API, "Merge requests"; the project's path is one segment of the URL."""
    endpoint = _endpoint(f"{base}/projects/{quote(place.path, safe='')}", ("PRIVATE-TOKEN", token), environ)
    return Api(
        endpoint,
        "/merge_requests",
        (("state", "opened"), ("source_branch", proposal.branch), ("target_branch", proposal.base)),
        {
            "title": proposal.title,
            "description": proposal.body,
            "source_branch": proposal.branch,
            "target_branch": proposal.base,
            "remove_source_branch": True,
        },
        "web_url",
    )


def _endpoint(url: str, token: tuple[str, str], environ: Mapping[str, str]) -> Endpoint:
    agent = ("User-Agent", f"whydrift/{version('whydrift')}")
    return Endpoint(url.rstrip("/"), (agent, token), proxy=proxy_for(url, environ))


def _judge(endpoint: Endpoint, answer: Answer) -> Reply:
    """What a forge's answer means: JSON where it is one, else what it says."""
    if 200 <= answer.status < 300 and _decoded(answer.content) is not None:
        return Body(answer.content)
    said = error_body(answer.content, answer.content_type, endpoint.secrets)
    return NotRead(f"{endpoint.host} answers {answer.status}: {said}", answer.status)


def _decoded(content: bytes) -> Json:
    try:
        found: Json = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return found
