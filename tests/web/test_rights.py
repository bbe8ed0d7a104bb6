"""A reader sees nothing of applications that are not theirs: through no page, search, count, stream or metric."""

from __future__ import annotations

import asyncio

import msgspec
import pytest
from tests.looks import SHOP, at, field, look
from tests.web.fleet import MARK, PAY, ROUTES, Rights, client_of, path_of, site_of

from whydrift.adapters.store.store import SqlStore
from whydrift.web.live import told
from whydrift.web.reader import Reader

MINE = frozenset({SHOP})
QUERIES = (
    "",
    "?show=all",
    f"?q={MARK}",
    f"?cause={MARK}-cause",
    f"?project={MARK}-project",
    f"?team={MARK}-team",
    "?severity=broken&severity=loses",
    "?gone=true&limit=1000",
    "?days=365&after=1",
)
ECHOED = ("q", "cause", "project", "team")
PATHS = [path_of(route) + query for route in ROUTES for query in QUERIES]


@pytest.fixture(scope="module")
def rights() -> Rights:
    """Two readers: one of one application, one of none."""
    return Rights({"mine": MINE, "none": frozenset()})


@pytest.mark.parametrize("path", PATHS)
def test_nothing_of_others_is_told(store: SqlStore, rights: Rights, path: str) -> None:
    """Not a word, besides what the reader wrote into the address."""
    for token in ("mine", "none"):
        answer = client_of(site_of(store, visibility=rights), token=token).get(path)
        assert answer.status_code in (200, 404)
        assert MARK not in without_echo(answer.text, path)


def without_echo(text: str, path: str) -> str:
    """A page without the places at which it repeats what was asked for."""
    for value in {f"{MARK}-cause", f"{MARK}-project", f"{MARK}-team", MARK}:
        if f"={value}" in path:
            text = text.replace(f"={value}", "=").replace(f'value="{value}"', "")
    return text


@pytest.mark.parametrize("route", [route for route in ROUTES if "{name}" in route])
def test_others_are_not_told_from_what_is_not_there(store: SqlStore, rights: Rights, route: str) -> None:
    """The same answer, byte for byte."""
    client = client_of(site_of(store, visibility=rights), token="mine")
    theirs, nobodys = client.get(path_of(route, PAY)), client.get(path_of(route, PAY._replace(name="nobody")))
    assert (theirs.status_code, theirs.content) == (404, nobodys.content)


def test_numbers_count_only_what_is_theirs(store: SqlStore, rights: Rights) -> None:
    """Totals, counts, days and the size of pages."""
    mine, all_ = client_of(site_of(store, visibility=rights), token="mine"), client_of(site_of(store))
    for path, total in (("/api/v1/findings", 4), ("/api/v1/applications", 1)):
        assert mine.get(path).json()["page"]["total"] == total < all_.get(path).json()["page"]["total"]
    assert sum(c["fields"] for c in mine.get("/api/v1/counts").json()["counts"]) == 4
    assert {d["cause"] for d in mine.get("/api/v1/history?days=365").json()["days"]} == {
        "person-edits-live",
        "out-of-memory",
    }
    for query in ("", "?after=0"):
        assert {e["application"]["name"] for e in mine.get(f"/api/v1/events{query}").json()["events"]} == {"shop"}
    assert {f["finding"]["application"]["name"] for f in mine.get("/api/v1/flaps?days=365").json()["flaps"]} == {"shop"}


def test_the_metrics_are_for_nobody_without_their_token(store: SqlStore, rights: Rights) -> None:
    """They tell of every application: a reader's own token opens them never, even on loopback."""
    site = site_of(store, visibility=rights, metrics_token="the-token-of-the-metrics")
    assert client_of(site_of(store, visibility=rights), token="mine").get("/metrics").status_code == 403
    assert client_of(site, token="mine").get("/metrics").status_code == 401
    answer = client_of(site, token="the-token-of-the-metrics").get("/metrics")
    assert answer.status_code == 200
    assert MARK in answer.text


def test_a_reader_is_told_of_their_own_changes_only(empty: SqlStore) -> None:
    """A stream says nothing of others, not even that something happened."""
    empty.record(look([field()], at(0)))
    empty.record(look([field(f"/spec/{MARK}")], at(0), PAY))
    events = empty.after(0)
    assert len(events) == 2
    message = told(events, Reader("", MINE))
    assert MARK not in message
    data = msgspec.json.decode(message.split("data: ")[1].split("\n")[0])
    assert data == {"events": 1, "at": at(0), "applications": ["argocd/shop"]}
    assert told(events, Reader("", frozenset())) == ": nothing\n\n"


def test_pages_are_not_shared_between_readers_who_see_other_things(store: SqlStore) -> None:
    """What was made for one is not shown to another within its second."""
    rights = Rights({"all": frozenset({SHOP, PAY}), "mine": MINE})
    site = site_of(store, visibility=rights)
    client = client_of(site)
    seen = [client.get("/findings", headers={"authorization": f"Bearer {who}"}).text for who in ("all", "mine", "all")]
    assert [MARK in page for page in seen] == [True, False, True]


def test_rights_that_end_end_the_stream(store: SqlStore) -> None:
    """What a token may see is looked at again while a page is open."""
    from starlette.requests import Request

    from whydrift.web import live

    async def story() -> None:
        rights = Rights({"mine": MINE})
        site = site_of(store, visibility=rights)
        headers = [(b"authorization", b"Bearer mine")]
        scope = {"type": "http", "headers": headers, "client": None, "path": "/events", "reader": Reader("", MINE)}

        async def receive() -> dict[str, object]:
            await asyncio.Event().wait()
            return {}

        feed = live.Feed(site)
        stream = feed._stream(Request(scope, receive), Reader("", MINE))
        assert "retry" in await anext(stream)
        rights.rights.clear()
        live_known = site.access._seen
        assert live_known is not None
        live_known._known.clear()
        next(iter(feed._listening)).put_nowait(())
        with pytest.raises(StopAsyncIteration):
            await anext(stream)

    asyncio.run(story())
