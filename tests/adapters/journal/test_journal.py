"""The journal and the dumps: on the disk when a call returns, whole or not at all, and one apply at a time."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from whydrift.adapters.journal import FileDumps, FileJournal
from whydrift.core.model.journal import ActState, Entry, last_of
from whydrift.errors import SourceError

ENTRIES = [
    Entry("2026-11-28T10:00:00Z", "s1", "push", ActState.BEGUN),
    Entry("2026-11-28T10:00:01Z", "s1", "push", ActState.DONE, "0123abc"),
    Entry("2026-11-28T10:00:02Z", "s2", "delete ⟦x⟧\n", ActState.UNKNOWN, 'it said "no"'),
]


def test_what_was_added_is_there_after_a_restart(tmp_path: Path) -> None:
    """In its order, with whatever the texts hold."""
    with FileJournal(tmp_path / "deep" / "journal.jsonl") as journal:
        for entry in ENTRIES:
            journal.add(entry)
    with FileJournal(tmp_path / "deep" / "journal.jsonl") as journal:
        assert list(journal.entries) == ENTRIES
        assert last_of(journal.entries, "s1", "push") == ENTRIES[1]
        assert last_of(journal.entries, "s1", "propose") is None


def test_a_kill_in_the_middle_of_a_line_loses_that_line_only(tmp_path: Path) -> None:
    """At every byte: what was begun after the last whole line was not begun at all, and writing goes on."""
    path = tmp_path / "journal.jsonl"
    with FileJournal(path) as journal:
        for entry in ENTRIES:
            journal.add(entry)
    content = path.read_bytes()
    for length in range(len(content) + 1):
        path.write_bytes(content[:length])
        whole = content[:length].count(b"\n")
        with FileJournal(path) as journal:
            assert list(journal.entries) == ENTRIES[:whole]
            journal.add(ENTRIES[0])
        with FileJournal(path) as journal:
            assert list(journal.entries) == [*ENTRIES[:whole], ENTRIES[0]]


def test_a_line_that_says_something_else_is_never_guessed_at(tmp_path: Path) -> None:
    """A damaged journal stops everything."""
    path = tmp_path / "journal.jsonl"
    path.write_bytes(b'{"at":"x"}\n')
    with pytest.raises(SourceError, match="damaged"):
        FileJournal(path)


def test_two_applies_of_one_plan_never_run_together(tmp_path: Path) -> None:
    """Neither in this process nor in another; a killed one lets go."""
    path = tmp_path / "journal.jsonl"
    code = (
        "import pathlib, sys; from whydrift.adapters.journal import FileJournal; "
        f"j = FileJournal(pathlib.Path({str(path)!r})); print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(SourceError, match="another apply"):
            FileJournal(path)
        other.kill()
    with FileJournal(path), pytest.raises(SourceError, match="another apply"):
        FileJournal(path)


def fill_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the system take half of the next write and be full then."""
    write = os.write
    taken: list[int] = []

    def full(descriptor: int, content: memoryview) -> int:
        if taken:
            raise OSError(errno.ENOSPC, "No space left on device")
        taken.append(write(descriptor, content[: len(content) // 2]))
        return taken[0]

    monkeypatch.setattr(os, "write", full)


def test_a_full_disk_is_said_and_leaves_no_half_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What could not be written down is not done, and the journal stays readable."""
    path = tmp_path / "journal.jsonl"
    with FileJournal(path) as journal:
        journal.add(ENTRIES[0])
        fill_disk(monkeypatch)
        with pytest.raises(SourceError, match="No space left"):
            journal.add(ENTRIES[1])
        monkeypatch.undo()
        journal.add(ENTRIES[2])
    with FileJournal(path) as journal:
        assert list(journal.entries) == [ENTRIES[0], ENTRIES[2]]


def test_a_dump_is_its_owners_only_and_reads_back(tmp_path: Path) -> None:
    """Mode 0600 whatever the umask, in a folder that nobody else enters."""
    before = os.umask(0)
    try:
        dumps = FileDumps(tmp_path / "state" / "dumps")
        path = dumps.save("one.json", b'{"a": 1}')
    finally:
        os.umask(before)
    assert dumps.read(path) == b'{"a": 1}'
    assert stat.S_IMODE(Path(path).stat().st_mode) == 0o600
    assert stat.S_IMODE(Path(path).parent.stat().st_mode) == 0o700


def test_a_dump_is_never_written_over(tmp_path: Path) -> None:
    """The earlier one may be all that is left of an object."""
    dumps = FileDumps(tmp_path)
    paths = [dumps.save("one.json", content) for content in (b"first", b"second", b"third")]
    assert [Path(path).name for path in paths] == ["one.json", "one-2.json", "one-3.json"]
    assert [dumps.read(path) for path in paths] == [b"first", b"second", b"third"]


def test_no_dump_goes_into_a_work_tree(tmp_path: Path) -> None:
    """Not directly, and not anywhere below."""
    (tmp_path / "apps" / ".git").mkdir(parents=True)
    with pytest.raises(SourceError, match="work tree"):
        FileDumps(tmp_path / "apps" / "state" / "dumps").save("one.json", b"{}")
    assert not (tmp_path / "apps" / "state").exists()


def test_a_full_disk_leaves_no_dump_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a dump must not look like one."""
    fill_disk(monkeypatch)
    with pytest.raises(SourceError, match="No space left"):
        FileDumps(tmp_path).save("one.json", b"0123456789")
    assert list(tmp_path.iterdir()) == []


def test_a_short_write_is_gone_on_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system may take less than it is given."""
    write = os.write
    monkeypatch.setattr(
        "whydrift.adapters.journal.disk.os.write", lambda descriptor, content: write(descriptor, bytes(content)[:3])
    )
    dumps = FileDumps(tmp_path)
    assert dumps.read(dumps.save("one.json", b"0123456789")) == b"0123456789"
