"""What git dropped and the cluster still has, and runs that ended."""

from __future__ import annotations

from whydrift.core.compare.hooks import COMPARE_OPTIONS, annotation_options
from whydrift.core.explain.blocked import HELM_POLICY
from whydrift.core.explain.leftovers import owned
from whydrift.core.explain.usage import DATA, usage
from whydrift.core.model.explanation import Side
from whydrift.core.model.remedy import Change, Choice, Instead, RemedyKind, Safety
from whydrift.core.model.values import ABSENT, is_object, text
from whydrift.core.remedy.choices.case import Case
from whydrift.core.remedy.choices.usual import asked, nothing, synced

BY_HAND = frozenset(
    {"CustomResourceDefinition", "ClusterRole", "Namespace", "PersistentVolumeClaim", "PersistentVolume"}
)
"""Kinds that are only deleted by a person (issue 5)."""
HOOK, HOOK_DELETE = "argocd.argoproj.io/hook", "argocd.argoproj.io/hook-delete-policy"
DELETE = Instead(RemedyKind.GUARDED_DELETE, "once it is known that nobody needs it")


def left_behind(case: Case) -> Choice:
    """Delete what nobody uses, guarded; ask where that is not so, or not known."""
    if case.side is Side.ASK:
        return asked(case, _use(case), DELETE)
    return deleted(case, f"nobody uses it: {_use(case)}", *_pruned(case))


def deleted(case: Case, why: str, *instead: Instead) -> Choice:
    """A delete with a dump, dependents first, watched."""
    safety = Safety.MANUAL if case.key.kind in BY_HAND else Safety.SAFE
    return Choice(RemedyKind.GUARDED_DELETE, why, safety, instead=instead)


def kept_from_pruning(case: Case) -> Choice:
    """What is marked to stay is left out of the comparison; what only the application's option keeps may go."""
    live = case.subject.object.live
    if text(live, "metadata", "deletionTimestamp"):
        return asked(
            case,
            f"it is being deleted already: {case.because}",
            Instead(RemedyKind.OUT_OF_BAND, "take the finalizer away"),
        )
    side, evidence = usage(case.subject)
    if case.key.kind in DATA:
        return asked(case, f"{evidence.says}: {case.because}", DELETE)
    if "Prune=false" in case.subject.sync_options or text(live, "metadata", "annotations", HELM_POLICY) == "keep":
        if is_object(live) and "IgnoreExtraneous" in annotation_options(live, COMPARE_OPTIONS):
            return nothing("it is meant to stay, and says so to the prune and to the comparison")
        used = f"; {evidence.says}" if side is Side.ASK else ""
        return Choice(
            RemedyKind.ANNOTATE,
            f"it is meant to stay, so {COMPARE_OPTIONS}: IgnoreExtraneous keeps it from showing{used}",
            Safety.UNSAFE,
            changes=(Change(("metadata", "annotations", COMPARE_OPTIONS), "IgnoreExtraneous"),),
            instead=(Instead(RemedyKind.NOTHING, "it shows, and no sync touches it"), DELETE),
        )
    if side is Side.ASK:
        return asked(case, evidence.says, DELETE)
    return deleted(case, f"{evidence.says}; {case.because}")


def run(case: Case) -> Choice:
    """A run that git still states becomes a hook; one that git dropped goes."""
    if case.difference.target is ABSENT:
        return deleted(case, "it is a single run that ended, and git does not have it any more", *_pruned(case))
    return as_hook(case)


def as_hook(case: Case) -> Choice:
    """A hook is made anew at each sync, needs no fixed name, and is not compared afterwards.

    Without a fixed name nothing is found to be deleted before (Argo CD's docs on hooks): it goes when it succeeded.
    """
    annotations = ("metadata", "annotations")
    policy = "BeforeHookCreation" if case.key.name else "HookSucceeded"
    changes = (Change((*annotations, HOOK), "Sync"), Change((*annotations, HOOK_DELETE), policy))
    return Choice(
        RemedyKind.ANNOTATE,
        "as a hook with a delete policy it runs once a sync and is not missed afterwards",
        Safety.UNSAFE,
        changes=changes,
        instead=(Instead(RemedyKind.GIT_DROP, "it has run: git need not keep it"),),
    )


def finished_hook(case: Case) -> Choice:
    """A sync runs a changed hook; nothing is to be done while git has it; a dropped one goes."""
    if case.difference.whole:
        return nothing("a hook that ran is not missed") if case.stated else _dropped_hook(case)
    waits = Instead(RemedyKind.NOTHING, "it waits for the next sync")
    return synced("hooks are made anew: the next sync runs git's", waits)


def _dropped_hook(case: Case) -> Choice:
    why = "git dropped the hook, and no prune removes one"
    if owned(case.subject):
        return asked(case, why, DELETE)
    return deleted(case, why)


def missing_job(case: Case) -> Choice:
    """A Job whose time is over: as a hook it is not missed."""
    choice = as_hook(case)
    instead = (*choice.instead, Instead(RemedyKind.GIT_SET, "without a time to live it stays, with its pods"))
    return Choice(choice.kind, choice.why, choice.safety, choice.changes, instead=instead)


def _pruned(case: Case) -> tuple[Instead, ...]:
    """The prune of a sync, where one would take it."""
    without_dump = "a sync with prune deletes it too, without a dump and with all others at once"
    return (Instead(RemedyKind.SYNC, without_dump),) if case.difference.shown else ()


def _use(case: Case) -> str:
    said = [e.says for explanation in case.finding.explanations[:1] for e in explanation.evidence if e.fact == "use"]
    return said[0] if said else case.because
