"""Objects that more than one wants to own, or that nobody is known to own."""

from __future__ import annotations

from dataclasses import replace

from whydrift.core.explain.copies import pipeline_marks
from whydrift.core.explain.evidence import quoted
from whydrift.core.model.explanation import Side
from whydrift.core.model.people import ARGOCD, Writer
from whydrift.core.model.remedy import Change, Choice, Instead, RemedyKind, Safety
from whydrift.core.remedy.choices.case import Case
from whydrift.core.remedy.choices.statements import superseded
from whydrift.core.remedy.choices.usual import asked, nothing, placed, synced

MIGRATION = "argocd.argoproj.io/client-side-apply-migration-manager"


def one_owner(case: Case) -> Choice:
    """One of the two lets go: here git drops it, or there the other one does. Nothing is pruned for it."""
    why = f"one of the two has to let go: {case.because}"
    return Choice(RemedyKind.ONE_OWNER, why, Safety.MANUAL, at=placed(case), instead=_until_then(case))


def stated_once(case: Case) -> Choice:
    """One statement in git stays; the others, which never arrive, go."""
    why = f"one statement has to go, or both become one: {case.because}"
    return Choice(RemedyKind.ONE_OWNER, why, Safety.MANUAL, place=superseded(case))


def _until_then(case: Case) -> tuple[Instead, ...]:
    if case.difference.whole:
        return ()
    return (Instead(RemedyKind.SYNC, "it writes this application's side until the other one writes again"),)


def untracked(case: Case) -> Choice:
    """A sync adopts the object, unless a pipeline or an operator takes the mark away each time."""
    if _is_taken_away(case):
        return one_owner(case)
    instead = Instead(RemedyKind.ONE_OWNER, "where something applies a copy of its own, the mark goes again")
    return synced("a sync writes the tracking id, and with it the application owns the object", instead)


def _is_taken_away(case: Case) -> bool:
    """Whether a pipeline applies a copy of its own over what Argo CD applied, so that the mark goes each time.

    So does an operator that writes its object back as it wants it, where nobody else wrote the object.
    """
    entries = [entry for entry in case.subject.object.managers.entries if not entry.subresource]
    applied = max((entry.time or "" for entry in entries if entry.manager in ARGOCD), default=None)
    if applied is None:
        return False
    others = [entry for entry in entries if entry.manager not in ARGOCD]
    writers = {case.subject.knowledge.people.writer(entry.manager) for entry in others}
    by_operator = writers == {Writer.CONTROLLER} and any((entry.time or "") > applied for entry in others)
    return Writer.PIPELINE in writers or by_operator or bool(pipeline_marks(case.subject))


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
    return synced(f"a sync writes {quoted(target)}, which the Application wants on its Namespace")


def kept_by_manager(case: Case) -> Choice:
    """Applied client-side a sync removes it; server-side the old manager's fields go to Argo CD first."""
    if not case.server_side:
        return synced("last-applied still states it, so that a sync removes it")
    manager = case.owners[0].manager if case.owners else "the old manager"
    return Choice(
        RemedyKind.ANNOTATE,
        f"{MIGRATION}: {manager} on the Application gives its fields to Argo CD, and the next sync removes this one",
        Safety.UNSAFE,
        marks=((MIGRATION, manager),) if case.owners else (),
        place=f"Application:/metadata/annotations/{MIGRATION.replace('/', '~1')}",
        instead=(Instead(RemedyKind.OUT_OF_BAND, "a patch takes only this field away, by hand"),),
    )


def copied_mark(case: Case) -> Choice:
    """Another way of tracking, which no git edit brings; the object is a controller's child that no prune may take."""
    track = "tracked by annotation, a copied mark counts for nothing in all of Argo CD"
    leave = "a controller made it and owns it: no prune may take it"
    if case.difference.shown:
        return Choice(RemedyKind.OUT_OF_BAND, track, Safety.MANUAL, instead=(Instead(RemedyKind.NOTHING, leave),))
    return replace(nothing(leave), instead=(Instead(RemedyKind.OUT_OF_BAND, track),))
