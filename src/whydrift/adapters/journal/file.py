"""The journal as a file of JSON lines: appended, synced, and locked for one apply at a time."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Self

import msgspec

from whydrift.adapters.journal.disk import OWNER_ONLY, make_folder, sync_folder, write_all
from whydrift.core.model.journal import Entry
from whydrift.errors import SourceError


class FileJournal:
    """`ports.Journal`. Holds a lock until it is closed; a context manager."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            make_folder(path.parent)
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, OWNER_ONLY)
            sync_folder(path.parent)
        except OSError as error:
            raise SourceError(f"{path}: {error.strerror}") from error
        self._lock()
        self._entries = self._read()

    def _lock(self) -> None:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._file)
            raise SourceError(f"{self.path}: another apply of this plan is running") from error

    def _read(self) -> list[Entry]:
        """What stands there. A last line that was cut off by a kill is dropped: nothing was done after it."""
        with open(self.path, "rb") as file:  # noqa: PTH123 - beside the descriptor that holds the lock
            whole, _, _ = file.read().rpartition(b"\n")
        try:
            found = [msgspec.json.decode(line, type=Entry) for line in whole.splitlines()]
        except msgspec.DecodeError as error:
            raise SourceError(f"{self.path}: damaged: it does not say for sure what was done ({error})") from error
        os.ftruncate(self._file, len(whole) + 1 if whole else 0)
        return found

    @property
    def entries(self) -> Sequence[Entry]:
        """Everything so far, oldest first."""
        return tuple(self._entries)

    def add(self, entry: Entry) -> None:
        """Append one entry; it is on the disk when this returns. SourceError where it is not."""
        size = os.fstat(self._file).st_size
        try:
            write_all(self._file, msgspec.json.encode(entry) + b"\n")
        except OSError as error:
            os.ftruncate(self._file, size)  # half a line would make the next one unreadable
            raise SourceError(f"{self.path}: {error.strerror}: what was done cannot be written down") from error
        self._entries.append(entry)

    def close(self) -> None:
        """Let go of the lock."""
        os.close(self._file)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
