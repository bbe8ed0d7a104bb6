"""What happens is told once, in the order in which it is kept: no lower id comes after a higher one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.looks import SHOP, at, field, look
from tests.postgres import Postgres

from whydrift.adapters import postgresql
from whydrift.adapters.store import recording
from whydrift.adapters.store.store import SqlStore
from whydrift.core.model.finding import ApplicationName, Event, Seen
from whydrift.errors import StoreError

BLOG = ApplicationName("", "argocd", "blog")
PATIENCE = 120.0


def test_knows_when_anything_was_looked_at_last(store: SqlStore) -> None:
    assert store.newest() == ""
    store.record(look([], at(3), BLOG))
    store.record(look([], at(1)))
    assert store.newest() == at(3)
    store.vanished(BLOG, at(4))
    assert store.newest() == at(1)


@pytest.fixture
def shared(postgres: Postgres, tmp_path: Path) -> Iterator[SqlStore]:
    """A store that several write at once."""
    opened = SqlStore(postgres.store(), tmp_path)
    yield opened
    opened.close()


@contextmanager
def held_up(store: SqlStore, seen: Seen, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Somebody's look whose events have their ids, and are kept only when this ends; why they were not, in the list."""
    numbered, go_on, whole, lost = threading.Event(), threading.Event(), recording._note, list[str]()

    def note(*words: object) -> tuple[Event, ...]:
        events = whole(*words)  # type: ignore[arg-type]  # what it was called with
        if threading.current_thread() is keeping:
            numbered.set()
            assert go_on.wait(PATIENCE)
        return events

    def keep() -> None:
        try:
            store.record(seen)
        except StoreError as error:
            lost.append(str(error))

    keeping = threading.Thread(target=keep)
    monkeypatch.setattr(recording, "_note", note)
    keeping.start()
    try:
        assert numbered.wait(PATIENCE)
        yield lost
    finally:
        go_on.set()
        keeping.join(PATIENCE)


def test_ids_rise_in_the_order_in_which_events_are_kept(shared: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    second = threading.Thread(target=shared.record, args=(look([field()], at(0)),))
    with held_up(shared, look([field()], at(0), BLOG), monkeypatch) as lost:
        second.start()
        second.join(0.5)
        assert second.is_alive(), "it waits for the first one"
        shared.record(look([], at(0), ApplicationName("", "argocd", "still")))
        assert shared.after(0) == ()
    second.join(PATIENCE)
    assert (lost, [event.application for event in shared.after(0)]) == ([], [BLOG, SHOP])


def test_who_stands_still_holds_up_others_for_a_while_only(
    postgres: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At a server that gives up who stands still for three seconds."""
    monkeypatch.setattr(postgresql, "IDLE", 3)
    shared = SqlStore(postgres.store(), tmp_path)
    with held_up(shared, look([field()], at(0), BLOG), monkeypatch) as lost:
        shared.record(look([field()], at(0)))
        assert [event.application for event in shared.after(0)] == [SHOP]
    assert len(lost) == 1
    assert [event.application for event in shared.after(0)] == [SHOP]
    shared.close()
