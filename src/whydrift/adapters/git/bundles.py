"""The repositories in a recording: `git.bundle`, or `git/NAME.bundle` for several. Unpacked when asked for."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from whydrift.adapters.git.command import GitFailed, git
from whydrift.adapters.git.repository import GitRepositories, same_repository
from whydrift.core.model.fleet import Commit
from whydrift.ports import Blob, NotRead


class BundleFiles(Protocol):
    """The files of a recording."""

    def read(self, name: str) -> bytes | None:
        """One file's content; None where it does not exist."""

    def names(self, folder: str) -> list[str]:
        """The files directly in a folder."""


class RecordedRepositories:
    """`ports.Repository` over the bundles of a recording."""

    def __init__(self, files: BundleFiles) -> None:
        self._files = files
        self._folder: Path | None = None
        self._places: dict[str, asyncio.Task[Path]] = {}

    async def commits(self, url: str, since: str | None, until: str, path: str) -> tuple[Commit, ...] | NotRead:
        """The commits after `since` up to `until` that touch `path`, newest first."""
        found = await self._repositories(url)
        return found if isinstance(found, NotRead) else await found.commits(url, since, until, path)

    async def files(self, url: str, revision: str, path: str) -> dict[str, str] | NotRead:
        """The text files below `path` at a revision."""
        found = await self._repositories(url)
        return found if isinstance(found, NotRead) else await found.files(url, revision, path)

    async def tree(self, url: str, revision: str, path: str) -> Mapping[str, Blob] | NotRead:
        """The files below `path` at a revision, whatever they hold."""
        found = await self._repositories(url)
        return found if isinstance(found, NotRead) else await found.tree(url, revision, path)

    async def head(self, url: str, name: str) -> str | NotRead:
        """The hash that a branch or tag stood for when the bundle was made."""
        found = await self._repositories(url)
        return found if isinstance(found, NotRead) else await found.head(url, name)

    async def reachable(self, url: str) -> str:
        """Why a repository cannot be read, "" where the recording holds it."""
        found = await self._repositories(url)
        return found.why if isinstance(found, NotRead) else ""

    def close(self) -> None:
        """Remove what was unpacked."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    async def _repositories(self, url: str) -> GitRepositories | NotRead:
        name = self._bundle_of(url)
        if name is None:
            return NotRead("no bundle of this repository in the recording")
        try:
            if name not in self._places:
                self._places[name] = asyncio.create_task(self._unpack(name))
            place = await asyncio.shield(self._places[name])
        except GitFailed as error:
            return NotRead(f"{name}: {error}")
        return GitRepositories({url: place}, place, clone=False)

    def _bundle_of(self, url: str) -> str | None:
        last = same_repository(url).rpartition("/")[2]
        named = f"{last}.bundle"
        several = [name for name in self._files.names("git") if name.endswith(".bundle")]
        if several:
            return f"git/{named}" if named in several else None
        return "git.bundle" if self._files.read("git.bundle") else None

    async def _unpack(self, name: str) -> Path:
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="whydrift-git-"))
        bundle = self._folder / name.replace("/", "-")
        bundle.write_bytes(self._files.read(name) or b"")
        place = bundle.with_suffix(".git")
        await git(None, "clone", "--quiet", "--bare", "--end-of-options", str(bundle), str(place))
        return place
