"""The object is a single run: it has no fixed name, or it ended and is not meant to be kept in git.

Why it happens: a Job, PipelineRun or Workflow lies in git like any other object. With `generateName` it has no name
that could be applied or compared, so it is missing for ever and stops the whole sync; a run that was in git once is
left behind when it is dropped.

What proves it: git's object has a generateName and no name; or the live object is of a kind whose objects are single
runs, it ended, this application made it, and no Application renders it.

What would refute it: git's object has a name; the run is not over; another Application renders it.

Remedies: make it a hook with a delete policy, or create runs outside of git; delete an old run guarded.
"""

from __future__ import annotations

from collections.abc import Iterable

from whydrift.core.explain.blocked import blocks_pruning
from whydrift.core.explain.cause import Cause, needs
from whydrift.core.explain.leftovers import is_extra, other_holders, owned, tracked
from whydrift.core.explain.missing import was_applied
from whydrift.core.explain.runs import ended, is_run
from whydrift.core.explain.subject import Subject
from whydrift.core.model.drift import Difference, Kind
from whydrift.core.model.explanation import Evidence, Explanation, Side, Strength
from whydrift.core.model.fact_kinds import ARGOCD_VERSION, FLEET, SETTINGS
from whydrift.core.model.values import ABSENT, text


def concerns(subject: Subject, difference: Difference) -> bool:
    """Missing objects without a name, and runs that only one side has."""
    if is_extra(subject, difference):
        return is_run(subject) and not blocks_pruning(subject)
    missing = difference.whole and difference.kind is Kind.MISSING
    return missing and (bool(_generated(subject)) or is_run(subject))


def explain(subject: Subject, concerned: tuple[Difference, ...]) -> Iterable[Explanation]:
    """Claim nameless targets, and ended runs that this application made and nobody renders."""
    proof = _nameless(subject) or (_removed(subject) if subject.object.live is ABSENT else _left(subject))
    if proof is None:
        return
    why, evidence = proof
    yield Explanation(frozenset(d.path for d in concerned), Strength.ATTRIBUTED, why, evidence)


def _generated(subject: Subject) -> str:
    metadata = subject.object.target
    return "" if text(metadata, "metadata", "name") else text(metadata, "metadata", "generateName")


def _nameless(subject: Subject) -> tuple[str, tuple[Evidence, ...]] | None:
    generated = _generated(subject)
    if not generated:
        return None
    why = f"git gives it no name, only generateName {generated}: it can be created, but neither applied nor compared"
    return why, (Evidence("target", f"metadata.generateName is {generated}, metadata.name is not there"),)


def _removed(subject: Subject) -> tuple[str, tuple[Evidence, ...]] | None:
    applied = was_applied(subject)
    if applied is None:
        return None
    why = f"a sync made this {subject.key.kind}, a single run, which was removed since; a sync would run it again"
    return why, (applied, Evidence("live", "Argo CD found no such object in the cluster"))


def _left(subject: Subject) -> tuple[str, tuple[Evidence, ...]] | None:
    mark, end = tracked(subject), ended(subject.object.live)
    alone = subject.facts.known(FLEET) and not other_holders(subject)
    if mark is None or not end or owned(subject) or not alone:
        return None
    why = f"it is a single {subject.key.kind} that ended; git had it once and does not have it any more"
    return why, (Evidence("status", end), mark)


CAUSE = Cause(
    id="run-object-is-ephemeral",
    title="a single run, not an object to keep in git",
    side=Side.STRUCTURE,
    explain=explain,
    concerns=concerns,
    helps=needs(FLEET),
    wishes=needs(SETTINGS, ARGOCD_VERSION),
)
