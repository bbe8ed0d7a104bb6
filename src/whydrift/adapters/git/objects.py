"""Objects of repositories, asked of git processes that stay for the next question: to start one takes longest.

`git cat-file --batch` is asked for one name a line. Only revisions that were checked, and hashes that git itself told,
are ever named. What it does for a name is what any git command does: a partial clone fetches what it lacks.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import threading
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import TypeVar

from whydrift.adapters.git.command import LARGEST_OUTPUT, GitFailed, first_line, started

T = TypeVar("T")
SECONDS = 60
"""How long one question may take."""
ANSWERING = 4
"""How many questions are answered at a time, and how many repositories are held open for the next ones."""
IDLE = 15.0
"""Seconds after which one that nobody asks is let go of."""
NAMES = 4096
"""How many bytes of names are written before answers are read: they fit into any pipe, so that neither side waits for
the other without end."""


@dataclass(frozen=True)
class Header:
    """What git tells of an object before its content."""

    hash: str
    kind: str
    size: int


class Objects:
    """The objects of one repository; asked by one thread at a time."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.process = os.getpid()
        self.since = 0.0
        """When it was asked last."""
        self._ended = False
        self._starting = threading.Lock()
        self._headers: _Batch | None = None
        self._contents: _Batch | None = None

    @property
    def is_open(self) -> bool:
        """Whether it may be asked: nothing of it ended, and this process is the one that opened it."""
        return self.process == os.getpid() and not any(batch.is_ended for batch in self._batches())

    def headers(self, names: Sequence[str]) -> list[Header | None]:
        """What each name stands for, None where it stands for nothing. GitFailed where git fails."""
        if self._headers is None:
            self._headers = self._started("--batch-check")
        return list(self._headers.headers(names))

    def contents(self, names: Sequence[str]) -> Iterator[tuple[Header, bytes]]:
        """Each object with its content. GitFailed where one is missing, or they are too large together."""
        if self._contents is None:
            self._contents = self._started("--batch")
        left = LARGEST_OUTPUT
        for name, header in zip(names, self._contents.headers(names), strict=True):
            if header is None:
                raise GitFailed(f"git cat-file: {name} missing")
            left -= header.size
            if left < 0:
                raise GitFailed(f"git cat-file: more than {LARGEST_OUTPUT // 1024**2} MiB")
            yield header, self._contents.content(header.size)

    def end(self) -> None:
        """End the processes, also while they are asked; those of a process that this one was forked from are its own.

        The files of this one are closed when nobody asks it any more.
        """
        with self._starting:
            self._ended = True
        for batch in self._batches() if self.process == os.getpid() else ():
            batch.end()

    def close(self) -> None:
        """The same once nobody asks."""
        self.end()
        for batch in self._batches():
            batch.close()

    def _batches(self) -> Iterable[_Batch]:
        return [batch for batch in (self._headers, self._contents) if batch is not None]

    def _started(self, how: str) -> _Batch:
        with self._starting:
            if self._ended:
                raise GitFailed("git cat-file was given up")
            return _Batch(self.place, how)


class _Batch:
    """One `git cat-file` that answers line by line."""

    def __init__(self, place: Path, how: str) -> None:
        self._complaint = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
        self._process = started(place, "cat-file", how, complaint=self._complaint)
        assert self._process.stdin is not None and self._process.stdout is not None, "both are pipes"
        self._in, self._out = self._process.stdin, self._process.stdout

    def headers(self, names: Sequence[str]) -> Iterator[Header | None]:
        """The answer for each name; whoever asks for contents reads each of them before the next one."""
        for few in _few_at_once(names):
            try:
                self._in.write(b"".join(few))
                self._in.flush()
            except OSError as error:
                raise self._failed() from error
            for _ in few:
                yield self._header()

    def _header(self) -> Header | None:
        line = self._out.readline()
        if not line.endswith(b"\n"):
            raise self._failed()
        stated = line.decode("utf-8", "replace").split()
        found = len(stated) == 3 and stated[2].isdigit()
        return Header(stated[0], stated[1], int(stated[2])) if found else None

    def content(self, size: int) -> bytes:
        """What follows a header of `--batch`."""
        found = self._out.read(size + 1)
        if len(found) != size + 1:
            raise self._failed()
        return found[:-1]

    def _failed(self) -> GitFailed:
        self.end()
        self._complaint.seek(0)
        return GitFailed(f"git cat-file: {first_line(self._complaint.read())}")

    @property
    def is_ended(self) -> bool:
        """Whether the process is gone."""
        return self._process.poll() is not None

    def end(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        """Close its files."""
        for file in (self._in, self._out, self._complaint):
            with suppress(OSError):  # what it was not told any more
                file.close()


def _few_at_once(names: Sequence[str]) -> Iterator[list[bytes]]:
    few: list[bytes] = []
    size = 0
    for name in names:
        line = f"{name}\n".encode()
        if few and size + len(line) > NAMES:
            yield few
            few, size = [], 0
        few.append(line)
        size += len(line)
    if few:
        yield few


class OpenObjects:
    """Repositories that are held open for the next question: those that were asked last."""

    def __init__(self) -> None:
        self._idle: list[Objects] = []
        self._turns = weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore]()
        weakref.finalize(self, _close_all, self._idle)

    async def ask(self, place: Path, question: Callable[[Objects], T]) -> T:
        """The answer of a repository. GitFailed where git fails, or takes too long."""
        async with self._turns.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(ANSWERING)):
            return await self._answered(place, question)

    async def _answered(self, place: Path, question: Callable[[Objects], T]) -> T:
        objects = self._taken(place)
        try:
            async with asyncio.timeout(SECONDS):
                found = await asyncio.to_thread(_answer, objects, question)
        except TimeoutError as error:
            objects.end()
            raise GitFailed(f"git cat-file took longer than {SECONDS} s") from error
        except BaseException:  # also who asked was cancelled: what is left unread is no answer to the next question
            objects.end()
            raise
        self._give_back(objects)
        return found

    def close(self) -> None:
        """End them all."""
        _close_all(self._idle)

    def _taken(self, place: Path) -> Objects:
        for objects in [each for each in self._idle if not each.is_open]:
            self._idle.remove(objects)
            objects.close()
        found = next((objects for objects in self._idle if objects.place == place), None)
        if found is None:
            return Objects(place)
        self._idle.remove(found)
        return found

    def _give_back(self, objects: Objects) -> None:
        objects.since = monotonic()
        if not self._idle:
            asyncio.get_running_loop().call_later(IDLE, self._let_go)
        self._idle.append(objects)
        while len(self._idle) > ANSWERING:
            self._idle.pop(0).close()

    def _let_go(self) -> None:
        for objects in [each for each in self._idle if monotonic() - each.since >= IDLE]:
            self._idle.remove(objects)
            objects.close()
        if self._idle:
            asyncio.get_running_loop().call_later(IDLE, self._let_go)


def _answer(objects: Objects, question: Callable[[Objects], T]) -> T:
    try:
        return question(objects)
    except BaseException:
        objects.close()
        raise


def _close_all(idle: list[Objects]) -> None:
    while idle:
        idle.pop().close()
