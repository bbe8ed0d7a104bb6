"""The base: what the last sync wrote for an object, as far as that is proven (design/decisions.md)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from whydrift.core.explain.subject import Base, sync_options
from whydrift.core.model.application import Application
from whydrift.core.model.fact_kinds import SYNCED_MANIFESTS
from whydrift.core.model.facts import Facts
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.people import ARGOCD
from whydrift.core.model.snapshot import LAST_APPLIED, TRACKING_ID, ObjectSnapshot
from whydrift.core.model.syncs import LastSync
from whydrift.core.model.values import ABSENT, JsonObject, MaybeJson, is_object, text

FROM_LAST_APPLIED = "last-applied, written by Argo CD"
FROM_SAME_REVISION = "the synced revision is the compared one"
FROM_SYNCED_REVISION = "the manifest of the last synced revision"
SKEW: Final = timedelta(minutes=1)
"""How far the clocks of Argo CD and of an API server may be apart before times mean something."""


def base_of(application: Application, item: ObjectSnapshot, facts: Facts) -> Base | None:
    """What the last sync wrote for this object; None where nothing (that was read yet) proves it."""
    applied = _last_applied(application, item)
    if applied is not None:
        return applied
    last = application.syncs.last(item.key)
    if last is None or _argocd_wrote_after(item, last.finished):
        return None
    if last.of_compared_state:
        return Base(item.target, FROM_SAME_REVISION)
    rendered = facts.maybe(SYNCED_MANIFESTS)
    if rendered is None or not _is_rendered(application, last) or _is_secret(item):
        return None
    return Base(rendered_object(rendered, application, item.key), FROM_SYNCED_REVISION)


def git_moved(application: Application, key: ObjectKey) -> bool:
    """Whether git or the Application's parameters changed since this object was last synced."""
    last = application.syncs.last(key)
    return last is not None and not last.of_compared_state


def _is_rendered(application: Application, last: LastSync) -> bool:
    """Whether the render of the last whole sync's revision, with the parameters of today, is what that sync wrote."""
    return (last.revisions, last.parameters) == (application.synced_revisions, application.parameters)


def _last_applied(application: Application, item: ObjectSnapshot) -> Base | None:
    server_side = application.server_side_apply or "ServerSideApply=true" in sync_options(item.target)
    if server_side or not is_object(item.last_applied) or not is_object(item.live):
        return None
    owners = item.owners(("metadata", "annotations", LAST_APPLIED))
    if owners and all(entry.manager in ARGOCD for entry in owners) and not _applied_by_another(item):
        return Base(item.last_applied, FROM_LAST_APPLIED)
    return None


def _applied_by_another(item: ObjectSnapshot) -> bool:
    """Whether last-applied carries the tracking id of another Application (or of an older name of this one)."""
    stated = text(item.last_applied, "metadata", "annotations", TRACKING_ID)
    return bool(stated) and stated != text(item.target, "metadata", "annotations", TRACKING_ID)


def _argocd_wrote_after(item: ObjectSnapshot, finished: str) -> bool:
    """Whether Argo CD wrote the object after the sync that is known: another one, whose revision nothing tells."""
    written = (_moment(entry.time) for entry in item.managers.entries if entry.manager in ARGOCD[:1])
    end = _moment(finished)
    return end is not None and any(time is not None and time > end + SKEW for time in written)


def _moment(time: str | None) -> datetime | None:
    """An RFC 3339 time; None where there is none, or where it is none."""
    try:
        moment = datetime.fromisoformat(time or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _is_secret(item: ObjectSnapshot) -> bool:
    return item.key.kind == "Secret" and not item.key.group


def rendered_object(rendered: Mapping[ObjectKey, JsonObject], application: Application, key: ObjectKey) -> MaybeJson:
    """One object out of a render, whose manifests may lack the namespace that Argo CD adds; ABSENT where it is not."""
    found = rendered.get(key)
    if found is None and key.namespace == application.destination_namespace:
        found = rendered.get(key._replace(namespace=""))
    return ABSENT if found is None else found
