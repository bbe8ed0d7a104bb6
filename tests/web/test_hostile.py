"""Hostile names: shown as text, harmless everywhere, and no page that nobody can load."""

from __future__ import annotations

from html import unescape
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote, unquote

import pytest
from starlette.testclient import TestClient
from tests.web.fleet import client_of, served, site_of
from tests.web.hostile import MARKUP, NAMES, hostile

from whydrift.adapters.store.store import SqlStore
from whydrift.core.model.finding import ApplicationName
from whydrift.web.api.documents import ADDRESSES
from whydrift.web.app import PAGES
from whydrift.web.asked import application_path

LARGEST = 3_000_000
LISTS = [route for route in (*PAGES, *(address.path for address in ADDRESSES)) if "{" not in route]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    """A site of hostile names."""
    store = SqlStore("", tmp_path_factory.mktemp("hostile"))
    hostile(store)
    return client_of(site_of(store))


def is_harmless(text: str, kind: str) -> bool:
    """Whether nothing of it is markup; JSON is no page, and says what was said."""
    return kind.startswith("application/json") or not [bad for bad in MARKUP if bad in text]


@pytest.mark.parametrize("path", LISTS)
def test_lists_are_harmless(client: TestClient, path: str) -> None:
    """Every list, whatever is in it."""
    answer = client.get(path, params={"show": "all", "days": "365"})
    assert answer.status_code == 200
    assert len(answer.content) < LARGEST
    assert is_harmless(answer.text, answer.headers["content-type"])


@pytest.mark.parametrize("word", NAMES, ids=range(len(NAMES)))
def test_names_are_harmless_wherever_one_looks_for_them(client: TestClient, word: str) -> None:
    """As an application, its timeline, a cause, a search, a filter: shown or not there, never an error."""
    name = ApplicationName(word, word, word)
    paths = [
        *(application_path(name, below) for below in ("/apps", "/history", "/api/v1/applications", "/api/v1/history")),
        f"/causes/{quote(word, safe='')}",
        f"/search?q={quote(word[:2000], safe='')}",
        f"/?project={quote(word[:2000], safe='')}&team={quote(word[:2000], safe='')}",
        f"/findings?cause={quote(word[:2000], safe='')}",
    ]
    for path in paths:
        answer = client.get(path)
        assert answer.status_code in (200, 404, 414)
        assert is_harmless(answer.text, answer.headers["content-type"])


def test_links_lead_to_the_applications_that_they_name(tmp_path: Path) -> None:
    """Its page is found again whatever the name holds, save for slashes and ends of lines: Kubernetes allows none."""
    store = SqlStore("", tmp_path)
    hostile(store)
    words = [word for word in NAMES if not {"/", "\n"} & set(word) and len(word) < 1_000]
    with served(site_of(store)) as port:
        for word in words:
            path = application_path(ApplicationName(word, word, word))
            connection = HTTPConnection("127.0.0.1", port, timeout=60)
            connection.request("GET", path)
            answer = connection.getresponse()
            assert answer.status == 200, word
            again = answer.read().decode().split('hx-get="')[1].split('"')[0]
            assert unquote(unescape(again)) == unquote(path)
            connection.close()


def test_a_message_of_the_stream_is_one_line(tmp_path: Path) -> None:
    """No name ends the message, or begins another."""
    from whydrift.web.live import told
    from whydrift.web.reader import Reader

    store = SqlStore("", tmp_path)
    hostile(store)
    message = told(store.after(0), Reader(""))
    assert [line.split(":")[0] for line in message.splitlines()] == ["id", "event", "data", ""]
