"""The base: what the last sync wrote for an object, as far as that is proven (design/decisions.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from whydrift.core.explain.subject import Base, sync_options
from whydrift.core.model.application import Application
from whydrift.core.model.fact_kinds import SYNCED_MANIFESTS
from whydrift.core.model.facts import Facts
from whydrift.core.model.objects import ObjectKey, key_of_row
from whydrift.core.model.people import ARGOCD
from whydrift.core.model.snapshot import LAST_APPLIED, TRACKING_ID, ObjectSnapshot
from whydrift.core.model.values import ABSENT, Json, JsonObject, MaybeJson, is_object, items, text

FROM_LAST_APPLIED = "last-applied, written by Argo CD"
FROM_SAME_REVISION = "the synced revision is the compared one"
FROM_SYNCED_REVISION = "the manifest of the last synced revision"
SKEW: Final = timedelta(minutes=1)
"""How far the clocks of Argo CD and of an API server may be apart before times mean something."""


@dataclass(frozen=True, slots=True)
class LastSync:
    """The last sync that applied an object: its revisions and sources, and its RFC 3339 start and end."""

    revisions: tuple[str, ...]
    sources: tuple[Json, ...]
    started: str
    finished: str

    def is_compared_state(self, application: Application) -> bool:
        """Whether git and the Application's own parameters are those that the verdict was computed from."""
        after = [_parameters(source.raw) for source in application.sources]
        return self.revisions == application.revisions and [_parameters(source) for source in self.sources] == after


def last_sync(application: Application, key: ObjectKey) -> LastSync | None:
    """The last sync that is known to have applied this object; a selective or half-failed one only where it did.

    The history holds whole, successful syncs only; what a later operation applied stands in `syncResult.resources`
    (gitops-engine sync_context.go, setResourceResult; reference/measured.md 26 and 50).
    """
    operation, history = application.operation, application.history
    newer = not history or text(operation, "finishedAt") > text(history[-1], "deployedAt")
    result = operation.get("syncResult")
    if newer and is_object(result) and any(_applied(row, key) for row in items(result, "resources")):
        return _sync(result, text(operation, "startedAt"), text(operation, "finishedAt"))
    if not history:
        return None
    last = history[-1]
    return _sync(last, text(last, "deployStartedAt") or text(last, "deployedAt"), text(last, "deployedAt"))


def base_of(application: Application, item: ObjectSnapshot, facts: Facts) -> Base | None:
    """What the last sync wrote for this object; None where nothing (that was read yet) proves it."""
    applied = _last_applied(application, item)
    if applied is not None:
        return applied
    last = last_sync(application, item.key)
    if last is None or _argocd_wrote_after(item, last.finished):
        return None
    if last.is_compared_state(application):
        return Base(item.target, FROM_SAME_REVISION)
    rendered = facts.maybe(SYNCED_MANIFESTS)
    if rendered is None or not _is_rendered(application, last) or _is_secret(item):
        return None
    return Base(rendered_object(rendered, application, item.key), FROM_SYNCED_REVISION)


def git_moved(application: Application, key: ObjectKey) -> bool:
    """Whether git or the Application's parameters changed since this object was last synced."""
    last = last_sync(application, key)
    return last is not None and not last.is_compared_state(application)


def _sync(holder: JsonObject, started: str, finished: str) -> LastSync:
    several, one = items(holder, "revisions"), text(holder, "revision")
    revisions = tuple(str(revision) for revision in several) or ((one,) if one else ())
    return LastSync(revisions, tuple(items(holder, "sources")) or (holder.get("source"),), started, finished)


def _applied(row: Json, key: ObjectKey) -> bool:
    """Whether a row of a sync's result is of this object, applied; it gives cluster-scoped objects a namespace."""
    if not is_object(row) or text(row, "status") != "Synced":
        return False
    named = key_of_row(row)
    return named == key or named._replace(namespace="") == key


def _is_rendered(application: Application, last: LastSync) -> bool:
    """Whether the render of the last whole sync's revision, with the parameters of today, is what that sync wrote."""
    today = [_parameters(source.raw) for source in application.sources]
    return last.revisions == application.synced_revisions and [_parameters(source) for source in last.sources] == today


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


def _parameters(source: Json) -> Json:
    return {key: part for key, part in source.items() if key != "targetRevision"} if is_object(source) else source


def _is_secret(item: ObjectSnapshot) -> bool:
    return item.key.kind == "Secret" and not item.key.group


def rendered_object(rendered: Mapping[ObjectKey, JsonObject], application: Application, key: ObjectKey) -> MaybeJson:
    """One object out of a render, whose manifests may lack the namespace that Argo CD adds; ABSENT where it is not."""
    found = rendered.get(key)
    if found is None and key.namespace == application.destination_namespace:
        found = rendered.get(key._replace(namespace=""))
    return ABSENT if found is None else found
