"""What people changed in the cluster: shown, or hidden from the comparison."""

from __future__ import annotations

from dataclasses import replace

from whydrift.core.explain.autoscalers import autoscalers_of
from whydrift.core.explain.evidence import quoted
from whydrift.core.explain.ignoring import base_is_gits
from whydrift.core.explain.next_sync import leaves_addition
from whydrift.core.explain.raised import REPLICAS
from whydrift.core.explain.since_sync import cluster_changed, git_changed
from whydrift.core.model.drift import Kind
from whydrift.core.model.explanation import Side
from whydrift.core.model.remedy import Choice, Field, Instead, RemedyKind
from whydrift.core.remedy.choices.case import Case
from whydrift.core.remedy.choices.changes import holds_secret
from whydrift.core.remedy.choices.usual import adopted, asked, synced

WAY_BACK = Instead(RemedyKind.SYNC, "a sync puts git's value back and undoes what somebody did")
BY_HAND = Instead(RemedyKind.OUT_OF_BAND, "a sync leaves it: only by hand is it taken away again")


def edited(case: Case) -> Choice:
    """Adopt what somebody did; undo what weakens security; ask where git cannot say it."""
    live, back = quoted(case.difference.live), _way_back(case)
    if _holds_secret(case):
        return asked(
            case, "the value is a secret that cannot be read here: only who changed it can write it into git", back
        )
    if _by_commit(case):
        return synced(f"git changed it, and live still is what the last sync wrote: {case.because}")
    if case.side is Side.GIT and _weakens(case):
        return _restored(case)
    if case.difference.path == REPLICAS and autoscalers_of(case.subject):
        scaler = autoscalers_of(case.subject)[0].key
        return asked(case, f"{scaler} scales this object too: whose number counts has to be decided", back)
    if case.difference.whole:
        return asked(case, "whether the object is wanted has to be asked", back)
    if case.difference.live == "" or case.difference.kind is Kind.MISSING:
        return adopted(case, "somebody removed it in the cluster; git follows where that was meant", back)
    return adopted(case, f"git takes over {live}, which somebody set in the cluster", back)


def both_changed(case: Case) -> Choice:
    """Ask: each side holds a change that the other one lacks; what git dropped, a server-side sync leaves to others."""
    left = case.subject.server_side and not (case.stated or case.difference.shown)
    return asked(
        case,
        "git and the cluster were both changed since the last sync: somebody has to say which one counts",
        BY_HAND if left else WAY_BACK,
        Instead(RemedyKind.ADOPT, "the commit in git would be lost"),
    )


def rolled_back(case: Case) -> Choice:
    """Ask whoever rolled back; the rollback ends in git, or with a sync."""
    return asked(
        case,
        "the application was rolled back in Argo CD: whether the release comes again has to be decided",
        Instead(RemedyKind.SYNC, "it brings the release back that somebody took away"),
        Instead(RemedyKind.ADOPT, "a revert in git makes the rollback last"),
    )


def _way_back(case: Case) -> Instead:
    """How git's side comes back; what only live has is taken away by a sync that shows it, or sends all around it."""
    undone = case.stated or case.difference.shown or not leaves_addition(case.subject, case.difference)
    return WAY_BACK if undone else BY_HAND


def _restored(case: Case) -> Choice:
    """Put git's stricter value back; ask where a sync leaves it."""
    adopt = Instead(RemedyKind.ADOPT, "git would allow what it forbids now")
    if not case.difference.shown and not case.stated:
        return asked(case, "it weakens security, and a sync does not take it away", adopt)
    restored = synced("it weakens what git protects: a sync puts that back", adopt)
    path = case.difference.path if case.stated else case.difference.path[:-1]
    return replace(restored, at=Field(case.key, path))


def _by_commit(case: Case) -> bool:
    """Whether a commit made the difference, and nobody in the cluster."""
    subject, difference = case.subject, case.difference
    return base_is_gits(subject) and git_changed(subject, difference) and not cluster_changed(subject, difference)


def _weakens(case: Case) -> bool:
    """Whether the side of git follows from security that was weakened, and not from a number that nobody needs."""
    explanation = case.finding.explanations[0]
    return any(evidence.fact == "schema" for evidence in explanation.evidence)


def _holds_secret(case: Case) -> bool:
    return holds_secret(case.difference.live) or holds_secret(case.difference.target)
