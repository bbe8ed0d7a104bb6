"""What is kept outlives whoever wrote it, its database, and the disk: real processes, really killed."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests.adapters.store.writer import there
from tests.looks import SHOP, at, field, look
from tests.postgres import Postgres, running

from whydrift.adapters import postgresql
from whydrift.adapters.store.store import SqlStore
from whydrift.core.model.finding import What
from whydrift.errors import StoreError
from whydrift.ports.watching import Wanted

ROOT = Path(__file__).parents[3]
EVERYTHING = Wanted(open_only=False, limit=100_000)
MANY = 100_000
MEGABYTE = 1024**2
"""What the server's log has for a file: it may get as large as that, always."""


def writer(url: str, *words: int) -> subprocess.Popen[str]:
    """A process that records looks."""
    command = [sys.executable, "-m", "tests.adapters.store.writer", url, *map(str, words)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)


def kept_until(process: subprocess.Popen[str], enough: int) -> int:
    """The number of the last look that it says it kept, after so many; it is killed then, in the middle of the next."""
    assert process.stdout is not None
    last = -1
    for _ in range(enough):
        last = int(process.stdout.readline())
    process.kill()
    rest = process.stdout.read().split()
    process.wait()
    return int(rest[-1]) if rest else last


def check(store: SqlStore, kept: int) -> None:
    """Everything that was said to be kept is there, whole, and every finding has led a life that can be."""
    findings = store.findings(EVERYTHING)
    number = minute_of(store)
    assert number in (kept, kept + 1), "the look that was kept last, or the one that it was killed in"
    assert {f.found.key for f in findings if not f.gone} == {found.key for found in there(number)}
    assert sum(count.fields for count in store.counts()) == len(there(number))
    assert len({f.found.key for f in findings}) == len(findings)
    lives: dict[int, list[What]] = {}
    for event in reversed(store.timeline(SHOP, limit=MANY)):
        lives.setdefault(event.finding, []).append(event.what)
    assert all(life == [What.NEW, *[What.GONE, What.RETURNED] * len(life)][: len(life)] for life in lives.values())
    assert lives.keys() == {finding.id for finding in findings}


def minute_of(store: SqlStore) -> int:
    """Which look was kept last."""
    times = {at(number): number for number in range(5000)}
    return times[store.applications()[0].at]


def test_a_writer_that_is_killed_loses_nothing_and_leaves_no_half(url: str, tmp_path: Path) -> None:
    """kill -9, again and again; the next one goes on."""
    first = 0
    for enough in (1, 7, 3):
        kept = kept_until(writer(url, first, 1, MANY), enough)
        with closing(SqlStore(url, tmp_path)) as store:
            check(store, kept)
            first = minute_of(store) + 1


def test_two_processes_record_the_same_application(url: str, tmp_path: Path) -> None:
    """Whoever comes later with an older look is not heard; nobody fails, nothing is there twice."""
    looks = 60
    both = [writer(url, first, 2, looks) for first in (0, 1)]
    said = [process.communicate(timeout=300)[0].split() for process in both]
    assert [words[-1] for words in said] == ["58", "59"]
    with closing(SqlStore(url, tmp_path)) as store:
        check(store, looks - 1)


def test_a_full_disk_is_said_and_nothing_is_lost(tmp_path: Path) -> None:
    """What was kept before is there, and it goes on when there is room again."""
    url = str(tmp_path / "whydrift.db")
    SqlStore(url, tmp_path).close()
    process = writer(url, 0, 1, MANY, 400_000)
    *kept, error = process.communicate(timeout=300)[0].splitlines()
    assert process.returncode == 2 and error.startswith(f"the store {url}: "), error
    with closing(SqlStore(url, tmp_path)) as store:
        check(store, int(kept[-1]))
        store.record(look([], at(4000)))
        assert store.total(Wanted()) == 0


@pytest.fixture
def mortal() -> Iterator[Postgres]:
    """A server that may be killed."""
    with running() as server:
        yield server


def test_a_database_that_is_killed_loses_nothing(mortal: Postgres, tmp_path: Path) -> None:
    """A writer that tries again goes on where it was, as soon as the database is there again."""
    store = SqlStore(mortal.database(), tmp_path)
    kept: list[int] = []
    failures: list[str] = []
    ended = threading.Event()

    def write() -> None:
        number = 0
        while not ended.is_set():
            try:
                store.record(look(there(number), at(number)))
                kept.append(number)
                number += 1
            except StoreError as error:
                failures.append(str(error))
                time.sleep(0.05)

    thread = threading.Thread(target=write)
    thread.start()
    for _ in range(2):
        wait_for(kept, len(kept) + 5)
        mortal.kill()
        wait_for(failures, len(failures) + 3)
        mortal.start()
    wait_for(kept, len(kept) + 5)
    ended.set()
    thread.join()
    check(store, kept[-1])
    assert all(error.startswith("the store postgresql:///") and "\n" not in error for error in failures)
    store.close()


def test_a_database_that_hangs_is_given_up_and_loses_nothing(
    mortal: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes what it is asked, and new connections, and never answers: said in a line; it goes on where it was."""
    monkeypatch.setattr(postgresql, "SILENCE", 0.5)
    monkeypatch.setattr(postgresql, "REACH", {**postgresql.REACH, "connect_timeout": 2})
    with closing(SqlStore(mortal.database(), tmp_path)) as store:
        store.record(look(there(0), at(0)))
        with pytest.raises(StoreError, match=r"says nothing for 0 s$"), store._database.writing() as connection:
            mortal.signal(signal.SIGSTOP)
            connection.exec_driver_sql("DELETE FROM findings")
        with pytest.raises(StoreError, match=r"^the store postgresql:///.*: connection timeout expired$"):
            store.record(look(there(1), at(1)))
        mortal.signal(signal.SIGCONT)
        store.record(look(there(1), at(1)))
        check(store, 1)


def test_a_full_disk_of_a_server_is_said_and_nothing_is_lost(mortal: Postgres, tmp_path: Path) -> None:
    """As that of SQLite. A table that cannot grow refuses what is new, and what was kept before is there."""
    with closing(SqlStore(mortal.database(), tmp_path)) as store:
        store.record(look(there(0), at(0)))
        mortal.disk(MEGABYTE)
        number = 1
        with pytest.raises(StoreError, match=r"^the store postgresql:///.*could not extend file"):
            while number < MANY:
                store.record(look([*there(number), *(field(f"/{number}/{n}") for n in range(500))], at(number)))
                number += 1
        assert number > 1 and store.applications()[0].at == at(number - 1)
        mortal.disk(-1)
        store.record(look(there(number + 1), at(number + 1)))
        assert {f.found.key for f in store.findings(Wanted(limit=MANY))} == {f.key for f in there(number + 1)}


def wait_for(grows: list[int] | list[str], length: int) -> None:
    """Wait until a list is so long."""
    end = time.monotonic() + 180
    while len(grows) < length:
        assert time.monotonic() < end, "it does not go on"
        time.sleep(0.01)


def test_readers_are_not_held_up_by_a_writer(url: str, tmp_path: Path) -> None:
    """While a transaction that writes is open, others read what was there before it."""
    with closing(SqlStore(url, tmp_path)) as store, closing(SqlStore(url, tmp_path)) as reader:
        store.record(look([field()], at(0)))
        with store._database.writing() as connection:
            connection.exec_driver_sql("UPDATE findings SET cause = 'another'")
            assert [finding.found.cause for finding in reader.findings(Wanted())] == ["person-edits-live"]
            assert reader.counts()[0].fields == 1
