"""Objects that more than one wants to own, or that nobody is known to own."""

from __future__ import annotations

from whydrift.core.explain.copies import pipeline_marks
from whydrift.core.explain.evidence import quoted
from whydrift.core.model.explanation import Side
from whydrift.core.model.people import ARGOCD, Writer
from whydrift.core.model.remedy import Change, Choice, Field, Instead, RemedyKind, Safety
from whydrift.core.model.values import ABSENT
from whydrift.core.remedy.choices.case import Case
from whydrift.core.remedy.choices.offers import asked, nothing, synced

MIGRATION = "argocd.argoproj.io/client-side-apply-migration-manager"


def one_owner(case: Case) -> Choice:
    """Let one of the two go: here, what git states is left to the other one. Nothing is pruned for it."""
    changes = (Change(case.difference.path, ABSENT),) if case.stated else ()
    return Choice(
        RemedyKind.ONE_OWNER,
        f"two owners write it: {case.because}",
        Safety.MANUAL,
        changes=changes,
        at=Field(case.key, case.difference.path),
        instead=(Instead(RemedyKind.SYNC, "it writes this application's side until the other one writes again"),),
    )


def untracked(case: Case) -> Choice:
    """A sync adopts the object, unless a pipeline takes the mark away each time."""
    if _is_taken_away(case):
        return one_owner(case)
    instead = Instead(RemedyKind.ONE_OWNER, "where something applies a copy of its own, the mark goes again")
    return synced(case, "a sync writes the tracking id, and with it the application owns the object", instead)


def _is_taken_away(case: Case) -> bool:
    """Whether a pipeline applies a copy of its own over what Argo CD applied, so that the mark goes each time."""
    entries = [entry for entry in case.subject.object.managers.entries if not entry.subresource]
    people = case.subject.knowledge.people
    by_pipeline = any(people.writer(entry.manager) is Writer.PIPELINE for entry in entries)
    applied = any(entry.manager in ARGOCD for entry in entries)
    return applied and (by_pipeline or bool(pipeline_marks(case.subject)))


def namespace_metadata(case: Case) -> Choice:
    """A sync writes what the Application wants; where a Namespace in git wins, that is the one to edit."""
    target = case.difference.target
    if case.side is Side.STRUCTURE and case.stated:
        return Choice(
            RemedyKind.GIT_SET,
            f"git holds the Namespace too, and its manifest wins: {quoted(target)} belongs there",
            Safety.UNSAFE,
            changes=(Change(case.difference.path, target),),
            instead=(Instead(RemedyKind.ONE_OWNER, "the Namespace out of git, and the Application alone makes it"),),
        )
    if not case.stated:
        return asked(
            case,
            "nobody asked for it, and a sync leaves it",
            Instead(RemedyKind.ADOPT, "the Application wants it then"),
        )
    return synced(case, f"a sync writes {quoted(target)}, which the Application wants on its Namespace")


def kept_by_manager(case: Case) -> Choice:
    """Applied client-side a sync removes it; server-side the old manager's fields go to Argo CD first."""
    if not case.server_side:
        return synced(case, "last-applied still states it, so that a sync removes it")
    manager = case.owners[0].manager if case.owners else "the old manager"
    return Choice(
        RemedyKind.ANNOTATE,
        f"{MIGRATION}: {manager} on the Application gives its fields to Argo CD, and the next sync removes this one",
        Safety.UNSAFE,
        place=f"Application:/metadata/annotations/{MIGRATION.replace('/', '~1')}",
        instead=(Instead(RemedyKind.OUT_OF_BAND, "a patch takes only this field away, by hand"),),
    )


def copied_mark(case: Case) -> Choice:
    """Leave it: the object is a controller's child, which no prune may take."""
    return nothing("a controller made it and owns it; tracking by annotation tells copied marks apart")
