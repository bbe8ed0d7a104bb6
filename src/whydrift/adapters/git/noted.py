"""Repositories that write down what is read of them, so that a recording can hold just that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeVar, runtime_checkable

from whydrift.adapters.git.repository import LOGIN, same_repository
from whydrift.core.model.fleet import Commit
from whydrift.ports import Blob, NotRead, Repository, Trees

T = TypeVar("T")
Asked = tuple[str, ...]
"""A question to a repository: the method, and its arguments without the URL."""


@runtime_checkable
class Cloned(Repository, Trees, Protocol):
    """Repositories that stand on this machine once they are read."""

    async def place(self, url: str, *revisions: str) -> Path | NotRead:
        """The folder of a repository, with these revisions in it."""


@dataclass
class Reads:
    """What was read of one repository: branches as hashes, histories, files below paths; and what was not, and why."""

    url: str
    heads: dict[str, str] = field(default_factory=dict)
    histories: set[tuple[str | None, str, str]] = field(default_factory=set)
    files: set[tuple[str, str]] = field(default_factory=set)
    unread: dict[Asked, str] = field(default_factory=dict)

    @property
    def revisions(self) -> list[str]:
        """Every revision that was read."""
        walked = {revision for since, until, _ in self.histories for revision in (since, until) if revision}
        return sorted(walked | {revision for revision, _ in self.files} | set(self.heads.values()))


class NotedRepositories:
    """`ports.Repository` and `ports.Trees` over another one, with what was read of each in `reads`."""

    def __init__(self, inner: Cloned) -> None:
        self.inner = inner
        self.reads: dict[str, Reads] = {}

    async def commits(self, url: str, since: str | None, until: str, path: str) -> tuple[Commit, ...] | NotRead:
        """The commits after `since` up to `until` that touch `path`, newest first."""
        reads, found = self._of(url), await self.inner.commits(url, since, until, path)
        if not isinstance(found, NotRead):
            reads.histories.add((since, until, path))
        return _noted(reads, asked_commits(since, until, path), found)

    async def files(self, url: str, revision: str, path: str) -> dict[str, str] | NotRead:
        """The text files below `path` at a revision."""
        reads, found = self._of(url), await self.inner.files(url, revision, path)
        if not isinstance(found, NotRead):
            reads.files.add((revision, path))
        return _noted(reads, ("files", revision, path), found)

    async def tree(self, url: str, revision: str, path: str) -> Mapping[str, Blob] | NotRead:
        """The files below `path` at a revision, whatever they hold."""
        reads, found = self._of(url), await self.inner.tree(url, revision, path)
        if not isinstance(found, NotRead):
            reads.files.add((revision, path))
        return _noted(reads, ("tree", revision, path), found)

    async def head(self, url: str, name: str) -> str | NotRead:
        """The hash that a branch or tag stands for."""
        reads, found = self._of(url), await self.inner.head(url, name)
        if not isinstance(found, NotRead):
            reads.heads[name] = found
        return _noted(reads, ("head", name), found)

    def _of(self, url: str) -> Reads:
        return self.reads.setdefault(same_repository(url), Reads(LOGIN.sub("", url)))


def asked_commits(since: str | None, until: str, path: str) -> Asked:
    """The question for a history, as it is noted."""
    return ("commits", since or "", until, path)


def _noted(reads: Reads, asked: Asked, found: T | NotRead) -> T | NotRead:
    if isinstance(found, NotRead):
        reads.unread[asked] = found.why
    return found
