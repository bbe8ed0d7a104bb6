"""Who is let in: on loopback anybody here, else whom a trusted proxy names, who holds a token, whom Argo CD knows."""

from __future__ import annotations

import asyncio
import base64
from pathlib import Path

import pytest
from tests.looks import SHOP
from tests.web.fleet import OTHERS, PAY, ROUTES, Rights, client_of, path_of, site_of

from whydrift.adapters.store.store import SqlStore
from whydrift.core.model.finding import ApplicationName
from whydrift.errors import UsageError
from whydrift.web.access import KEPT, MOST_KEPT, Remembered, argocd_token
from whydrift.web.authentication import Loopback, ProxyHeader, TokenFile
from whydrift.web.reader import Asking, Denied

TOKEN = "a-token-of-some-length"
PROBES = ("/healthz", "/readyz")
CLOSED = tuple(path_of(route) for route in (*ROUTES, *OTHERS, "/events") if route not in PROBES)


@pytest.fixture
def tokens(tmp_path: Path) -> Path:
    """A file with two tokens."""
    path = tmp_path / "tokens"
    path.write_text(f"# who: ci\n{TOKEN}\n\nanother-token-of-some-length\n")
    return path


@pytest.mark.parametrize("path", CLOSED)
def test_without_a_token_there_is_nothing(store: SqlStore, tokens: Path, path: str) -> None:
    """Every route but the probes is closed; what is said is how to come in."""
    client = client_of(site_of(store, TokenFile(tokens)), "10.0.0.9")
    answer = client.get(path)
    assert answer.status_code in (401, 403)
    assert "shop" not in answer.text
    assert [client.get(probe).status_code for probe in PROBES] == [200, 200]


def basic(password: str) -> str:
    """An `Authorization` header as a browser sends it."""
    return "Basic " + base64.b64encode(f"anybody:{password}".encode()).decode()


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (f"Bearer {TOKEN}", 200),
        (f"bearer {TOKEN}", 200),
        (basic(TOKEN), 200),
        (basic("another-token-of-some-length"), 200),
        (f"Bearer {TOKEN}x", 401),
        (f"Bearer {TOKEN[:-1]}", 401),
        ("Bearer ", 401),
        ("Bearer # who: ci", 401),
        (basic(""), 401),
        ("Basic !!!", 401),
        ("Basic //79", 401),
        (f"Digest {TOKEN}", 401),
    ],
)
def test_tokens_are_held_or_not(store: SqlStore, tokens: Path, header: str, status: int) -> None:
    """As bearer or as the password of any user."""
    client = client_of(site_of(store, TokenFile(tokens)), "10.0.0.9")
    answer = client.get("/", headers={"authorization": header})
    assert answer.status_code == status
    assert ("www-authenticate" in answer.headers) is (status == 401)


def test_a_changed_file_counts_and_a_broken_one_does_not(tokens: Path) -> None:
    """Tokens are rotated without a restart; a file that cannot be used leaves what was known."""
    file = TokenFile(tokens)
    holding = Asking((("authorization", f"Bearer {TOKEN}"),))
    assert file.who(holding) == "token 1"
    tokens.write_text("short\n")
    assert file.who(holding) == "token 1"
    tokens.write_text("quite-another-token-instead\n")
    assert isinstance(file.who(holding), Denied)


@pytest.mark.parametrize("content", ["", "# nothing\n", "short\n"])
def test_a_file_that_lets_nobody_in_is_an_error(tmp_path: Path, content: str) -> None:
    """Said when it begins, not to the first who comes."""
    path = tmp_path / "tokens"
    path.write_text(content)
    with pytest.raises(UsageError):
        TokenFile(path)


@pytest.mark.parametrize(
    ("peer", "names", "status"),
    [
        ("10.1.2.3", ("ada",), 200),
        ("::ffff:10.1.2.3", ("ada",), 200),
        ("10.1.2.3", (), 401),
        ("10.1.2.3", ("",), 401),
        ("10.1.2.3", ("ada", "eve"), 401),
        ("10.1.2.3", ("x" * 300,), 401),
        ("10.2.0.1", ("ada",), 403),
        ("127.0.0.1", ("ada",), 403),
        ("no-address", ("ada",), 403),
    ],
)
def test_only_the_proxy_names_users(store: SqlStore, peer: str, names: tuple[str, ...], status: int) -> None:
    """A header of anybody else counts for nothing; neither do two."""
    client = client_of(site_of(store, ProxyHeader("X-Forwarded-User", ["10.1.0.0/16"])), peer)
    headers = [("x-forwarded-user", name) for name in names]
    assert client.get("/", headers=headers).status_code == status


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("localhost:8080", 200),
        ("127.0.0.1:8080", 200),
        ("[::1]:8080", 200),
        ("drift.example.com", 200),
        ("evil.example", 421),
        ("localhost.evil.example", 421),
        ("", 421),
        ("[", 421),
    ],
)
def test_a_page_elsewhere_cannot_reach_loopback(store: SqlStore, host: str, status: int) -> None:
    """DNS rebinding names a host that is not this machine's."""
    client = client_of(site_of(store, Loopback(["drift.example.com"])))
    assert client.get("/", headers={"host": host}).status_code == status


@pytest.mark.parametrize(
    ("header", "token"),
    [
        ("argocd.token=abc", "abc"),
        ("a=b; argocd.token=abc; c=d", "abc"),
        ("argocd.token=3:ab; argocd.token-1=cd; argocd.token-2=ef", "abcdef"),
        ("argocd.token=2:ab; argocd.token-1=cd; argocd.token-2=ef", "abcd"),
        ("argocd.token=99:ab", ""),
        ("argocd.token=x:ab", ""),
        ("argocd.token=" + "a" * 40_000, ""),
        ("argocd.token=a%0d%0aX-Evil: b", ""),
        ("other=abc", ""),
        ("", ""),
    ],
)
def test_argo_cds_cookie_is_put_together(header: str, token: str) -> None:
    """A long token is shared out over several cookies; what is no token is none."""
    assert argocd_token(Asking((("cookie", header),))) == token


def test_argo_cd_decides_who_may_see(store: SqlStore) -> None:
    """No token, an unknown one, an outage: nothing. A known one: what is theirs."""
    rights = Rights({"mine": frozenset({SHOP}), "none": frozenset()})
    site = site_of(store, visibility=rights)
    assert client_of(site).get("/").status_code == 401
    assert client_of(site, token="other").get("/").status_code == 401
    assert "1 application<" in client_of(site, token="mine").get("/").text
    assert "Nothing was looked at yet" in client_of(site, token="none").get("/").text
    rights.answers = False
    away = client_of(site, token="new").get("/")
    assert (away.status_code, away.headers["retry-after"]) == (503, "10")


def test_rights_are_asked_for_once_in_a_while() -> None:
    """At most so old; once for many at a time; an outage is not remembered; a bounded number is."""

    async def story() -> None:
        time = 0.0
        rights = Rights({"a": frozenset({SHOP})})
        known = Remembered(rights, lambda: time)
        await asyncio.gather(*(known.visible("a") for _ in range(10)))
        assert rights.asked == 1
        rights.rights["a"] = frozenset({PAY})
        assert await known.visible("a") == frozenset({SHOP})
        time = KEPT + 1
        assert await known.visible("a") == frozenset({PAY})
        rights.answers = False
        await known.visible("b")
        rights.answers = True
        rights.rights["b"] = frozenset[ApplicationName]()
        assert await known.visible("b") == frozenset()
        for number in range(MOST_KEPT + 10):
            await known.visible(f"token-{number}")
        assert len(known._known) == MOST_KEPT

    asyncio.run(story())
