"""What git's history says of a value, in a clause: who changed its line, else touched its file, and when."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from whydrift.core.explain.commits import SHORT
from whydrift.core.judge.whom import Written
from whydrift.core.model.fleet import Commit, Line
from whydrift.core.model.managers import Entry

REVERT = re.compile(r"(?i)^revert\b|^This reverts commit [0-9a-f]{7,}", re.MULTILINE)
_LONGEST = 100


def moved_by(commits: Sequence[Commit], line: Line | None, git: Written | None) -> str:
    """The commit since the last sync that moved a value; where none is known to be the one, the newest that may be.

    `commits` are those since the last sync, newest first.
    """
    wrote = None if line is None else line.commit
    if wrote is not None and wrote.revision in {commit.revision for commit in commits}:
        return f"commit {_named(wrote)} moved it: {_title(wrote)}"
    touching = [commit for commit in commits if git is not None and git.file in commit.files] or list(commits)
    if len(touching) > 1:
        return f"one of {len(touching)} commits moved it, the newest is {_named(touching[0])}: {_title(touching[0])}"
    return f"commit {_named(touching[0])} moved it: {_title(touching[0])}" if touching else ""


def of_line(line: Line, entry: Entry | None) -> str:
    """Whether somebody changed a line in git before or after somebody wrote the value in the cluster."""
    commit = line.commit
    if commit is None:
        said = f"none of the newest {line.looked} commits of {line.file} changed line {line.number}"
        return said if line.looked else ""
    if entry is None or not entry.time:
        return f"{line.where} was last changed by commit {_named(commit)}"
    if _is_before(commit.date, entry.time):
        return f"nobody changed {line.where} in git since (it is of {_named(commit)})"
    return f"{line.where} was changed in git after that, by commit {_named(commit)}: {_title(commit)}"


def of_file(git: Written | None, entry: Entry | None) -> str:
    """Whether somebody touched the object's file, where the line is not known."""
    if git is None or git.commit is None:
        return ""
    if entry is None or not entry.time:
        return f"{git.file} was last touched by commit {_named(git.commit)}"
    if _is_before(git.commit.date, entry.time):
        return f"nobody touched {git.file} in git since (the last was {_named(git.commit)})"
    return f"{git.file} was touched in git after that, by commit {_named(git.commit)}"


def _named(commit: Commit) -> str:
    return f"{commit.revision[:SHORT]} of {commit.author.partition(' <')[0]}, {commit.date[:10]}"


def _title(commit: Commit) -> str:
    """What a commit says of itself, and whether it takes another one back."""
    revert = "a revert, " if REVERT.search(commit.message) else ""
    return f'{revert}"{commit.message.partition(chr(10))[0][:_LONGEST]}"'


def _is_before(one: str, other: str) -> bool:
    """Whether a time (RFC 3339, any offset) comes before another one; false where one of them is none."""
    try:
        return datetime.fromisoformat(one) < datetime.fromisoformat(other)
    except (TypeError, ValueError):
        return False
