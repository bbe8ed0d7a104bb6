"""Finds who wrote the lines in git whose values people may have to decide about: a few commits back, no further."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from whydrift.core.judge.lines import followed
from whydrift.core.judge.reasons import Lines, people_decide
from whydrift.core.judge.situation import Situation
from whydrift.core.model.drift import Difference
from whydrift.core.model.fact_kinds import RENDERED_FROM
from whydrift.core.model.fleet import Commit, Line
from whydrift.core.model.git_files import GitFiles
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.remedy import APPLICATION, Change, Edit
from whydrift.core.model.secrets import masked
from whydrift.core.model.snapshot import ObjectSnapshot
from whydrift.core.model.values import ABSENT, is_object, same
from whydrift.core.pipeline import ApplicationOutcome
from whydrift.ports import NotRead, Repository
from whydrift.usecases.drafts import SOMETHING
from whydrift.usecases.facts import FactReader
from whydrift.usecases.history import history_at

MOST_LINES = 12
"""Lines of one application that are looked after; an application with more of them is not decided line by line."""
MOST_PLACES = 4
"""Places that are tried for a value: the best one to change it may be one that does not state it yet."""
MOST_COMMITS = 8
"""Commits of a file that are looked at for a line: two versions are read for each."""


async def lines_of(outcome: ApplicationOutcome, reader: FactReader, situation: Situation) -> Lines:
    """The line of each value that people may have to decide about, with its commit, as far as git tells."""
    git = situation.whole.maybe(RENDERED_FROM)
    if reader.repository is None or git is None:
        return {}
    versions, found = Versions(reader, reader.repository), dict[tuple[ObjectKey, Difference], Line]()
    for item, difference in islice(_in_question(outcome, situation), MOST_LINES):
        line = await _line(versions, situation, git, item, difference)
        if line is not None:
            found[item.key, difference] = line
    return found


def _in_question(outcome: ApplicationOutcome, situation: Situation) -> Iterator[tuple[ObjectSnapshot, Difference]]:
    for found in outcome.objects:
        for finding in found.findings:
            difference = finding.difference
            stated = not difference.whole and difference.target is not ABSENT
            if stated and people_decide(finding, situation):
                yield found.object, difference


async def _line(
    versions: Versions, situation: Situation, git: GitFiles, item: ObjectSnapshot, difference: Difference
) -> Line | None:
    """The line on which git states one side of a difference; None where none is known, or no history of it."""
    if not is_object(item.target):
        return None
    from whydrift.core.remedy.places import candidates  # here: few applications have such a line

    live = difference.live
    other = SOMETHING if live is ABSENT or masked(live) or same(live, difference.target) else live
    wanted = [Change(difference.path, other)]
    edits = islice(candidates(situation.application, git, item.key, item.target, wanted), MOST_PLACES)
    edit = next((edit for edit in edits if _is_stated(edit)), None)
    tree = next((tree for tree in git.trees if edit is not None and tree.repo == edit.repo), None)
    if edit is None or tree is None or edit.file == APPLICATION:
        return None
    return await versions.line(edit.repo, tree.revision, edit.file, edit.line)


def _is_stated(edit: Edit) -> bool:
    """Whether a place states the value: its edit changes that line. Else the line is the parent of what is added.

    An Application has no lines: it states what an edit takes away from it.
    """
    if edit.file == APPLICATION:
        return bool(Counter(edit.before.splitlines()) - Counter(edit.after.splitlines()))
    return followed(edit.before, edit.after, edit.line) is None


@dataclass
class Versions:
    """Files of repositories at revisions, each read once."""

    reader: FactReader
    repository: Repository
    _read: dict[tuple[str, str, str], str | None] = field(default_factory=dict)

    async def line(self, url: str, revision: str, file: str, number: int) -> Line | None:
        """A line with the newest commit that wrote it as it is; None where the history cannot be read."""
        history = await history_at(self.reader, self.repository, url, revision)
        if isinstance(history, NotRead):
            return None
        now = await self._file(url, revision, file)
        touching = list(islice((commit for commit in history.commits if file in commit.files), MOST_COMMITS))
        for commit in touching:
            if now is not None and await self._wrote(url, commit, file, now, number):
                return Line(file, number, commit, len(touching))
        return Line(file, number, None, len(touching))

    async def _wrote(self, url: str, commit: Commit, file: str, now: str, number: int) -> bool:
        """Whether a commit made a line as it is now: its version has it, and none of its parents'."""
        then = await self._file(url, commit.revision, file)
        place = None if then is None else followed(now, then, number)
        if then is None or place is None:
            return False
        before = [await self._file(url, parent, file) for parent in commit.parents]
        return all(older is None or followed(then, older, place) is None for older in before)

    async def _file(self, url: str, revision: str, file: str) -> str | None:
        """A file at a revision; None where it has none, or where it cannot be read."""
        key = (url, revision, file)
        if key not in self._read:
            files = await self.repository.files(url, revision, file)
            self._read[key] = None if isinstance(files, NotRead) else files.get(file)
        return self._read[key]
