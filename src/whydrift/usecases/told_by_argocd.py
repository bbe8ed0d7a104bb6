"""Asks Argo CD about itself, its projects and its applications: what it answers is a fact, or a gap with its reason."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from whydrift.core.model.application import Application
from whydrift.core.model.fact_kinds import (
    APPLICATION_EVENTS,
    ARGOCD_CONFIG,
    ARGOCD_VERSION,
    PROJECTS,
    SETTINGS,
    SYNC_WINDOWS,
)
from whydrift.core.model.facts import FactKind, Gap
from whydrift.core.model.fleet import OWN_CLUSTER
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.values import Json, JsonObject, items, mapping, text
from whydrift.ports import Api, Question

if TYPE_CHECKING:
    from whydrift.usecases.facts import FactReader

Reader = Callable[["FactReader", Application, ObjectKey], Awaitable[object]]
"""Reads one fact about an application, or about an object of it."""


async def settings(reader: FactReader, application: Application, key: ObjectKey) -> object:
    """Argo CD's settings, as its API shows them."""
    return reader.value(await reader.argocd("/api/v1/settings"), SETTINGS, "Argo CD's settings")


async def config(reader: FactReader, application: Application, key: ObjectKey) -> object:
    """The data of argocd-cm and argocd-cmd-params-cm, which say more than the API shows."""
    namespace = text(application.raw, "status", "controllerNamespace") or application.namespace
    data: dict[str, Json] = {}
    home = (await reader.source.clusters(reader.instance)).get(OWN_CLUSTER, "") if reader.instance else ""
    for name in ("argocd-cm", "argocd-cmd-params-cm"):
        question = Question(Api.KUBERNETES, f"/api/v1/namespaces/{namespace}/configmaps/{name}", (), home)
        found = reader.value(await reader.source.ask(question), ARGOCD_CONFIG, f"ConfigMap {namespace}/{name}")
        if isinstance(found, Gap):
            return found
        data.update(mapping(found, "data"))
    return data


async def version(reader: FactReader, application: Application, key: ObjectKey) -> object:
    """Argo CD's version."""
    found = reader.value(await reader.argocd("/api/version"), ARGOCD_VERSION, "Argo CD's version")
    return found if isinstance(found, Gap) else text(found, "Version")


async def projects(reader: FactReader, application: Application, key: ObjectKey) -> object:
    """The projects, as far as Argo CD lists them."""
    found = reader.value(await reader.argocd("/api/v1/projects"), PROJECTS, "projects")
    return found if isinstance(found, Gap) else tuple(row for row in items(found, "items") if isinstance(row, dict))


def application_part(kind: FactKind[JsonObject], part: str) -> Reader:
    """Reads what Argo CD answers about one application below its name."""

    async def read(reader: FactReader, application: Application, key: ObjectKey) -> object:
        return reader.value(await reader.about(application, part), kind, f"{kind.name} of {application.name}")

    return read


async def sync_windows(reader: FactReader, application: Application, key: ObjectKey) -> object:
    """Whether windows hold an application back; of one that is Synced only where some project states any.

    An application has the windows of its project, and of the global ones (util/argo, GetAppVirtualProject).
    """
    if not application.drifting:
        listed = await reader.fact(application, key, PROJECTS) or ()
        own = any(text(project, "metadata", "name") == application.project for project in listed)
        if own and not any(items(project, "spec", "syncWindows") for project in listed):
            return {"canSync": True}
    return await application_part(SYNC_WINDOWS, "/syncwindows")(reader, application, key)


async def application_events(reader: FactReader, application: Application, key: ObjectKey) -> object:
    """The events of the Application itself."""
    found = reader.value(
        await reader.about(application, "/events"), APPLICATION_EVENTS, f"events of {application.name}"
    )
    return found if isinstance(found, Gap) else tuple(items(found, "items"))
