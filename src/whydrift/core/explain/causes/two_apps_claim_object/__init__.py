"""Two Applications want to own the object: the one that synced last wrote it, and the other one differs.

Why it happens: two folders or charts render one object (often a Namespace), or an object was moved to another
Application and only one of the two was synced since. Each sync rewrites the object and its tracking id; a prune of
the old one deletes what the new one needs.

What proves it: another Application lists the object, the live tracking id names one of the two, and what differs was
written by an Argo CD sync and not by somebody else. A leftover is claimed by whoever renders it.

What would refute it: nobody else lists the object; a person or a controller owns the differing path.

Remedies: one owner. Let the new Application take it over with a sync, drop it from the other; for a Namespace use
managedNamespaceMetadata or labels set by one owner. Never prune what another Application renders.
"""

from __future__ import annotations

from collections.abc import Iterable

from whydrift.core.compare.tracking import INSTANCE_LABEL, TRACKING_ID, parse_tracking_id
from whydrift.core.explain.cause import Cause, needs
from whydrift.core.explain.leftovers import is_extra, other_holders
from whydrift.core.explain.subject import Subject
from whydrift.core.model.drift import Difference
from whydrift.core.model.explanation import Evidence, Explanation, Side, Strength
from whydrift.core.model.fact_kinds import FLEET, SETTINGS
from whydrift.core.model.people import ARGOCD
from whydrift.core.model.values import text


def concerns(subject: Subject, difference: Difference) -> bool:
    """Leftovers, and differences of an object whose tracking id (or label) may name another application."""
    if difference.whole:
        return is_extra(subject, difference)
    label = text(subject.object.live, "metadata", "labels", INSTANCE_LABEL)
    return label not in ("", subject.application.instance_name) or bool(_named(subject))


def explain(subject: Subject, concerned: tuple[Difference, ...]) -> Iterable[Explanation]:
    """Claim what another application renders, or wrote last."""
    for difference in concerned:
        proof = _rendered_elsewhere(subject) if difference.whole else _written_elsewhere(subject, difference)
        if proof:
            yield Explanation(frozenset({difference.path}), Strength.ATTRIBUTED, proof[0].says, proof)


def _rendered_elsewhere(subject: Subject) -> tuple[Evidence, ...]:
    others = other_holders(subject)
    if not others:
        return ()
    named = others[0].called(subject.application.instance)
    says = f"application {named} renders this object now; a prune here would delete it there"
    return (Evidence("all applications", says),)


def _named(subject: Subject) -> str:
    """The other application that the live tracking id names; "" where it names this one, none, or is a copied id."""
    live, own = subject.object.live, subject.application.instance_name
    if _by_label(subject):
        label = text(live, "metadata", "labels", INSTANCE_LABEL)
        return "" if label == own else label
    stated = parse_tracking_id(text(live, "metadata", "annotations", TRACKING_ID))
    if stated is None or not stated.is_of(subject.key) or stated.application == own:
        return ""
    return stated.application


def _by_label(subject: Subject) -> bool:
    settings = subject.facts.maybe(SETTINGS)
    return settings is not None and text(settings, "trackingMethod") == "label"


def _written_elsewhere(subject: Subject, difference: Difference) -> tuple[Evidence, ...]:
    named, fleet = _named(subject), subject.facts.get(FLEET)
    if not named:
        return ()
    holders = fleet.holders(subject.application.cluster, subject.key, subject.application.instance)
    listed = [c for c in holders if named in (c.application, f"{c.namespace}_{c.application}")]
    owners = subject.owners(difference)
    if not listed or any(entry.manager not in ARGOCD for entry in owners):
        return ()
    first = Evidence("tracking-id", f"the live object belongs to application {named}, whose sync wrote it last")
    writers = tuple(Evidence("managed-fields", f"{entry.manager} ({entry.operation}) owns it") for entry in owners)
    return (first, Evidence("all applications", f"{named} lists the object too"), *writers)


CAUSE = Cause(
    id="two-apps-claim-object",
    title="two applications claim the object",
    side=Side.STRUCTURE,
    explain=explain,
    concerns=concerns,
    needs=needs(FLEET),
    wishes=needs(SETTINGS),
)
