"""`ports.Repository` over the git CLI: which clone holds a URL, its commits, its files."""

from __future__ import annotations

import asyncio
import hashlib
import re
import shutil
import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from whydrift.adapters.git.command import GitFailed, checked_revision, git
from whydrift.adapters.git.objects import Objects, OpenObjects
from whydrift.adapters.git.trees import texts_of, tree_of
from whydrift.core.model.fleet import Commit
from whydrift.ports import Blob, NotRead

MOST_COMMITS = 500
LOG = "%x01%H%x00%P%x00%an <%ae>%x00%aI%x00%B%x00"
LOGIN = re.compile(r"(?<=://)[^/@]*@")
SCP_LIKE = re.compile(r"^(?:[\w.+-]+@)?([\w.-]+):(?!//)(.+)$")

T = TypeVar("T")


def same_repository(url: str) -> str:
    """What two spellings of one repository share: host and path, without scheme, user, port, `.git` and letter case."""
    found = SCP_LIKE.match(url)
    if found and "://" not in url:
        host, path = found[1], found[2]
    else:
        parts = urlsplit(url)
        host, path = parts.hostname or "", parts.path
    return f"{host}/{path.strip('/').removesuffix('.git')}".lower()


class GitRepositories:
    """Repositories by URL. `checkouts` are local ones that the user named; `cache` is where clones go."""

    def __init__(self, checkouts: Mapping[str, Path], cache: Path, clone: bool = True) -> None:
        self._checkouts = {same_repository(url): path for url, path in checkouts.items()}
        self._cache = cache
        self._clone = clone
        self._open = OpenObjects()
        self._places: dict[str, asyncio.Task[Path]] = {}
        self._heads: dict[tuple[str, str], asyncio.Task[str]] = {}
        self._unread: dict[str, str] = {}

    def notes(self) -> list[str]:
        """Which repositories could not be cloned, and why."""
        return list(self._unread.values())

    async def commits(self, url: str, since: str | None, until: str, path: str) -> tuple[Commit, ...] | NotRead:
        """The commits after `since` (None: all) up to `until` that touch `path`, newest first, 500 at most."""
        try:
            place = await self._place(url, *(revision for revision in (since, until) if revision is not None))
            last = checked_revision(until)
            span = last if since is None else f"{checked_revision(since)}..{last}"
            count = f"--max-count={MOST_COMMITS}"
            out = await git(
                place,
                "log",
                "-z",
                "--name-only",
                "--no-renames",
                f"--format={LOG}",
                count,
                "--end-of-options",
                span,
                "--",
                path or ".",
            )
        except GitFailed as error:
            return NotRead(str(error))
        return tuple(_commit(entry) for entry in out.decode("utf-8", "replace").split("\x01") if entry.strip("\0\n"))

    async def files(self, url: str, revision: str, path: str) -> dict[str, str] | NotRead:
        """The text files below `path` at a revision; those over 1 MiB and binary ones are left out."""
        return await self._asked(url, revision, partial(texts_of, revision=revision, path=path))

    async def place(self, url: str, *revisions: str) -> Path | NotRead:
        """The folder of a repository, with these revisions in it."""
        try:
            return await self._place(url, *revisions)
        except GitFailed as error:
            return NotRead(str(error))

    async def tree(self, url: str, revision: str, path: str) -> Mapping[str, Blob] | NotRead:
        """The files below `path` at a revision, whatever they hold; not read where they are too large together."""
        return await self._asked(url, revision, partial(tree_of, revision=revision, path=path))

    async def _asked(self, url: str, revision: str, question: Callable[[Objects], T]) -> T | NotRead:
        try:
            return await self._open.ask(await self._place(url, revision), question)
        except GitFailed as error:
            return NotRead(str(error))

    def close(self) -> None:
        """Let go of what is held open."""
        self._open.close()

    async def head(self, url: str, name: str) -> str | NotRead:
        """The hash that a branch or tag stands for, looked up once; in a checkout its origin as last fetched counts."""
        key = (same_repository(url), name)
        if key not in self._heads:
            self._heads[key] = asyncio.create_task(self._head(url, name))
        try:
            return await asyncio.shield(self._heads[key])
        except GitFailed as error:
            return NotRead(str(error))

    async def _head(self, url: str, name: str) -> str:
        place, checked = await self._place(url), checked_revision(name)
        if same_repository(url) not in self._checkouts and checked != "HEAD":
            fetched = f"+{checked}:refs/heads/{checked}"
            await git(place, "fetch", "--quiet", "--no-tags", "origin", fetched, seconds=600)
        refs = (f"refs/remotes/origin/{checked}", f"refs/heads/{checked}", f"refs/tags/{checked}", checked)
        commits = [f"{ref}^{{commit}}" for ref in refs]
        found = await self._open.ask(place, lambda objects: objects.headers(commits))
        head = next((header.hash for header in found if header is not None), None)
        if head is None:
            raise GitFailed(f"{url} has no {name}")
        return head

    async def reachable(self, url: str) -> str:
        """Why a repository cannot be read, "" where it can; nothing is cloned for it."""
        if same_repository(url) in self._checkouts:
            return ""
        try:
            self._refuse(url)
            await git(None, "ls-remote", "--quiet", "--end-of-options", url, "HEAD", seconds=30)
        except GitFailed as error:
            return str(error)
        return ""

    def _refuse(self, url: str) -> None:
        if not self._clone:
            raise GitFailed(f"{url}: no local checkout (--repo {url}=PATH)")
        if url.startswith("-") or urlsplit(url).scheme in ("ext", "fd"):
            raise GitFailed(f"{url!r} is no repository that may be cloned")

    async def _place(self, url: str, *revisions: str) -> Path:
        """The clone that holds a repository, made once, with the revisions in it."""
        key = same_repository(url)
        if key in self._checkouts and (not self._clone or await self._has(self._checkouts[key], *revisions)):
            return self._checkouts[key]
        self._refuse(url)
        if key not in self._places:
            self._places[key] = asyncio.create_task(self._cloned(url, key))
        try:
            place = await asyncio.shield(self._places[key])
        except GitFailed as error:
            shown = LOGIN.sub("", url)
            self._unread[key] = f"git {shown} is not read: {error}: give your own checkout with --repo {shown}=PATH"
            raise
        for revision in revisions:
            if not await self._has(place, revision):
                fetching = ("fetch", "--quiet", "--no-tags", "--filter=blob:none", "origin", revision)
                await git(place, *fetching, seconds=600)
        return place

    async def _has(self, place: Path, *revisions: str) -> bool:
        """Whether a checkout holds all of these commits; one that is behind does not."""
        commits = [f"{checked_revision(revision)}^{{commit}}" for revision in revisions]
        if not commits:
            return True
        try:
            found = await self._open.ask(place, lambda objects: objects.headers(commits))
        except GitFailed:
            return False
        return None not in found

    async def _cloned(self, url: str, key: str) -> Path:
        """The clone in the cache, made at once or not at all; a login in the URL is Argo CD's, not this user's."""
        place = self._cache / "git" / hashlib.sha256(key.encode()).hexdigest()[:32]
        if not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            partial = Path(tempfile.mkdtemp(prefix=f"{place.name}.", dir=place.parent))
            options = ("--bare", "--filter=blob:none", "--no-tags", "--quiet")
            try:
                await git(None, "clone", *options, "--end-of-options", LOGIN.sub("", url), str(partial), seconds=600)
                if not place.exists():
                    partial.rename(place)
            finally:
                shutil.rmtree(partial, ignore_errors=True)
        return place


def _commit(entry: str) -> Commit:
    revision, parents, author, date, message, rest = (*entry.split("\0", 5), "")[:6]
    files = tuple(name.strip("\n") for name in rest.split("\0") if name.strip("\n"))
    return Commit(revision.strip(), author, date, message.strip(), files, tuple(parents.split()))
