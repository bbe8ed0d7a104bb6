"""What git did since the last sync, put into evidence."""

from __future__ import annotations

from whydrift.core.explain.subject import Subject
from whydrift.core.model.application import Application
from whydrift.core.model.explanation import Evidence
from whydrift.core.model.fact_kinds import COMMITS
from whydrift.core.model.objects import ObjectKey

SHORT = 8


def since_last_sync(subject: Subject) -> Evidence:
    """From which revision to which git moved, with the newest commit where it is known."""
    commits = subject.facts.maybe(COMMITS) or ()
    newest = f"; {commits[0].revision[:SHORT]} of {commits[0].author}: {_title(commits[0].message)}" if commits else ""
    return Evidence("git", f"{_moved(subject.application, subject.key)}{newest}")


def _moved(application: Application, key: ObjectKey) -> str:
    last = application.syncs.last(key)
    assert last is not None, "only asked where a last sync is known"
    before, after = (", ".join(r[:SHORT] for r in part) for part in (last.revisions, application.revisions))
    if before == after:
        return f"revision {after} was synced with other parameters of the Application"
    return f"the last sync was of {before}, git is at {after}"


def _title(message: str) -> str:
    return message.partition("\n")[0]
