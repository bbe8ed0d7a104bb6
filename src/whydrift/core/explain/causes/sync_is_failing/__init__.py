"""Syncs of this revision fail: the server (or Argo CD) refuses an object, or the object waits behind one that is
refused.

Why it happens: git holds what cannot be applied: a field that may not be changed, an invalid value, a kind that is
not installed, an object that a quota, a policy or the project does not let in. One refused object stops a whole sync
when it already fails the dry run, and later waves in any case.

What proves it: the last operation failed at the revision that is compared now, or at one after which no commit touched
the application, and its result names this object with the server's message; or the operation was refused as a whole (or
stopped before this object) and names the one that is.

What would refute it: the last operation succeeded, or failed before a commit that touches the application; the
operation was a selective one that did not mean this object; somebody else wrote the value that differs.

Remedies: by the message: correct the value, replace the object, install the kind, make the namespace, ask for quota.
What only waits needs nothing but the next sync.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from whydrift.core.explain.cause import Cause, needs
from whydrift.core.explain.subject import Subject
from whydrift.core.explain.syncing import (
    ALL_REFUSED,
    APPLIED,
    FAILED,
    Refusal,
    Refused,
    classify,
    decisive,
    ended_badly,
    failing,
    refused,
    result_of,
    selected,
    still_refused,
)
from whydrift.core.model.drift import Difference, Kind
from whydrift.core.model.explanation import Evidence, Explanation, Side, Strength
from whydrift.core.model.fact_kinds import COMMITS
from whydrift.core.model.paths import Path
from whydrift.core.model.people import ARGOCD
from whydrift.core.model.values import ABSENT, same, text

STOPPED = re.compile(r"sync window|terminated", re.IGNORECASE)
"""A sync that was not let start, or that somebody ended: it says nothing about what it would have met."""


def concerns(subject: Subject, difference: Difference) -> bool:
    """What git states and a sync at this revision did not bring."""
    application = subject.application
    stated = subject.object.target is not ABSENT and (difference.kind is not Kind.EXTRA or not difference.whole)
    return stated and ended_badly(application) and selected(application, subject.key)


def explain(subject: Subject, concerned: tuple[Difference, ...]) -> Iterable[Explanation]:
    """Claim what was refused, and what waits behind it."""
    commits = subject.facts.maybe(COMMITS) or ()
    if not (failing(subject.application, commits) or _still_refused(subject)):
        return
    rows = refused(subject.application)
    mine = next((row for row in rows if _is_row_of(subject, row)), None)
    if mine is not None and mine.why is not Refusal.NO_NAME:
        yield from _refused(subject, mine, frozenset(d.path for d in concerned if _from_git(subject, d)))
    elif mine is None and not _reached(subject):
        yield from _waiting(subject, rows, frozenset(d.path for d in concerned if _is_new(subject, d)))


def _refused(subject: Subject, row: Refused, paths: frozenset[Path]) -> Iterable[Explanation]:
    if paths:
        yield Explanation(
            paths=paths,
            strength=Strength.ATTRIBUTED,
            why=f"the sync of this revision fails on it, {row.why.value}: {decisive(row.message)}",
            evidence=(Evidence("operation", f"{_phase(subject)}; {subject.key.kind}: {row.message[:500]}"),),
            side=row.why.side,
        )


def _waiting(subject: Subject, rows: tuple[Refused, ...], paths: frozenset[Path]) -> Iterable[Explanation]:
    message = text(subject.application.operation, "message")
    said = Evidence("operation", f"{_phase(subject)}: {decisive(message)}")
    if rows and paths:
        first = rows[0]
        named = f"{first.key.kind} {first.key.name or '(no name)'}"
        why = f"it only waits: the sync fails on {named}, {first.why.value}"
        evidence = (said, Evidence("operation", f"{named}: {decisive(first.message)}"))
        yield Explanation(paths, Strength.ATTRIBUTED, why, evidence, side=Side.STRUCTURE)
    elif message and paths and not STOPPED.search(message):
        why = f"the sync of this revision fails before it gets to any object: {decisive(message)}"
        yield Explanation(paths, Strength.ATTRIBUTED, why, (said,), side=classify(message).side)


def _still_refused(subject: Subject) -> bool:
    """Whether an earlier revision was refused for a value of this object that git still states."""
    if text(subject.application.operation, "phase") not in FAILED:
        return False
    rows = (row for row in refused(subject.application) if _is_row_of(subject, row))
    return any(still_refused(row, subject.object.target) for row in rows)


def _is_row_of(subject: Subject, row: Refused) -> bool:
    key = subject.key
    return row.key[:2] == key[:2] and row.key.name == key.name and row.key.namespace in (key.namespace, "")


def _reached(subject: Subject) -> bool:
    """Whether the failing sync applied this object: not when it was refused as a whole."""
    result = result_of(subject.application, subject.key)
    whole = ALL_REFUSED.search(text(subject.application.operation, "message"))
    return result is not None and text(result, "status") in APPLIED and not whole


def _is_new(subject: Subject, difference: Difference) -> bool:
    """Whether this revision would bring it: a new object, or a field that git is known to change."""
    return _from_git(subject, difference) and (difference.whole or subject.base is not None)


def _from_git(subject: Subject, difference: Difference) -> bool:
    """Whether git's side is what did not arrive: live still is Argo CD's own (or nobody's) earlier value."""
    if difference.whole:
        return difference.kind is Kind.MISSING
    if subject.base is not None and same(subject.base_at(difference), difference.target):
        return False
    return all(entry.manager in ARGOCD for entry in subject.owners(difference))


def _phase(subject: Subject) -> str:
    operation = subject.application.operation
    return f"{text(operation, 'phase')} at {text(operation, 'finishedAt') or text(operation, 'startedAt')}"


CAUSE = Cause(
    id="sync-is-failing",
    title="the sync of this revision fails",
    side=Side.GIT,
    explain=explain,
    concerns=concerns,
    wishes=needs(COMMITS),
)
