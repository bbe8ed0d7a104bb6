"""Commits without a work tree, in bare clones of whydrift's own: objects are written, a branch is pushed, that is all.

No checkout ever happens, so that no hook, filter, LFS, submodule, symlink or `.gitattributes` of a repository can act.
"""

from __future__ import annotations

import hashlib
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path

from whydrift.adapters.git.command import GitFailed, checked_revision, git
from whydrift.adapters.git.remote import SETTINGS, Login, Remote, remote_of
from whydrift.adapters.git.repository import same_repository
from whydrift.ports import Body, NotRead, Outcome, Refused, Unanswered

REGULAR = ("100644", "100755")
LFS = "version https://git-lfs.github.com/spec/"
IDENTITY = ("user.name", "user.email", "user.signingkey", "commit.gpgsign", "gpg.format", "gpg.ssh.allowedsignersfile")
"""What a checkout may say of its user in its own settings; all else is the user's global configuration."""


class WorkClones:
    """`ports.WorkClone` in a folder.

    `checkouts` are the user's own by URL: they say who commits there, and where the user pushes to. `login` is for
    remotes that the user's own credential helpers do not know.
    """

    def __init__(self, folder: Path, checkouts: Mapping[str, Path], login: Login = lambda address: None) -> None:
        self._folder = folder
        self._login = login
        self._checkouts = {same_repository(url): place for url, place in checkouts.items()}

    async def head(self, url: str, branch: str) -> str | NotRead:
        """The hash that the remote has for a branch now, "" where it has none."""
        try:
            ref = "HEAD" if branch == "HEAD" else f"refs/heads/{checked_revision(branch)}"
            remote = await self._remote(url)
            listed = await remote.git(None, "ls-remote", "--quiet", "--end-of-options", remote.address, ref)
        except GitFailed as error:
            return NotRead(str(error))
        found = (line.split("\t") for line in listed.decode("utf-8", "replace").splitlines())
        return next((parts[0] for parts in found if parts[1:] == [ref]), "")

    async def default_branch(self, url: str) -> str | NotRead:
        """The name of the branch that HEAD stands for on the remote."""
        try:
            remote = await self._remote(url)
            options = ("--quiet", "--symref", "--end-of-options")
            listed = await remote.git(None, "ls-remote", *options, remote.address, "HEAD")
        except GitFailed as error:
            return NotRead(str(error))
        for line in listed.decode("utf-8", "replace").splitlines():
            if line.startswith("ref: refs/heads/") and line.endswith("\tHEAD"):
                return line.removeprefix("ref: refs/heads/").removesuffix("\tHEAD")
        return NotRead(f"{url} has no default branch")

    async def content(self, url: str, revision: str, file: str) -> str | NotRead:
        """The text of a regular file at a revision."""
        try:
            remote = await self._remote(url)
            place = await self._with(url, remote, revision)
            _, blob = await _entry(place, revision, file)
            raw = await remote.git(place, "cat-file", "blob", blob)  # a partial clone fetches it now
            found = raw.decode()
        except (GitFailed, UnicodeDecodeError) as error:
            return NotRead(str(error) if isinstance(error, GitFailed) else f"{file} is no text")
        return NotRead(f"{file} is kept by git LFS") if found.startswith(LFS) else found

    async def commit(self, url: str, parent: str, files: Mapping[str, str], message: str) -> str | NotRead:
        """Commit whole contents on top of a revision; the hash."""
        try:
            place = await self._with(url, await self._remote(url), parent)
            who = await self._identity(url)
            tree = await _tree(place, parent, files)
            signs = await _stated(place, "commit.gpgsign", who, "--type=bool") == "true"
            sign = ("--gpg-sign",) if signs else ()
            made = await git(
                place, "commit-tree", *sign, "-p", parent, "-F", "-", tree, given=message.encode(), settings=who
            )
        except GitFailed as error:
            return NotRead(str(error))
        return made.decode().strip()

    async def has(self, url: str, revision: str) -> bool:
        """Whether the clone holds a commit."""
        place = self._place(url)
        return place.exists() and await _has(place, revision)

    async def push(self, url: str, revision: str, branch: str) -> Outcome:
        """Push a commit as a new branch. What the remote has afterwards says what became of it."""
        try:
            remote = await self._remote(url)
            place = await self._with(url, remote, revision)
            ref = f"refs/heads/{checked_revision(branch)}"
            how = ("--quiet", "--no-verify", "--recurse-submodules=no", f"--force-with-lease={ref}:")
            await remote.git(place, "push", *how, remote.address, f"{checked_revision(revision)}:{ref}")
        except GitFailed as error:
            return await self._after_failure(url, revision, branch, str(error))
        return Body(revision.encode())

    async def _after_failure(self, url: str, revision: str, branch: str, why: str) -> Outcome:
        there = await self.head(url, branch)
        if isinstance(there, NotRead):
            return Unanswered(f"{why}; and {there.why}")
        return Body(revision.encode()) if there == revision else Refused(why)

    async def _with(self, url: str, remote: Remote, revision: str) -> Path:
        """The clone, made where there is none, with a commit in it."""
        place = self._place(url)
        if not place.exists():
            await _clone(remote, place)
        if not await _has(place, revision):
            fetch = ("fetch", "--quiet", "--no-tags", "--filter=blob:none", "--recurse-submodules=no")
            await remote.git(place, *fetch, "origin", checked_revision(revision))
        return place

    async def _remote(self, url: str) -> Remote:
        return await remote_of(url, self._checkouts.get(same_repository(url)), self._login)

    def _place(self, url: str) -> Path:
        return self._folder / hashlib.sha256(same_repository(url).encode()).hexdigest()[:32]

    async def _identity(self, url: str) -> tuple[str, ...]:
        """Settings that say who commits: those of the user's own checkout of the repository, where there is one."""
        checkout = self._checkouts.get(same_repository(url))
        if checkout is None:
            return SETTINGS
        stated = {key: await _stated(checkout, key, (), "--local") for key in IDENTITY}
        return (*SETTINGS, *(f"{key}={value}" for key, value in stated.items() if value))


async def _clone(remote: Remote, place: Path) -> None:
    """A bare clone, there at once or not at all."""
    place.parent.mkdir(parents=True, exist_ok=True)
    partial = place.with_name(f"{place.name}.{secrets.token_hex(4)}")
    options = ("--bare", "--filter=blob:none", "--no-tags", "--quiet", "--template=")
    try:
        await remote.git(None, "clone", *options, "--end-of-options", remote.address, str(partial))
        partial.rename(place)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


async def _has(place: Path, revision: str) -> bool:
    try:
        await git(place, "cat-file", "-e", f"{checked_revision(revision)}^{{commit}}")
    except GitFailed:
        return False
    return True


async def _entry(place: Path, revision: str, file: str) -> tuple[str, str]:
    """Mode and blob of a regular file. GitFailed for a symlink, a submodule, a folder, and for what is not there."""
    listing = ("ls-tree", "-z", "--full-tree", "--end-of-options")
    out = await git(place, *listing, checked_revision(revision), f":(literal,top){file}")
    head, _, name = out.rstrip(b"\0").partition(b"\t")
    fields = head.decode().split()
    if len(fields) != 3 or name.decode("utf-8", "replace") != file:
        raise GitFailed(f"{file} is not in {revision[:8]}")
    if fields[0] not in REGULAR:
        raise GitFailed(f"{file} is no regular file")
    return fields[0], fields[2]


async def _tree(place: Path, parent: str, files: Mapping[str, str]) -> str:
    """The tree of a revision with some files' contents replaced, built in an index of its own."""
    index = place / f"index.{secrets.token_hex(4)}"
    own = {"GIT_INDEX_FILE": str(index)}
    try:
        await git(place, "read-tree", checked_revision(parent), environment=own)
        for file, content in files.items():
            mode, _ = await _entry(place, parent, file)
            blob = await git(place, "hash-object", "-w", "--no-filters", "--stdin", given=content.encode())
            entry = f"{mode},{blob.decode().strip()},{file}"
            await git(place, "update-index", "--cacheinfo", entry, environment=own)
        tree = await git(place, "write-tree", "--missing-ok", environment=own)
    finally:
        index.unlink(missing_ok=True)
    return tree.decode().strip()


async def _stated(place: Path, key: str, settings: tuple[str, ...], *how: str) -> str:
    """What git's configuration says for a key, "" where it says nothing."""
    try:
        return (await git(place, "config", *how, "--get", key, settings=settings)).decode().strip()
    except GitFailed:
        return ""
