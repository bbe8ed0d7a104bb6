"""The repositories in a recording: `git.bundle`, or `git/NAME.bundle` for several. Unpacked when asked for.

Those that `record --git` wrote are listed in recording.json, with what of them was not read.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import msgspec

from whydrift.adapters.git.command import GitFailed, git
from whydrift.adapters.git.noted import Asked, NotedRepositories, Reads, asked_commits
from whydrift.adapters.git.repository import GitRepositories, same_repository
from whydrift.adapters.git.thin import unpack_thin, write_thin
from whydrift.core.model.fleet import Commit
from whydrift.errors import SourceError
from whydrift.ports import Blob, NotRead


class BundleFiles(Protocol):
    """The files of a recording."""

    def read(self, name: str) -> bytes | None:
        """One file's content; None where it does not exist."""

    def names(self, folder: str) -> list[str]:
        """The files directly in a folder."""


class Unread(msgspec.Struct):
    """A question to a repository (`noted.Asked`) that was not answered when it was recorded."""

    asked: tuple[str, ...]
    why: str


class Row(msgspec.Struct):
    """A repository in recording.json: its URL, the file of its bundle, its branches, and where its history is cut."""

    url: str
    bundle: str = ""
    heads: dict[str, str] = {}
    shallow: list[str] = []
    notRead: list[Unread] = []


class _About(msgspec.Struct):
    git: list[Row] = []


def _listed(files: BundleFiles) -> list[Row]:
    content = files.read("recording.json")
    try:
        return [] if content is None else msgspec.json.decode(content, type=_About).git
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SourceError(f"recording.json cannot be read ({error})") from error


class RecordedRepositories:
    """`ports.Repository` over the bundles of a recording."""

    def __init__(self, files: BundleFiles) -> None:
        self._files = files
        self._rows = {same_repository(row.url): row for row in _listed(files)}
        self._folder: Path | None = None
        self._bundles: dict[str, str] = {}
        self._places: dict[str, asyncio.Task[Path]] = {}
        self._opened: dict[str, GitRepositories] = {}

    async def commits(self, url: str, since: str | None, until: str, path: str) -> tuple[Commit, ...] | NotRead:
        """The commits after `since` up to `until` that touch `path`, newest first."""
        found = await self._repositories(url, asked_commits(since, until, path))
        return found if isinstance(found, NotRead) else await found.commits(url, since, until, path)

    async def files(self, url: str, revision: str, path: str) -> dict[str, str] | NotRead:
        """The text files below `path` at a revision."""
        found = await self._repositories(url, ("files", revision, path))
        return found if isinstance(found, NotRead) else await found.files(url, revision, path)

    async def tree(self, url: str, revision: str, path: str) -> Mapping[str, Blob] | NotRead:
        """The files below `path` at a revision, whatever they hold."""
        found = await self._repositories(url, ("tree", revision, path))
        return found if isinstance(found, NotRead) else await found.tree(url, revision, path)

    async def head(self, url: str, name: str) -> str | NotRead:
        """The hash that a branch or tag stood for when the bundle was made."""
        found = await self._repositories(url, ("head", name))
        return found if isinstance(found, NotRead) else await found.head(url, name)

    async def reachable(self, url: str) -> str:
        """Why a repository cannot be read, "" where the recording holds it."""
        found = await self._repositories(url)
        return found.why if isinstance(found, NotRead) else ""

    async def place(self, url: str, *revisions: str) -> Path | NotRead:
        """The folder that a bundle was unpacked into."""
        found = await self._repositories(url)
        return found if isinstance(found, NotRead) else await found.place(url, *revisions)

    @property
    def any(self) -> bool:
        """Whether the recording holds any repository."""
        return bool(self._rows) or self._files.read("git.bundle") is not None or bool(self._files.names("git"))

    def close(self) -> None:
        """Remove what was unpacked."""
        for opened in self._opened.values():
            opened.close()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    async def _repositories(self, url: str, asked: Asked = ()) -> GitRepositories | NotRead:
        row = self._rows.get(same_repository(url))
        unread = next((unread.why for unread in row.notRead if unread.asked == asked), "") if row else ""
        if unread:
            return NotRead(unread)
        name = self._bundle_of(url) if row is None else row.bundle
        if not name:
            return NotRead("no bundle of this repository in the recording")
        try:
            if name not in self._places:
                self._places[name] = asyncio.create_task(self._unpack(name))
            place = await asyncio.shield(self._places[name])
        except GitFailed as error:
            return NotRead(f"{name}: {error}")
        if url not in self._opened:  # one for all questions: it remembers what branches stand for
            self._opened[url] = GitRepositories({url: place}, place, clone=False)
        return self._opened[url]

    def _bundle_of(self, url: str) -> str:
        """The file of a repository's bundle, "" where there is none; looked for once."""
        last = same_repository(url).rpartition("/")[2]
        if last not in self._bundles:
            several = [name for name in self._files.names("git") if name.endswith(".bundle")]
            alone = "" if several or not self._files.read("git.bundle") else "git.bundle"
            self._bundles[last] = f"git/{last}.bundle" if f"{last}.bundle" in several else alone
        return self._bundles[last]

    async def _unpack(self, name: str) -> Path:
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="whydrift-git-"))
        bundle = self._folder / name.replace("/", "-")
        bundle.write_bytes(self._files.read(name) or b"")
        place = bundle.with_suffix(".git")
        for row in self._rows.values():
            if row.bundle == name:
                await unpack_thin(bundle, place, row.heads, row.shallow)
                return place
        await git(None, "clone", "--quiet", "--bare", "--end-of-options", str(bundle), str(place))
        return place


async def write_bundles(noted: NotedRepositories, folder: Path) -> tuple[list[Row], dict[str, str]]:
    """Write a thin bundle of each repository that was read; their rows in recording.json, and what failed, and why."""
    (folder / "git").mkdir(exist_ok=True)
    rows: list[Row] = []
    failed: dict[str, str] = {}
    for key, reads in sorted(noted.reads.items()):
        stem = f"git/{key.rpartition('/')[2][:100] or 'repository'}"
        taken = sum(row.bundle.startswith(stem) for row in rows)
        row = Row(reads.url, notRead=[Unread(asked, why) for asked, why in sorted(reads.unread.items())])
        try:
            if reads.revisions:
                await _write(noted, reads, folder, row, f"{stem}{f'-{taken}' if taken else ''}.bundle")
        except GitFailed as error:
            failed[f"git {reads.url}"] = str(error)
        rows.append(row)
    return rows, failed


async def _write(noted: NotedRepositories, reads: Reads, folder: Path, row: Row, name: str) -> None:
    place = await noted.inner.place(reads.url, *reads.revisions)
    if isinstance(place, NotRead):
        raise GitFailed(place.why)
    row.shallow = await write_thin(place, reads, folder / name)
    row.bundle, row.heads = name, reads.heads
