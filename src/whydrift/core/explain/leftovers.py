"""What git left behind: what is proven of an object that only the cluster has."""

from __future__ import annotations

from whydrift.core.compare.tracking import INSTALLATION_ID, INSTANCE_LABEL, TRACKING_ID, parse_tracking_id
from whydrift.core.explain.base import rendered_object
from whydrift.core.explain.subject import Subject
from whydrift.core.model.drift import Difference, Kind
from whydrift.core.model.explanation import Evidence
from whydrift.core.model.fact_kinds import EARLIER_MANIFESTS, FLEET, SETTINGS
from whydrift.core.model.fleet import Claim
from whydrift.core.model.managers import Entry
from whydrift.core.model.people import ARGOCD
from whydrift.core.model.values import ABSENT, child, is_object, items, text


def is_extra(subject: Subject, difference: Difference) -> bool:
    """Whether a difference is a whole object that git, rendered and compared, does not have."""
    whole = difference.whole and difference.kind is Kind.EXTRA
    return whole and subject.object.target is ABSENT and is_object(subject.object.live) and subject.object.compared


def tracked(subject: Subject) -> Evidence | None:
    """How the live object says that it belongs to this application: by an id that names itself, or by the label."""
    live, name = subject.object.live, subject.application.instance_name
    stated = parse_tracking_id(text(live, "metadata", "annotations", TRACKING_ID))
    if stated is not None and stated.application == name and stated.is_of(subject.key):
        return Evidence("tracking-id", f"{stated}: this application made it")
    settings = subject.facts.maybe(SETTINGS)
    by_label = settings is not None and text(settings, "trackingMethod") == "label"
    label = text(settings, "appLabelKey") if settings is not None else ""
    if by_label and text(live, "metadata", "labels", label or INSTANCE_LABEL) == name and written_by_argocd(subject):
        return Evidence("tracking-label", f"{label or INSTANCE_LABEL}: {name}, on an object that Argo CD applied")
    return None


def written_by_argocd(subject: Subject) -> tuple[Entry, ...]:
    """The managed-fields entries of Argo CD's syncs."""
    return tuple(entry for entry in subject.object.managers.entries if entry.manager in ARGOCD)


def owned(subject: Subject) -> bool:
    """Whether another object owns it: then it goes with that one, and Argo CD does not count it."""
    return bool(items(subject.object.live, "metadata", "ownerReferences"))


def other_holders(subject: Subject) -> tuple[Claim, ...]:
    """The other applications that render the object; needs FLEET."""
    application = subject.application
    mine = (application.name, application.namespace, application.instance)
    holders = subject.facts.get(FLEET).holders(application.cluster, subject.key, application.instance)
    return tuple(c for c in holders if not c.leftover and (c.application, c.namespace, c.instance) != mine)


def foreign_installation(subject: Subject) -> bool:
    """Whether another Argo CD made the object."""
    return child(subject.object.live, "metadata", "annotations", INSTALLATION_ID) is not ABSENT


def came_from(subject: Subject) -> str:
    """Since when git has none, as far as the history tells."""
    synced, compared = subject.application.synced_revisions, subject.application.revisions
    if synced and synced != compared:
        return f"git stopped rendering it after the last sync of {synced[0][:8]}"
    return "git does not render it any more, and the last sync did not prune it"


def made_earlier(subject: Subject) -> Evidence | None:
    """That an earlier revision of this application rendered the object."""
    earlier = subject.facts.maybe(EARLIER_MANIFESTS)
    if earlier is None or rendered_object(earlier, subject.application, subject.key) is ABSENT:
        return None
    return Evidence("manifests of earlier revisions", "an earlier synced revision of this application rendered it")


def abandoned(subject: Subject) -> Evidence | None:
    """That an Application which does not exist any more made the object; needs FLEET."""
    stated = parse_tracking_id(text(subject.object.live, "metadata", "annotations", TRACKING_ID))
    if stated is None or not stated.is_of(subject.key) or stated.application in subject.facts.get(FLEET).names:
        return None
    return Evidence("tracking-id", f"{stated}: there is no application {stated.application} any more")


def unseen_because(subject: Subject) -> str:
    """Why Argo CD does not count a leftover."""
    gone = abandoned(subject)
    if gone is not None:
        return f"the application that made it was deleted without it ({gone.says})"
    for row in items(subject.object.live, "metadata", "ownerReferences"):
        owner = f"{text(row, 'kind')} {text(row, 'name')}"
        return f"git does not render it any more, and {owner} owns it now, so Argo CD does not count it"
    return "git does not render it any more, and it carries no tracking id, so Argo CD does not see it"
