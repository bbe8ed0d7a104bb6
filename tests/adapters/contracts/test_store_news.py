"""What is new since a mark: each event once, also where a lower number is kept after a higher one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.looks import SHOP, at, field, look, trouble
from tests.postgres import Postgres

from whydrift.adapters.store import recording
from whydrift.adapters.store.store import SqlStore
from whydrift.core.model.finding import ApplicationName, Seen, What

BLOG = ApplicationName("", "argocd", "blog")
PATIENCE = 10.0


def test_each_event_is_told_once_from_the_mark_on(store: SqlStore) -> None:
    (_, mark), old = store.news(), store.record(look([field()], at(0)))
    assert store.news(store.news()[1])[0] == ()
    found, mark = store.news(mark)
    assert [(new.event, new.at, new.what, new.application) for new in found] == [(old[0].id, at(0), What.NEW, SHOP)]
    assert store.news(mark) == ((), mark)
    store.record(look([], at(1)))
    store.record(look([field(), trouble()], at(2), BLOG))
    first, mark = store.news(mark, limit=2)
    rest, mark = store.news(mark, limit=2)
    assert [new.what for new in (*first, *rest)] == [What.GONE, What.NEW, What.NEW]
    assert store.news(mark)[0] == ()


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
    opened = SqlStore(postgres.database(), tmp_path)
    yield opened
    opened.close()


@contextmanager
def held_up(store: SqlStore, seen: Seen, monkeypatch: pytest.MonkeyPatch, fails: bool = False) -> Iterator[None]:
    """Somebody's look, whose events have their numbers and are kept (or lost) only when this ends."""
    numbered, go_on, whole = threading.Event(), threading.Event(), recording._describe

    def describe(*words: object) -> None:
        if threading.current_thread() is keeping:
            numbered.set()
            assert go_on.wait(PATIENCE)
            if fails:
                raise RuntimeError("lost")
        whole(*words)  # type: ignore[arg-type]  # what it was called with

    def keep() -> None:
        try:
            store.record(seen)
        except RuntimeError:
            assert fails

    keeping = threading.Thread(target=keep)
    monkeypatch.setattr(recording, "_describe", describe)
    keeping.start()
    try:
        assert numbered.wait(PATIENCE)
        yield
    finally:
        go_on.set()
        keeping.join(PATIENCE)


def test_what_is_kept_late_is_told_when_it_is_kept(shared: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    _, mark = shared.news()
    with held_up(shared, look([field()], at(0), BLOG), monkeypatch):
        shared.record(look([field()], at(0)))
        found, mark = shared.news(mark)
        assert [new.application for new in found] == [SHOP]
        assert shared.news(mark)[0] == (), "what has not ended is looked for, and not told"
        began = shared.news()[1]
    for reader in (mark, began):
        found, mark = shared.news(reader)
        assert [new.application for new in found] == [BLOG]
        assert shared.news(mark)[0] == ()


def test_what_was_lost_is_not_looked_for_for_ever(shared: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    _, mark = shared.news()
    with held_up(shared, look([field()], at(0), BLOG), monkeypatch, fails=True):
        shared.record(look([field()], at(0)))
        found, waiting = shared.news(mark)
        assert len(found) == 1
    found, mark = shared.news(waiting)
    assert found == () and len(mark) < len(waiting)
    assert shared.news(mark) == ((), mark)
