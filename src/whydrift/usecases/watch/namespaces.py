"""Where the Applications of an Argo CD may live: what has to be followed where not all namespaces can be."""

from __future__ import annotations

import msgspec

from whydrift.core.model.fleet import OWN_CLUSTER
from whydrift.errors import SourceError
from whydrift.ports import Api, NotRead, Question, Reply, Source
from whydrift.usecases.decode import UNREADABLE, stated_homes
from whydrift.usecases.fleet import LIST
from whydrift.usecases.watch.rounds import is_passing

HOME = (("fields", "items.status.controllerNamespace"),)
PARAMETERS = "argocd-cmd-params-cm"
PATTERN = frozenset("*?[]{}/")
"""What makes a namespace a glob, or (within slashes) a regular expression (Argo CD, util/glob MatchStringInList)."""


async def application_namespaces(source: Source, instance: str) -> tuple[str, ...] | NotRead:
    """Every namespace that Applications of an instance may live in; NotRead where that cannot be known, and why.

    SourceError where it cannot be for the moment.

    Argo CD's own, and with "Applications in any namespace" those of `application.namespaces`. A pattern may mean a
    namespace that is not there yet: no list of namespaces is all of them.
    """
    reply = await _asked(source, Question(Api.ARGOCD, "/api/v1/settings", (), instance))
    if isinstance(reply, NotRead):
        return NotRead(f"where Applications live is not known: {reply.why}")
    try:
        settings = msgspec.json.decode(reply.content, type=_Settings)
    except UNREADABLE:
        return NotRead("where Applications live is not known: Argo CD's settings cannot be read")
    home = settings.controllerNamespace or await _stated_home(source, instance)
    if not home:
        return NotRead("where Applications live is not known: Argo CD does not say in which namespace it runs")
    if not settings.appsInAnyNamespaceEnabled:
        return (home,)
    return await _others(source, instance, home)


async def _asked(source: Source, question: Question) -> Reply:
    """The answer. SourceError where a server does not answer for the moment: that says nothing of namespaces."""
    reply = await source.ask(question)
    if isinstance(reply, NotRead) and is_passing(reply):
        raise SourceError(reply.why)
    return reply


async def _stated_home(source: Source, instance: str) -> str:
    """Argo CD's own namespace as Applications state it: older ones do not show it in their settings."""
    reply = await _asked(source, Question(Api.ARGOCD, LIST, HOME, instance))
    stated = set() if isinstance(reply, NotRead) else set(stated_homes(reply.content))
    return stated.pop() if len(stated) == 1 else ""


async def _others(source: Source, instance: str, home: str) -> tuple[str, ...] | NotRead:
    """Argo CD's own namespace and those of `application.namespaces`."""
    unknown = "Applications live in other namespaces, too"
    at = (await source.clusters(instance)).get(OWN_CLUSTER)
    path = f"/api/v1/namespaces/{home}/configmaps/{PARAMETERS}"
    if at is None:
        return NotRead(f"{unknown}, and the cluster that says in which is not reached")
    reply = await _asked(source, Question(Api.KUBERNETES, path, (), at))
    if isinstance(reply, NotRead):
        return NotRead(f"{unknown}, and ConfigMap {home}/{PARAMETERS}, which says in which, is not read: {reply.why}")
    try:
        stated = (msgspec.json.decode(reply.content, type=_ConfigMap).data or {}).get("application.namespaces", "")
    except UNREADABLE:
        stated = ""
    named = [name.strip() for name in stated.split(",") if name.strip()]
    if not named:
        return NotRead(f"{unknown}, and ConfigMap {home}/{PARAMETERS} does not say in which")
    patterns = [name for name in named if PATTERN.intersection(name)]
    if patterns:
        return NotRead(f"Applications may live in any namespace like {', '.join(patterns)}")
    return tuple(dict.fromkeys((home, *named)))


class _Settings(msgspec.Struct):
    controllerNamespace: str = ""
    appsInAnyNamespaceEnabled: bool = False


class _ConfigMap(msgspec.Struct):
    data: dict[str, str] | None = None
