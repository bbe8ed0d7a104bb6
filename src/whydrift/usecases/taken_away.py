"""Which line in git took away what is left behind: older contents are put back and rendered, until it is there again.

A commit is shown to have done it where the object is rendered with the files as they were before it, and not after it;
so is a file of it, and a block of lines in that. Nothing is claimed that no render showed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice

from whydrift.core.model.fleet import Commit
from whydrift.core.model.git_files import Tree
from whydrift.core.model.objects import ObjectKey
from whydrift.core.prove.placing import placing_of
from whydrift.core.remedy.text.diff import line_before, undone
from whydrift.ports import NotRead, Repository
from whydrift.usecases.drafts import Draft
from whydrift.usecases.history import history_at
from whydrift.usecases.renderings import Renderings

Contents = Mapping[tuple[str, str], str]
"""Whole files by repository and path; "" for one that was not there."""
MOST_COMMITS = 6
"""Commits of an application's files that are taken back, the newest first."""
MOST_TRIES = 12
"""Files and blocks of lines of one commit that are tried one by one; else the first of them is named."""


@dataclass(frozen=True)
class TakenAway:
    """The commit that took an object out of git, and `file:line` of it as git holds the file now."""

    commit: Commit
    place: str

    @property
    def says(self) -> str:
        """In words."""
        first = self.commit.message.splitlines()[0] if self.commit.message else ""
        return f"{self.commit.revision[:7]} by {self.commit.author} took it out of git ({first})"


@dataclass
class Searching:
    """Looks through the history of one application; `renders` renders it with other contents."""

    draft: Draft
    renders: Renderings
    repository: Repository
    _found: dict[ObjectKey, TakenAway] = field(default_factory=dict)

    async def taken_away(self, keys: Iterable[ObjectKey]) -> dict[ObjectKey, TakenAway]:
        """What is known of objects that git does not state any more."""
        for tree in self.draft.git.trees:
            missing = [key for key in keys if key not in self._found]
            if missing and tree.repo:
                await self._through(tree, missing)
        return self._found

    async def _through(self, tree: Tree, missing: list[ObjectKey]) -> None:
        """Take the newest commits of a tree back, one after the other, until nothing is missing."""
        history = await history_at(self.draft.reader, self.repository, tree.repo, tree.revision)
        commits = () if isinstance(history, NotRead) else history.commits
        now: dict[tuple[str, str], str] = {}
        for commit, files in islice(_touching(commits, tree), MOST_COMMITS):
            before = {(tree.repo, file): await self._content(tree.repo, commit.parents, file) for file in files}
            back = await self._rendered({**now, **before}, missing)
            if back is None:
                return
            for key in back:
                self._found[key] = TakenAway(commit, await self._place(tree, key, now, before))
            missing = [key for key in missing if key not in back]
            if not missing:
                return
            now |= before

    async def _place(self, tree: Tree, key: ObjectKey, now: Contents, before: Contents) -> str:
        """The first file, and the first lines in it, whose older content alone brings an object back."""
        blamed = next(iter(before))
        for at in list(before)[:MOST_TRIES] if len(before) > 1 else ():
            if await self._rendered({**now, at: before[at]}, [key]):
                blamed = at
                break
        head = tree.files.get(blamed[1], "")
        after = now.get(blamed, head)
        blocks = list(islice(undone(before[blamed], after), MOST_TRIES))
        line = blocks[0][0] if blocks else 1
        for place, content in blocks if len(blocks) > 1 else ():
            if await self._rendered({**now, blamed: content}, [key]):
                line = place
                break
        return f"{blamed[1]}:{line_before(head, after, line)}" if head else blamed[1]

    async def _rendered(self, contents: Contents, keys: Iterable[ObjectKey]) -> list[ObjectKey] | None:
        """Which objects are rendered with other contents; None where nothing is."""
        draft = self.draft
        found = await self.renders.rendered(draft.application, contents, placing=placing_of(draft.situation))
        return None if isinstance(found, NotRead) else [key for key in keys if key in found]

    async def _content(self, url: str, parents: tuple[str, ...], file: str) -> str:
        found = await self.repository.files(url, parents[0], file) if parents else {}
        return "" if isinstance(found, NotRead) else found.get(file, "")


def _touching(commits: Iterable[Commit], tree: Tree) -> Iterable[tuple[Commit, list[str]]]:
    """The commits that touched what an application is rendered from, each with those files."""
    inside = f"{tree.path}/" if tree.path not in ("", ".") else ""
    for commit in commits:
        files = [file for file in commit.files if file in tree.files or file.startswith(inside)]
        if files and commit.parents:
            yield commit, files
