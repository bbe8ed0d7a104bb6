"""Requests that nobody should make: a bounded number of them, and no answer is an error of ours."""

from __future__ import annotations

import string
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient
from tests.web.fleet import OTHERS, ROUTES, client_of, site_of
from tests.web.hostile import NAMES

from whydrift.adapters.store.store import SqlStore
from whydrift.web.headers import HEADERS

KEYS = (
    "q",
    "page",
    "days",
    "cause",
    "side",
    "severity",
    "project",
    "team",
    "sync",
    "show",
    "limit",
    "offset",
    "after",
    "scope",
    "accepted",
    "gone",
)
ODD = (
    *NAMES,
    "0",
    "-1",
    "1e9",
    "9" * 40,
    "٣",
    "²",
    "*",
    "[",
    "[!a]*",
    "%",
    "_",
    "\\",
    "\x00",
    "a\x00b",
    "\ud800",
    "broken",
    "shown",
)
TEXT = st.one_of(st.sampled_from(ODD), st.text(max_size=40), st.integers().map(str))
BYTES = st.binary(max_size=30).map(lambda raw: quote(raw, safe=""))
SEGMENT = st.one_of(TEXT.map(lambda text: quote(text, safe="", errors="surrogatepass")), BYTES)
FEW = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
EXPECTED = (200, 307, 400, 404, 414)


def filled_in(route: str, segments: list[str]) -> str:
    """A route with segments for its names."""
    for name in ("{instance:path}", "{instance}", "{namespace}", "{name}", "{cause}"):
        route = route.replace(name, segments.pop(), 1) if name in route else route
    return route


def is_well(client: TestClient, path: str) -> None:
    """The answer is one of those that are foreseen, with every header."""
    answer = client.get(path, follow_redirects=False)
    assert answer.status_code in EXPECTED, (answer.status_code, path)
    assert HEADERS.items() <= dict(answer.headers).items()


@FEW
@given(
    st.sampled_from((*ROUTES, *OTHERS)),
    st.lists(SEGMENT, min_size=5, max_size=5),
    st.lists(st.tuples(st.sampled_from(KEYS), st.one_of(SEGMENT)), max_size=6),
)
def test_addresses_are_answered(
    client: TestClient, route: str, segments: list[str], query: list[tuple[str, str]]
) -> None:
    """Whatever the names in the path and the values in the query."""
    is_well(client, filled_in(route, segments) + "?" + "&".join(f"{key}={value}" for key, value in query))


@FEW
@given(st.one_of(st.text(string.printable, max_size=60).map(lambda text: quote(text, safe="/?&=%")), SEGMENT))
def test_what_is_no_address_is_answered(client: TestClient, path: str) -> None:
    """Whatever follows the slash."""
    is_well(client, f"/{path}")


@FEW
@given(
    st.dictionaries(
        st.text(string.ascii_letters + "-", min_size=1, max_size=20),
        st.text(string.printable[:-6], max_size=60),
        max_size=6,
    )
)
def test_headers_are_answered(store: SqlStore, headers: dict[str, str]) -> None:
    """Whatever the headers: known ones decide, others count for nothing."""
    client = client_of(site_of(store))
    headers = {key: value.strip() for key, value in headers.items() if key.lower() not in ("content-length", "host")}
    answer = client.get("/", headers=headers)
    assert answer.status_code in (200, 413)


@pytest.mark.parametrize("scheme", ["Bearer", "Basic", "bearer ", "Negotiate", ""])
@given(st.text(string.printable[:-6], max_size=60))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_odd_tokens_let_nobody_in(store: SqlStore, scheme: str, token: str) -> None:
    """What is no token is none; it is never an error of ours."""
    from tests.web.fleet import Rights

    site = site_of(store, visibility=Rights({}), metrics_token="the-token-of-the-metrics")
    client = client_of(site)
    for path in ("/", "/metrics"):
        assert client.get(path, headers={"authorization": f"{scheme} {token}".strip()}).status_code == 401
