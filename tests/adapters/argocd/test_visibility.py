"""What Argo CD shows to a user: asked with their token, and theirs alone."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit

import pytest
from tests.serving import answer_json, serving

from whydrift.adapters.argocd import ArgocdOptions, connect
from whydrift.adapters.argocd.visibility import FIELDS, ArgocdVisibility
from whydrift.core.model.finding import ApplicationName
from whydrift.ports import Refused
from whydrift.ports.watching import Later

LISTS = {
    "ada": [
        {"metadata": {"name": "shop", "namespace": "argocd"}},
        {"metadata": {"name": "blog", "namespace": "teams"}},
    ],
    "eve": None,
}


class ArgoCD(BaseHTTPRequestHandler):
    """An API server with two users; it notes what it was asked, and sets a cookie for each."""

    asked: ClassVar[list[tuple[str, str, str]]] = []

    def do_GET(self) -> None:
        """Answer the list, or what the token asks for."""
        token = self.headers.get("authorization", "").removeprefix("Bearer ")
        self.asked.append((token, self.headers.get("cookie", ""), self.path))
        if token in LISTS:
            content = json.dumps({"items": LISTS[token]}).encode()
            self.send_response(200)
            self.send_header("Set-Cookie", f"argocd.token={token}; Path=/")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
        elif token == "html":
            answer_json(self, 200, "no list")
        elif token == "moved":
            self.send_response(302)
            self.send_header("Location", "http://elsewhere.example/")
            self.end_headers()
        else:
            answer_json(self, int(token) if token.isdigit() else 401, {"error": "no session"})

    def log_message(self, *args: object) -> None:
        """Nothing is logged."""


@pytest.fixture
def visibility() -> Iterator[ArgocdVisibility]:
    """It asks that server, to which whydrift is logged in as somebody who may see all."""
    ArgoCD.asked.clear()
    with serving(ThreadingHTTPServer(("127.0.0.1", 0), ArgoCD)) as server:
        address = f"http://127.0.0.1:{server.server_address[1]}"
        environ = {"ARGOCD_SERVER": address, "ARGOCD_AUTH_TOKEN": "whydrifts-own", "ARGOCD_OPTS": "--plaintext"}
        yield ArgocdVisibility(connect(ArgocdOptions(), environ, Path("/nonexistent")))


def test_each_user_is_asked_for_alone(visibility: ArgocdVisibility) -> None:
    """Their token and no other; no cookie of one goes with another's; only names are asked for."""

    async def story() -> None:
        theirs = frozenset({ApplicationName("", "argocd", "shop"), ApplicationName("", "teams", "blog")})
        assert await visibility.visible("ada") == theirs
        assert await visibility.visible("eve") == frozenset()
        await visibility.close()

    asyncio.run(story())
    assert [(token, cookie) for token, cookie, _ in ArgoCD.asked] == [("ada", ""), ("eve", "")]
    assert {urlsplit(path).query.replace("%2C", ",") for _, _, path in ArgoCD.asked} == {f"fields={FIELDS}"}


@pytest.mark.parametrize(
    ("token", "kind"),
    [
        ("nobody", Refused),
        ("403", Refused),
        ("500", Later),
        ("503", Later),
        ("404", Later),
        ("html", Later),
        ("moved", Later),
    ],
)
def test_what_is_no_list_is_nothing_to_see(visibility: ArgocdVisibility, token: str, kind: type) -> None:
    """Refused where the token is none, else later; never everything."""

    async def story() -> object:
        found = await visibility.visible(token)
        await visibility.close()
        return found

    found = asyncio.run(story())
    assert isinstance(found, kind)
    assert token not in str(found) or token.isdigit()


def test_an_outage_is_later() -> None:
    """Nobody answers."""
    environ = {"ARGOCD_SERVER": "http://127.0.0.1:9", "ARGOCD_AUTH_TOKEN": "x", "ARGOCD_OPTS": "--plaintext"}

    async def story() -> object:
        asked = ArgocdVisibility(connect(ArgocdOptions(), environ, Path("/nonexistent")))
        found = await asked.visible("ada")
        await asked.close()
        return found

    assert isinstance(asyncio.run(story()), Later)
