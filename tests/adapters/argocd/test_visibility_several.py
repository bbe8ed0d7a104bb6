"""What several Argo CDs show to a user: each is told only tokens that may be meant for it."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from tests.serving import answer_json, serving

from whydrift.adapters.argocd import ArgocdOptions, connect
from whydrift.adapters.argocd.visibility import KNOWN, ArgocdVisibility, Seen, SeveralVisibility
from whydrift.core.model.finding import ApplicationName
from whydrift.core.model.values import Json
from whydrift.ports import Refused
from whydrift.ports.watching import Later

SSO, OTHER = "https://sso.example.com", "https://other.example.com"
OWN = "whydrifts-own"


def jwt(issuer: str, *clients: str) -> str:
    """A token that says whose it is; nobody here verifies it."""
    claims: dict[str, Json] = {"iss": issuer, "sub": "ada", "aud": clients[0] if len(clients) == 1 else list(clients)}
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"e30.{payload}.c2ln"


class Server(ThreadingHTTPServer):
    """An Argo CD: its settings, who may see what (else 401), and what it was told. `status` 503 is an outage."""

    def __init__(self, settings: Json, lists: Mapping[str, list[str]]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.settings, self.lists, self.status = settings, lists, 200
        self.told: list[str] = []


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        """Answer settings to anybody, the list to who may see it."""
        token = self.headers.get("authorization", "").removeprefix("Bearer ")
        self.server.told.append(token)
        if self.server.status != 200:
            answer_json(self, self.server.status, {})
        elif self.path.startswith("/api/v1/settings"):
            answer_json(self, 200, self.server.settings)
        elif token in self.server.lists:
            rows: list[Json] = [{"metadata": {"name": n, "namespace": "argocd"}} for n in self.server.lists[token]]
            answer_json(self, 200, {"items": rows})
        else:
            answer_json(self, 401, {"error": "no session"})

    def log_message(self, *args: object) -> None:
        """Nothing is logged."""


@dataclass
class Fleet:
    """Two Argo CDs and what asks them; `passed` seconds."""

    servers: dict[str, Server]
    passed: float = 0.0
    asking: SeveralVisibility = field(init=False)

    def __post_init__(self) -> None:
        self.asking = SeveralVisibility(
            {name: _asked(name, server) for name, server in self.servers.items()}, lambda: 1000.0 + self.passed
        )

    def see(self, *tokens: str) -> list[Seen]:
        """What the holders of tokens see, one after the other."""

        async def ask() -> list[Seen]:
            found = [await self.asking.visible(token) for token in tokens]
            await self.asking.close()
            return found

        return asyncio.run(ask())

    def told(self, name: str) -> set[str]:
        """The tokens that an Argo CD was told."""
        return set(self.servers[name].told) - {""}


def _asked(name: str, server: Server) -> ArgocdVisibility:
    address = f"http://127.0.0.1:{server.server_address[1]}"
    environ = {"ARGOCD_SERVER": address, "ARGOCD_AUTH_TOKEN": OWN, "ARGOCD_OPTS": "--plaintext"}
    return ArgocdVisibility(connect(ArgocdOptions(), environ, Path("/nonexistent")), name)


def oidc(issuer: str, client: str = "") -> Json:
    return {"url": "https://argocd.example.com", "oidcConfig": {"issuer": issuer, "clientID": client}}


def dex(name: str) -> Json:
    return {"url": f"https://{name}.example.com/", "dexConfig": {"connectors": [{"name": "GitHub"}]}}


@pytest.fixture
def fleet(request: pytest.FixtureRequest) -> Iterator[Fleet]:
    """Two Argo CDs with the settings that the test names, which show an application each to the tokens of TOKENS."""
    settings: tuple[Json, Json] = request.param
    with ExitStack() as stack:
        names = zip(("eu", "us"), settings, strict=True)
        servers = {
            name: stack.enter_context(serving(Server(each, {token: [f"shop-{name}"] for token in TOKENS})))
            for name, each in names
        }
        yield Fleet(servers)


SHARED, FOR_EU = jwt(SSO, "proxy"), jwt(SSO, "argocd-eu", "x")
DEX_OF_US, LOCAL = jwt("https://us.example.com/api/dex", "argo-cd"), jwt("argocd", "argocd")
TOKENS = (SHARED, FOR_EU, DEX_OF_US, LOCAL)


def shops(*names: str) -> frozenset[ApplicationName]:
    return frozenset(ApplicationName(name, "argocd", f"shop-{name}") for name in names)


@pytest.mark.parametrize("fleet", [(oidc(SSO, "argocd-eu"), oidc(SSO, "argocd-us"))], indirect=True)
def test_who_logs_in_to_all_at_one_place_sees_what_each_shows(fleet: Fleet) -> None:
    """A token for a client of one Argo CD is shown to that one only."""
    assert fleet.see(SHARED, FOR_EU) == [shops("eu", "us"), shops("eu")]
    assert (fleet.told("eu"), fleet.told("us")) == ({SHARED, FOR_EU}, {SHARED})


@pytest.mark.parametrize("fleet", [(dex("eu"), dex("us")), (oidc(OTHER), dex("us"))], indirect=True)
def test_a_token_of_one_is_not_told_to_another(fleet: Fleet) -> None:
    assert fleet.see(DEX_OF_US) == [shops("us")]
    assert (fleet.told("eu"), fleet.told("us")) == (set(), {DEX_OF_US})


@pytest.mark.parametrize("fleet", [({"url": "https://eu.example.com"}, oidc(SSO))], indirect=True)
@pytest.mark.parametrize("token", [LOCAL, "opaque", "a.b.c", "a.e30.c", jwt(""), jwt(OTHER, "proxy")])
def test_a_token_that_is_nobodys_is_told_to_nobody(fleet: Fleet, token: str) -> None:
    """One of an Argo CD's own accounts does not say of which Argo CD it is."""
    (found,) = fleet.see(token)
    assert isinstance(found, Refused)
    assert fleet.told("eu") == fleet.told("us") == set()


@pytest.mark.parametrize("fleet", [(oidc(SSO), oidc(SSO))], indirect=True)
def test_where_one_that_is_meant_cannot_be_asked_nothing_is_shown(fleet: Fleet) -> None:
    fleet.servers["us"].status = 503
    (before,) = fleet.see(SHARED)
    assert isinstance(before, Later) and fleet.told("eu") == set(), "whom it trusts is not known yet"
    fleet.servers["us"].status = 200
    assert fleet.see(SHARED) == [shops("eu", "us")]
    fleet.servers["us"].status, fleet.passed = 503, 2 * KNOWN
    (after,) = fleet.see(SHARED)
    assert isinstance(after, Later)


@pytest.mark.parametrize("fleet", [(oidc(OTHER), dex("us"))], indirect=True)
def test_an_outage_of_another_one_changes_nothing(fleet: Fleet) -> None:
    assert fleet.see(DEX_OF_US) == [shops("us")]
    fleet.servers["eu"].status, fleet.passed = 503, 2 * KNOWN
    assert fleet.see(DEX_OF_US) == [shops("us")]


@pytest.mark.parametrize("fleet", [(oidc(SSO), oidc(SSO))], indirect=True)
def test_one_that_refuses_shows_nothing_of_its_own(fleet: Fleet) -> None:
    fleet.servers["us"].lists = {}
    assert fleet.see(SHARED) == [shops("eu")]
    fleet.servers["eu"].lists = {}
    (nobody,) = fleet.see(SHARED)
    assert isinstance(nobody, Refused)
    assert OWN not in fleet.told("eu") | fleet.told("us")
