"""Processes beside each other over one store, each of which follows, looks and tells: everything is told once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import partial
from pathlib import Path

import pytest

from tests.postgres import Postgres
from tests.receivers import Receiver
from tests.serving import serving
from tests.sharing import sharing
from tests.watched import drifting, settled
from whydrift.usecases.unstated import NOTED

ROUTES = """[watch]
settle = 1
group = 1
[[routes]]
name = "{name}"
to = "webhook"
url = "{url}"
"""


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_two_pages_and_a_watch_tell_everything_once(
    database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Two with one route, and one that has another: it swallows nothing of theirs, nor they of its."""
    shares: Postgres | None = None if database == "sqlite" else request.getfixturevalue("postgres")
    url = str(tmp_path / "store.db") if shares is None else shares.database()
    with serving(Receiver()) as chat, serving(Receiver()) as mail, sharing(tmp_path, url) as shared:
        pages, other = tmp_path / "pages.toml", tmp_path / "other.toml"
        pages.write_text(ROUTES.format(name="chat", url=chat.url))
        other.write_text(ROUTES.format(name="mail", url=mail.url))
        shared.start("watch", config=other)
        for _ in range(2):
            shared.serve(config=pages)
        shared.until(lambda: "chat" in shared.store.recall(NOTED) and "mail" in shared.store.recall(NOTED))
        shared.until(lambda: told(chat, "new", "shop") or told(mail, "new", "shop"))
        for change, what in ((drifting, "new"), (settled, "gone"), (drifting, "returned")):
            shared.watched.put(change("quiet"))
            shared.until(partial(all_told, (chat, mail), what, "quiet"))
        assert shared.told("quiet") == ["new", "gone", "returned"] and shared.told("shop") == ["new"]
        _, *since = sorted(event.id for event in shared.events())  # a route is told what happens after it was stated
        for receiver in (chat, mail):
            counted = Counter(events(receiver))
            assert set(counted) >= set(since) and set(counted.values()) == {1}


def events(receiver: Receiver) -> list[int]:
    """The events that a receiver was told of."""
    return [event for got in receiver.taken for line in got.body["lines"] for event in line["events"]]


def all_told(receivers: Iterable[Receiver], what: str, name: str) -> bool:
    """Whether all of them were told of something."""
    return all(told(receiver, what, name) for receiver in receivers)


def told(receiver: Receiver, what: str, name: str) -> bool:
    """Whether a receiver was told of something."""
    lines = [line for got in receiver.taken for line in got.body["lines"]]
    return any(line["what"] == what and line["application"]["name"] == name for line in lines)
