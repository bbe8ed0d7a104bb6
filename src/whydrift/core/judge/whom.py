"""Whom to ask where no side is right by itself, and what: people and teams that the evidence names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from whydrift.core.explain.commits import SHORT
from whydrift.core.explain.evidence import quoted
from whydrift.core.explain.subject import Subject
from whydrift.core.judge.codeowners import owners_of
from whydrift.core.model.drift import Difference, Kind
from whydrift.core.model.explanation import Asking
from whydrift.core.model.fact_kinds import HISTORY, NAMESPACE, RENDERED_FROM
from whydrift.core.model.fleet import Commit, Line
from whydrift.core.model.git_files import GitFiles
from whydrift.core.model.managers import Entry
from whydrift.core.model.people import Writer
from whydrift.core.model.secrets import masked
from whydrift.core.model.values import MaybeJson, mapping

OWNING = re.compile(
    r"(?i)(?:owners?|owned[-_]?by|teams?|squad|contacts?|maintainers?|on-?call|responsible|slack(?:-?channel)?)$"
)
"""The last word of a label or annotation that names who looks after an object."""
_DOCUMENTS = re.compile(r"^---\s*$", re.MULTILINE)
_MOST = 4


@dataclass(frozen=True, slots=True)
class Written:
    """Where git writes an object: its file, the newest commit that touched it, and whom CODEOWNERS names for it."""

    file: str
    commit: Commit | None
    owners: tuple[str, ...]


def written_in_git(subject: Subject) -> Written | None:
    """Where git writes the object; None where its files or their history were not read, or no file states it."""
    files, histories = subject.facts.maybe(RENDERED_FROM), subject.facts.maybe(HISTORY)
    file = None if files is None else _file_of(subject, files)
    if file is None or not histories:
        return None
    history = next((h for h in histories if file in h.files), histories[0])
    commit = next((commit for commit in history.commits if file in commit.files), None)
    return Written(file, commit, owners_of(history.owners, file))


def _file_of(subject: Subject, files: GitFiles) -> str | None:
    """The first file, of those in the application's own folders, with a document of the object's kind and name."""
    key = subject.key
    named = re.compile(rf"^\s+name:\s*[\"']?{re.escape(key.name)}[\"']?\s*(?:#.*)?$", re.MULTILINE)
    kind = re.compile(rf"^\s*kind:\s*[\"']?{re.escape(key.kind)}[\"']?\s*(?:#.*)?$", re.MULTILINE)
    drawn = re.compile(r"^\s+name:.*\{\{.*$", re.MULTILINE)
    own = sorted(files.files, key=lambda name: (not _is_own(name, files), name))
    for wanted in (named, drawn):
        for name in own:
            content = files.files[name]
            if key.kind in content and wanted.search(content):
                parts = _DOCUMENTS.split(content)
                if any(kind.search(part) and wanted.search(part) for part in parts):
                    return name
    return None


def _is_own(name: str, files: GitFiles) -> bool:
    return any(not folder or name.startswith(f"{folder}/") for folder in files.own)


@dataclass(frozen=True, slots=True)
class Traces:
    """Who left something at a difference: the entry that wrote it in the cluster, its file and its line in git."""

    entry: Entry | None = None
    git: Written | None = None
    line: Line | None = None

    @property
    def place(self) -> str:
        """Where git states it, as narrow as that is known; "" where it is not."""
        return self.line.where if self.line else self.git.file if self.git else ""


def asking(subject: Subject, difference: Difference, cause: str, traces: Traces) -> Asking:
    """Whom to ask about a difference, and the question."""
    whom = dict.fromkeys((*_hand(subject, traces.entry), *_marked(subject), *_in_git(traces)))
    return Asking(tuple(whom)[:_MOST] or ("whoever changed it",), _question(subject, difference, cause, traces.place))


def _hand(subject: Subject, entry: Entry | None) -> Iterator[str]:
    """Whoever used the tool that wrote it."""
    if entry is None:
        return
    when = f" at {entry.time}" if entry.time else ""
    match subject.knowledge.people.writer(entry.manager):
        case Writer.PERSON | Writer.LIBRARY:
            yield f"whoever used {entry.manager}{when}"
        case Writer.UNKNOWN:
            yield f"whoever runs {entry.manager}"
        case _:
            yield f"whoever looks after {entry.manager}"


def _marked(subject: Subject) -> Iterator[str]:
    """Owners that labels and annotations name: of the object, of its namespace, of the Application."""
    holders: tuple[tuple[str, MaybeJson], ...] = (
        (f"of {subject.key.kind} {subject.key.name}", subject.object.live),
        (f"of {subject.key.kind} {subject.key.name} in git", subject.object.target),
        (f"of Application {subject.application.name}", subject.application.raw),
        (f"of Namespace {subject.key.namespace}", subject.facts.maybe(NAMESPACE) or {}),
    )
    told: set[str] = set()
    for of, holder in holders:
        for part in ("annotations", "labels"):
            for name, value in mapping(holder, "metadata", part).items():
                if isinstance(value, str) and value and value not in told and _owns(name, value):
                    told.add(value)
                    yield f"{value} ({name} {of})"


def _owns(name: str, value: str) -> bool:
    last = re.split(r"[/.]", name)[-1]
    return OWNING.search(last) is not None and not masked(value) and len(value) <= 100


def _in_git(traces: Traces) -> Iterator[str]:
    git, line = traces.git, traces.line
    if git is not None and git.owners:
        yield f"{' '.join(git.owners)} (CODEOWNERS of {git.file})"
    if line is not None and line.commit is not None:
        yield f"{line.commit.author} ({line.commit.revision[:SHORT]}, who wrote {line.where})"
    elif git is not None and git.commit is not None:
        yield f"{git.commit.author} ({git.commit.revision[:SHORT]}, the newest commit of {git.file})"


def _question(subject: Subject, difference: Difference, cause: str, place: str) -> str:
    """What the answer decides, in words for somebody who has not seen the difference."""
    key, live, target = subject.key, quoted(difference.live), quoted(difference.target)
    if difference.whole and difference.kind is Kind.EXTRA:
        return f"is {key.kind} {key.name} still needed? git does not have it"
    if difference.whole:
        gone = difference.kind is Kind.MISSING
        return f"was {key.kind} {key.name} {'deleted' if gone else 'changed'} on purpose?"
    if cause == "rolled-back-in-argocd":
        return "was the rollback meant to stay? then git is to be taken back as well"
    if cause == "both-sides-changed":
        return f"the cluster went to {live}, git to {target}: which one counts?"
    where = f" into {place or 'git'}"
    if difference.order:
        return f"is the order in the cluster meant to stay? then it belongs{where}"
    if difference.kind is Kind.MISSING:
        return f"was {target} taken away on purpose? then it has to go out of {place or 'git'} as well"
    return f"is {live} meant to stay? then it belongs{where}, which says {target}"
