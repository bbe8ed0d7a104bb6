"""Reads who wrote what in git: once a repository and revision, however many applications come from it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from whydrift.core.judge.codeowners import PLACES
from whydrift.core.model.application import Application
from whydrift.core.model.fact_kinds import HISTORY
from whydrift.core.model.facts import Gap
from whydrift.core.model.fleet import History
from whydrift.core.model.objects import ObjectKey
from whydrift.ports import NotRead, Repository

if TYPE_CHECKING:
    from whydrift.usecases.facts import FactReader


async def history(reader: FactReader, application: Application, key: ObjectKey) -> object:
    """The history of every git source; a gap where one cannot be read."""
    found: list[History] = []
    for source, revision in zip(application.sources, application.revisions, strict=False):
        if source.chart or reader.repository is None:
            continue
        one = await history_at(reader, reader.repository, source.repo, revision)
        if isinstance(one, NotRead):
            return Gap(f"history of {source.repo}", one.why, HISTORY.needs)
        found.append(one)
    return tuple(found) or Gap("history in git", "no source of this application is read from git", HISTORY.needs)


async def history_at(reader: FactReader, repository: Repository, url: str, revision: str) -> History | NotRead:
    """The history of a repository up to a revision, read once."""
    if (url, revision) not in reader.histories:
        reader.histories[url, revision] = asyncio.ensure_future(_history(repository, url, revision))
    return await asyncio.shield(reader.histories[url, revision])


async def _history(repository: Repository, url: str, revision: str) -> History | NotRead:
    commits = await repository.commits(url, None, revision, "")
    if isinstance(commits, NotRead):
        return commits
    for place in PLACES:
        files = await repository.files(url, revision, place)
        if not isinstance(files, NotRead) and place in files:
            return History(commits, files[place])
    return History(commits)
