"""`ports.Repository` over the git CLI: which clone holds a URL, its commits, its files."""

from __future__ import annotations

import asyncio
import hashlib
import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from whydrift.adapters.git.command import GitFailed, checked_revision, git
from whydrift.adapters.git.trees import MISSING, read_tree
from whydrift.core.model.fleet import Commit
from whydrift.ports import Blob, NotRead

MOST_COMMITS = 500
LARGEST_TEXT = 1024**2
MOST_TEXT = 32 * 1024**2
LOG = "%x01%H%x00%P%x00%an <%ae>%x00%aI%x00%B%x00"
LOGIN = re.compile(r"(?<=://)[^/@]*@")
SCP_LIKE = re.compile(r"^(?:[\w.+-]+@)?([\w.-]+):(?!//)(.+)$")


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
        self._places: dict[str, asyncio.Task[Path]] = {}
        self._heads: dict[tuple[str, str], asyncio.Task[str]] = {}

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
        try:
            place = await self._place(url, revision)
            inside = path.strip("/") or "."
            out = await git(
                place,
                "ls-tree",
                "-r",
                "-z",
                "--long",
                "--full-tree",
                "--end-of-options",
                checked_revision(revision),
                inside,
            )
            blobs = _blobs(out)
            content = await git(place, "cat-file", "--batch", given=b"".join(f"{blob}\n".encode() for _, blob in blobs))
        except GitFailed as error:
            return NotRead(str(error))
        return {name: text for (name, _), text in zip(blobs, _contents(content), strict=False) if text is not None}

    async def place(self, url: str, *revisions: str) -> Path | NotRead:
        """The folder of a repository, with these revisions in it."""
        try:
            return await self._place(url, *revisions)
        except GitFailed as error:
            return NotRead(str(error))

    async def tree(self, url: str, revision: str, path: str) -> Mapping[str, Blob] | NotRead:
        """The files below `path` at a revision, whatever they hold; not read where they are too large together."""
        try:
            return await read_tree(await self._place(url, revision), revision, path)
        except GitFailed as error:
            return NotRead(str(error))

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
        for ref in (f"refs/remotes/origin/{checked}", f"refs/heads/{checked}", f"refs/tags/{checked}", checked):
            try:
                found = await git(place, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
            except GitFailed:
                continue
            return found.decode().strip()
        raise GitFailed(f"{url} has no {name}")

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
        if key in self._checkouts and (not self._clone or await _has(self._checkouts[key], *revisions)):
            return self._checkouts[key]
        self._refuse(url)
        if key not in self._places:
            self._places[key] = asyncio.create_task(self._cloned(url, key))
        place = await asyncio.shield(self._places[key])
        for revision in revisions:
            await _have(place, checked_revision(revision))
        return place

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


async def _has(place: Path, *revisions: str) -> bool:
    """Whether a checkout holds all of these commits; one that is behind does not."""
    try:
        for revision in revisions:
            await git(place, "cat-file", "-e", f"{checked_revision(revision)}^{{commit}}")
    except GitFailed:
        return False
    return True


async def _have(place: Path, revision: str) -> None:
    if not await _has(place, revision):
        await git(place, "fetch", "--quiet", "--no-tags", "--filter=blob:none", "origin", revision, seconds=600)


def _commit(entry: str) -> Commit:
    revision, parents, author, date, message, rest = (*entry.split("\0", 5), "")[:6]
    files = tuple(name.strip("\n") for name in rest.split("\0") if name.strip("\n"))
    return Commit(revision.strip(), author, date, message.strip(), files, tuple(parents.split()))


def _blobs(listing: bytes) -> list[tuple[str, str]]:
    """(path, blob) of the regular files that are small enough, out of `ls-tree --long -z`."""
    found, total = [], 0
    for entry in listing.split(b"\0"):
        head, _, name = entry.partition(b"\t")
        fields = head.split()
        if fields[3:] == [MISSING]:
            raise GitFailed("not all of these files were read when it was recorded")
        if (
            len(fields) == 4
            and fields[0] in (b"100644", b"100755")
            and fields[3] != b"-"
            and int(fields[3]) <= LARGEST_TEXT
        ):
            total += int(fields[3])
            if total > MOST_TEXT:
                break
            found.append((name.decode("utf-8", "replace"), fields[2].decode()))
    return found


def _contents(batch: bytes) -> list[str | None]:
    """The contents out of `cat-file --batch`, in order; None for what is no text."""
    found: list[str | None] = []
    place = 0
    while place < len(batch):
        end = batch.index(b"\n", place)
        head = batch[place:end].split()
        if len(head) < 3:
            found.append(None)
            place = end + 1
            continue
        content = batch[end + 1 : end + 1 + int(head[2])]
        found.append(None if b"\0" in content else _text(content))
        place = end + 2 + int(head[2])
    return found


def _text(content: bytes) -> str | None:
    try:
        return content.decode()
    except UnicodeDecodeError:
        return None
