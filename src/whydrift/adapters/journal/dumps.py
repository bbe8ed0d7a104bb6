"""Dumps of what is to be deleted: complete on the disk before they have their name, readable by their owner only."""

from __future__ import annotations

import os
import secrets
from itertools import count
from pathlib import Path

from whydrift.adapters.journal.disk import OWNER_ONLY, make_folder, sync_folder, write_all
from whydrift.errors import SourceError


class FileDumps:
    """`ports.Dumps` in a folder that lies in no work tree: a dump may hold secrets, and must not be committed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def save(self, name: str, content: bytes) -> str:
        """Keep a dump, numbered where its name is taken: none is written over. SourceError where it is not whole."""
        path = self._folder / name
        try:
            self._refuse_work_tree()
            path = self._free(path)
            make_folder(self._folder)
            self._write(path, content)
            back = path.read_bytes()
        except OSError as error:
            raise SourceError(f"{path}: {error.strerror}: nothing is deleted without a dump") from error
        if back != content:
            raise SourceError(f"{path}: reads back differently from what was written: nothing is deleted")
        return str(path)

    def _free(self, path: Path) -> Path:
        """The path, or the first numbered one beside it that nothing stands under: a killed apply may have written."""
        numbered = (path.with_name(f"{path.stem}-{number}{path.suffix}") for number in count(2))
        return path if not path.exists() else next(each for each in numbered if not each.exists())

    def _write(self, path: Path, content: bytes) -> None:
        partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, OWNER_ONLY)
        try:
            try:
                write_all(descriptor, content)
            finally:
                os.close(descriptor)
            partial.rename(path)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise
        sync_folder(path.parent)

    def _refuse_work_tree(self) -> None:
        for folder in (self._folder.resolve(), *self._folder.resolve().parents):
            if (folder / ".git").exists():
                raise SourceError(f"{self._folder} lies in the work tree {folder}: a dump must not be committed")

    def read(self, path: str) -> bytes:
        """The content of a dump, wherever it lies."""
        try:
            return Path(path).read_bytes()
        except OSError as error:
            raise SourceError(f"{path}: {error.strerror}") from error
