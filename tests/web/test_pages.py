"""What the pages show, and how they may be asked for it."""

from __future__ import annotations

import re

import pytest
from starlette.testclient import TestClient
from tests.looks import SHOP
from tests.web.fleet import AWAY, OTHERS, PAY, ROUTES, client_of, path_of, site_of

from whydrift.adapters.store.store import SqlStore
from whydrift.web.app import PAGES
from whydrift.web.assets import NAMES, VENDORED, address_of, file_of
from whydrift.web.headers import HEADERS

INLINE = re.compile(r"<script(?![^>]* src=)|<style|\sstyle=|\son[a-z]+=|javascript:", re.IGNORECASE)


@pytest.mark.parametrize("route", [*ROUTES, *OTHERS])
def test_every_route_answers_with_every_header(client: TestClient, route: str) -> None:
    """200, the security headers, nothing kept, nothing inline; HEAD says the same without a body."""
    answer = client.get(path_of(route))
    assert answer.status_code == 200, answer.text[:500]
    assert HEADERS.items() <= dict(answer.headers).items()
    assert answer.headers["cache-control"] == "no-store"
    assert not INLINE.search(answer.text)
    head = client.head(path_of(route))
    assert (head.status_code, head.content) == (200, b"")


@pytest.mark.parametrize(
    "path", ["/nowhere", "/apps/-/argocd/nobody", "/causes/nothing", "/api/v1/nothing", "/static/0/x.css"]
)
def test_what_is_not_there_is_said_with_every_header(client: TestClient, path: str) -> None:
    """404, the same headers."""
    answer = client.get(path)
    assert answer.status_code == 404
    assert HEADERS.items() <= dict(answer.headers).items()


@pytest.mark.parametrize("route", PAGES)
def test_an_empty_store_has_pages_too(empty: SqlStore, route: str) -> None:
    """Nothing was looked at yet: pages say so; those of one application are not there."""
    answer = client_of(site_of(empty)).get(path_of(route))
    assert answer.status_code == (404 if "{name}" in route else 200)


def test_the_fleet_says_what_hurts_first(client: TestClient) -> None:
    """Numbers, not read before all, broken before what a sync would lose, before the list."""
    page = client.get("/").text
    assert "<strong>3 applications</strong>, 2 OutOfSync" in page
    order = [
        page.index(said) for said in ("Not read: 1 application", "Broken now", "A sync would hurt", "Why", "Whose")
    ]
    assert order == sorted(order)
    assert page.index(PAY.name) < page.index(f">{SHOP.name}<")


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", {PAY, SHOP}),
        ("show=all", {PAY, SHOP, AWAY}),
        ("project=shop", {SHOP}),
        ("team=front", {SHOP}),
        ("sync=Synced", {AWAY}),
        ("severity=broken", {PAY, SHOP}),
        ("cause=zebra-cause", {PAY}),
        ("q=ZEBRA", {PAY}),
        ("q=nothing-like-this", set()),
    ],
)
def test_the_address_filters_the_list(client: TestClient, query: str, names: set[object]) -> None:
    """Filters and search are in the address."""
    page = client.get(f"/?{query}").text
    listed = page.split('id="list"')[1].split('id="why"')[0]
    found = {
        name
        for name in (PAY, SHOP, AWAY)
        if f'/{"-" if not name.instance else "eu%2Fprod"}/argocd/{name.name}"' in listed
    }
    assert found == names


def test_an_application_is_shown_whole(client: TestClient) -> None:
    """Its fields side by side, with why, evidence and side; what hurts, since when; an instance may hold a slash."""
    page = client.get("/apps/-/argocd/shop").text
    for said in (
        "web edited it",
        "managed-fields: web wrote it",
        "<b>git</b>",
        "came back 1×",
        "downgrades it",
        "28 minutes ago (2026-11-01)",
    ):
        assert said in page
    assert client.get("/apps/eu%2Fprod/argocd/shop").status_code == 200


def test_long_lists_have_pages(empty: SqlStore) -> None:
    """A hundred a page; addresses keep their filters."""
    from tests.looks import at, field, look

    empty.record(look([field(f"/spec/a{n:03d}") for n in range(250)], at(0)))
    client = client_of(site_of(empty))
    pages = [client.get(f"/findings?side=cluster&page={n}").text for n in (1, 2, 3, 99)]
    assert ["1–100 of 250" in pages[0], "101–200 of 250" in pages[1], "201–250 of 250" in pages[2]] == [True] * 3
    assert "201–250 of 250" in pages[3]
    assert 'href="/findings?side=cluster&amp;page=3"' in pages[1]


def test_pages_load_only_what_is_served_here(client: TestClient) -> None:
    """Every asset is there, for ever, under its hash; htmx is the one from its package."""
    import hashlib

    page = client.get("/").text
    loaded = re.findall(r'(?:src|href)="(/static/[^"]+)"', page)
    assert sorted(loaded) == sorted(address_of(name) for name in NAMES)
    for path in loaded:
        answer = client.get(path)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
    assert {name: hashlib.sha256(file_of(name)).hexdigest() for name in VENDORED} == VENDORED


def test_a_proxy_may_serve_it_below_a_path(store: SqlStore) -> None:
    """Whether the proxy takes the path away or not; every link has it."""
    client = client_of(site_of(store, root="/drift"))
    for path in ("/drift/apps/-/argocd/shop", "/apps/-/argocd/shop"):
        page = client.get(path)
        assert page.status_code == 200
        assert not re.findall(r'(?:href|src|action|hx-get|hx-sse:connect)="/(?!drift/)', page.text)


def test_history_counts_days(client: TestClient) -> None:
    """A plot in words for those who do not see it, numbers as a table, flaps with their times."""
    page = client.get("/history?days=7").text
    assert 'role="img" aria-label="open findings: ' in page
    assert "What comes and goes" in page
    assert page.count("<tr>") > 10
