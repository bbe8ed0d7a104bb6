"""A controller made the object and copied the tracking mark of its parent onto it, so it looks like a leftover.

Why it happens: operators copy labels and annotations to what they make: claims, Secrets, pods of a database. Where
Argo CD tracks by label, the copied label makes the child its own, git does not have it, and a prune would delete it.

What proves it: the object carries the mark of this application, no sync of Argo CD ever wrote it, and its managed
fields name the controller that made it; or its tracking id names another object than the one it stands on.

What would refute it: Argo CD's own entry in the managed fields; the mark names another application or none.

Remedies: track by annotation (a copied id then counts for nothing), or keep the operator from copying the mark. Never
prune: what would go may hold data.
"""

from __future__ import annotations

from collections.abc import Iterable

from whydrift.core.compare.tracking import INSTANCE_LABEL, TRACKING_ID, parse_tracking_id
from whydrift.core.explain.cause import Cause, needs
from whydrift.core.explain.evidence import ownership
from whydrift.core.explain.leftovers import is_extra, written_by_argocd
from whydrift.core.explain.subject import Subject
from whydrift.core.model.drift import Difference
from whydrift.core.model.explanation import Evidence, Explanation, Side, Strength
from whydrift.core.model.fact_kinds import SETTINGS
from whydrift.core.model.managers import Entry
from whydrift.core.model.people import Writer
from whydrift.core.model.values import text


def concerns(subject: Subject, difference: Difference) -> bool:
    """Whole objects that only live has and that no sync of Argo CD wrote."""
    return is_extra(subject, difference) and not written_by_argocd(subject)


def explain(subject: Subject, concerned: tuple[Difference, ...]) -> Iterable[Explanation]:
    """Claim what a controller made and marked as this application's."""
    mark, makers = _copied(subject), _makers(subject)
    if mark is None or not makers:
        return
    yield Explanation(
        paths=frozenset(d.path for d in concerned),
        strength=Strength.ATTRIBUTED,
        why=f"{makers[0].manager} made it and copied the tracking mark onto it; git never had it",
        evidence=(
            mark,
            Evidence("managed-fields", "no sync of Argo CD ever wrote the object"),
            *(ownership(entry, subject.knowledge.people) for entry in makers),
        ),
    )


def _copied(subject: Subject) -> Evidence | None:
    live, settings = subject.object.live, subject.facts.get(SETTINGS)
    name = subject.application.instance_name
    stated = parse_tracking_id(text(live, "metadata", "annotations", TRACKING_ID))
    if stated is not None and stated.application == name and not stated.is_of(subject.key):
        return Evidence("tracking-id", f"{stated}: the id of another object")
    label = text(settings, "appLabelKey") or INSTANCE_LABEL
    if text(settings, "trackingMethod") == "label" and text(live, "metadata", "labels", label) == name:
        return Evidence("tracking-label", f"{label}: {name}, and Argo CD tracks by this label")
    return None


def _makers(subject: Subject) -> tuple[Entry, ...]:
    people = subject.knowledge.people
    entries = (entry for entry in subject.object.managers.entries if not entry.subresource)
    return tuple(entry for entry in entries if people.writer(entry.manager) is Writer.CONTROLLER)


CAUSE = Cause(
    id="operator-copies-tracking-id",
    title="a controller copied the tracking mark onto what it made",
    side=Side.STRUCTURE,
    explain=explain,
    concerns=concerns,
    needs=needs(SETTINGS),
)
