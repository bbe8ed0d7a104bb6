"""Another pipeline writes the same object: Helm, Flux, Terraform or a CI job that nobody switched off.

Why it happens: an object moved to Argo CD and its former owner still runs; or two tools share one object on purpose,
one key each, until both state the same key.

What proves it: the managed fields name a pipeline as the only other owner of this path, and live is no more what the
last sync wrote. A CI job that runs `kubectl apply` is known by what it applied: last-applied is a manifest without
Argo CD's tracking id and with the annotations of a job (commit, pipeline, build).

Where Argo CD does not show it, no default gives it, and a pipeline wrote it since the last sync or it is one of the
marks by which pipelines know their objects.

What would refute it: the last sync wrote the value; a person's tool owns the path; the applied copy carries Argo CD's
tracking id, so that somebody exported it from the cluster.

Remedies: one owner. Switch the other pipeline off for this object, or leave the field to it.
"""

from __future__ import annotations

from collections.abc import Iterable

from whydrift.core.explain.additions import is_addition
from whydrift.core.explain.cause import Cause, needs
from whydrift.core.explain.copies import CLIENT_SIDE_APPLY, pipeline_marks
from whydrift.core.explain.evidence import ownership, quoted
from whydrift.core.explain.requests import may_be_injected
from whydrift.core.explain.since_sync import cluster_changed
from whydrift.core.explain.stamps import is_last_applied, is_restart, is_tracking
from whydrift.core.explain.subject import Subject
from whydrift.core.explain.writers import others
from whydrift.core.model.drift import Difference, Kind
from whydrift.core.model.explanation import Evidence, Explanation, Side, Strength
from whydrift.core.model.fact_kinds import ADMISSION_POLICIES, CRDS, NAMESPACE, SCHEMAS, SYNCED_MANIFESTS, WEBHOOKS
from whydrift.core.model.managers import Entry
from whydrift.core.model.people import Writer

MARKS = ("meta.helm.sh/", "kustomize.toolkit.fluxcd.io/", "helm.toolkit.fluxcd.io/", "objectset.rio.cattle.io/")
"""Labels and annotations by which pipelines know the objects that they own."""


def concerns(subject: Subject, difference: Difference) -> bool:
    """What a pipeline owns, and what a job's copy took away or put in; of hidden places only what it put in since."""
    if difference.whole or is_last_applied(difference.path) or is_restart(difference.path):
        return False
    if not difference.shown:
        return _put_in(subject, difference)
    return bool(_pipelines(subject, difference) or _by_job(subject, difference))


def explain(subject: Subject, concerned: tuple[Difference, ...]) -> Iterable[Explanation]:
    """Claim what another pipeline wrote over what the last sync left."""
    for difference in concerned:
        if not cluster_changed(subject, difference) or not (difference.shown or _is_own(subject, difference)):
            continue
        writers = _pipelines(subject, difference)
        marks = () if writers else pipeline_marks(subject)
        who = writers[0].manager if writers else "a CI job with kubectl apply"
        yield Explanation(
            paths=frozenset({difference.path}),
            strength=Strength.ATTRIBUTED,
            why=f"{who} applies this object too: {quoted(difference.live)} where git says {quoted(difference.target)}",
            evidence=(
                *(ownership(entry, subject.knowledge.people) for entry in writers),
                *(Evidence("last-applied", f"the copy that kubectl applied carries {mark}") for mark in marks),
            ),
        )


def _pipelines(subject: Subject, difference: Difference) -> tuple[Entry, ...]:
    """The pipelines that own this place, where nobody else but Argo CD does."""
    owners = others(subject, difference)
    people = subject.knowledge.people
    return owners if all(people.writer(entry.manager) is Writer.PIPELINE for entry in owners) else ()


def _put_in(subject: Subject, difference: Difference) -> bool:
    """Whether a pipeline put in what only live has since the last sync, or left its own marks."""
    writers = _pipelines(subject, difference) if difference.kind is Kind.EXTRA else ()
    marked = difference.path[:1] == ("metadata",) and str(difference.path[-1]).startswith(MARKS)
    return bool(writers) and (marked or any(_is_recent(subject, entry) for entry in writers))


def _is_own(subject: Subject, difference: Difference) -> bool:
    """Whether what only live has is the pipeline's own, not a default or an injection inside its request."""
    return is_addition(subject, difference) and not may_be_injected(subject, difference)


def _is_recent(subject: Subject, entry: Entry) -> bool:
    """Whether an entry is no creator's: a creator of long ago owns all that the server filled in (measured.md 21)."""
    last = subject.application.syncs.last(subject.key)
    return last is not None and (entry.time or "") >= last.started


def _by_job(subject: Subject, difference: Difference) -> bool:
    """Whether a job's copy holds this place, or took the tracking id away, which no such copy has."""
    owners = others(subject, difference)
    applied = bool(owners) and all(entry.manager == CLIENT_SIDE_APPLY for entry in owners)
    return (applied or is_tracking(difference.path)) and bool(pipeline_marks(subject))


CAUSE = Cause(
    id="another-pipeline-applies",
    title="another pipeline writes the same object",
    side=Side.STRUCTURE,
    explain=explain,
    concerns=concerns,
    needs=needs(SYNCED_MANIFESTS),
    helps=needs(SCHEMAS),
    wishes=needs(WEBHOOKS, ADMISSION_POLICIES, NAMESPACE, CRDS),
    everywhere=True,
)
