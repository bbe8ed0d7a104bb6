"""What is measured: whoever found it, and how it is followed."""

from __future__ import annotations

from pathlib import Path

from tests.looks import SHOP, at, field, look
from tests.web.fleet import PAY, client_of, site_of

from whydrift.adapters.store.store import SqlStore
from whydrift.usecases.watch.status import Status, Way


def measured(text: str, name: str) -> dict[str, float]:
    """The samples of a family, by their labels as they are spelled."""
    lines = [line.rpartition(" ") for line in text.splitlines() if line.startswith(name)]
    return {sample.removeprefix(name): float(value) for sample, _, value in lines}


def test_what_other_processes_find_is_counted_since_the_start(tmp_path: Path) -> None:
    """A worker has a store of its own on the same database."""
    served, worker = SqlStore("", tmp_path), SqlStore("", tmp_path)
    worker.record(look([field()], at(0)))
    client = client_of(site_of(served))
    assert set(measured(client.get("/metrics").text, "whydrift_events_total").values()) == {0.0}
    worker.record(look([], at(1), SHOP))
    worker.record(look([field("/a"), field("/b")], at(1), PAY))
    counted = measured(client_of(site_of(served)).get("/metrics").text, "whydrift_events_total")
    assert set(counted.values()) == {0.0}, "another process begins to count when it starts"
    fresh = client_of(site_of(served))
    worker.record(look([field()], at(2), SHOP))
    counted = measured(fresh.get("/metrics").text, "whydrift_events_total")
    assert counted == {'{what="new"}': 0, '{what="returned"}': 1, '{what="changed"}': 0, '{what="gone"}': 0}
    worker.close()
    served.close()


def test_the_way_that_is_followed_is_measured(tmp_path: Path) -> None:
    """A better one that is refused, too; why is in the log, where names may stand."""
    store, status = SqlStore("", tmp_path), Status()
    status.ways["eu"] = Way("a stream", {"a watch": "forbidden to zebra"})
    text = client_of(site_of(store, status=status)).get("/metrics").text
    assert measured(text, "whydrift_watch_followed") == {'{argocd="eu",way="a stream"}': 1}
    assert measured(text, "whydrift_watch_refused") == {'{argocd="eu",way="a watch"}': 1}
    assert "zebra" not in text
    assert status.ways_lines() == ["follows a stream (eu)", "does not follow a watch (eu): forbidden to zebra"]
    store.close()
