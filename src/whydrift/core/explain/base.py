"""The base: what the last sync wrote for an object, as far as that is proven (design/decisions.md)."""

from __future__ import annotations

from collections.abc import Mapping

from whydrift.core.explain.subject import Base, sync_options
from whydrift.core.model.application import Application
from whydrift.core.model.fact_kinds import SYNCED_MANIFESTS
from whydrift.core.model.facts import Facts
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.people import ARGOCD
from whydrift.core.model.snapshot import LAST_APPLIED, ObjectSnapshot
from whydrift.core.model.values import ABSENT, Json, JsonObject, MaybeJson, is_object, items, text

FROM_LAST_APPLIED = "last-applied, written by Argo CD"
FROM_SAME_REVISION = "the synced revision is the compared one"
FROM_SYNCED_REVISION = "the manifest of the last synced revision"


def base_of(application: Application, item: ObjectSnapshot, facts: Facts) -> Base | None:
    """What the last sync wrote for this object; None where nothing (that was read yet) proves it."""
    applied = _last_applied(application, item)
    if applied is not None:
        return applied
    revisions = synced_revisions(application, item.key)
    if not revisions:
        return None
    if revisions == application.revisions and _same_sources(application):
        return Base(item.target, FROM_SAME_REVISION)
    if revisions != application.synced_revisions or _is_secret(item):
        return None
    rendered = facts.maybe(SYNCED_MANIFESTS)
    return None if rendered is None else Base(rendered_object(rendered, application, item.key), FROM_SYNCED_REVISION)


def synced_revisions(application: Application, key: ObjectKey) -> tuple[str, ...]:
    """The revisions at which this object was last synced; a selective sync counts only for what it named."""
    operation = application.operation
    selected = items(operation, "operation", "sync", "resources")
    newer = not application.history or text(operation, "finishedAt") > text(application.history[-1], "deployedAt")
    if selected and newer and any(_selects(row, key) for row in selected):
        result = text(operation, "syncResult", "revision")
        return (result,) if result and text(operation, "phase") == "Succeeded" else ()
    return application.synced_revisions


def _selects(row: Json, key: ObjectKey) -> bool:
    return (text(row, "group"), text(row, "kind"), text(row, "name")) == (key.group, key.kind, key.name)


def _last_applied(application: Application, item: ObjectSnapshot) -> Base | None:
    server_side = application.server_side_apply or "ServerSideApply=true" in sync_options(item.target)
    if server_side or not is_object(item.last_applied) or not is_object(item.live):
        return None
    owners = item.managers.owners(("metadata", "annotations", LAST_APPLIED), item.live)
    if owners and all(entry.manager in ARGOCD for entry in owners):
        return Base(item.last_applied, FROM_LAST_APPLIED)
    return None


def _same_sources(application: Application) -> bool:
    """Whether the application's own parameters are those of the last sync (targetRevision aside: revisions decide)."""
    entry = application.history[-1] if application.history else {}
    before = items(entry, "sources") or [entry.get("source")]
    after = [source.raw for source in application.sources]
    return [_parameters(source) for source in before] == [_parameters(source) for source in after]


def _parameters(source: Json) -> Json:
    return {key: part for key, part in source.items() if key != "targetRevision"} if is_object(source) else source


def _is_secret(item: ObjectSnapshot) -> bool:
    return item.key.kind == "Secret" and not item.key.group


def rendered_object(rendered: Mapping[ObjectKey, JsonObject], application: Application, key: ObjectKey) -> MaybeJson:
    """One object out of a render, whose manifests may lack the namespace that Argo CD adds; ABSENT when not rendered."""
    for candidate, manifest in rendered.items():
        namespace = candidate.namespace or (application.destination_namespace if key.namespace else "")
        if candidate._replace(namespace=namespace) == key:
            return manifest
    return ABSENT
