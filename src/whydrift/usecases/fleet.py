"""The list of Applications: read once, proven complete or said not to be, indexed by who lists what."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import msgspec

from whydrift.core.model.application import Application
from whydrift.core.model.fact_kinds import FLEET
from whydrift.core.model.facts import Gap
from whydrift.core.model.fleet import Claim, Fleet
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.values import text
from whydrift.errors import SourceError
from whydrift.ports import Api, Body, NotRead, Question, Reply, Source
from whydrift.usecases.clusters import Destinations, clusters_of
from whydrift.usecases.decode import UNREADABLE, decode_object, raw_items
from whydrift.usecases.visibility import listed_whole, not_listed

LIST = "/api/v1/applications"
EVERY_OBJECT = ("*/*", "*")
"""How Argo CD's policies name all objects: its own roles say */* of what is in projects, and a question for * is
answered with no then (assets/builtin-policy.csv, server/account CanI)."""


@dataclass(frozen=True)
class Listing:
    """The Applications of one Argo CD instance, still bytes, and the gap where not all are proven to be visible."""

    instance: str
    content: bytes
    gaps: tuple[Gap, ...]
    version: str
    missed: str = ""
    """Why nothing of this instance could be read."""

    def applications(self) -> Iterator[Application]:
        """The Applications, decoded one at a time."""
        for raw in raw_items(self.content, "the list of applications"):
            yield Application(decode_object(raw, "an application in the list"), self.instance)


async def list_applications(source: Source, instance: str) -> Listing:
    """Read the list of one instance. SourceError where it cannot be read: then nothing can be said at all.

    The rest is asked while the list is read, which takes longest.
    """
    reply, allowed, version = await asyncio.gather(
        source.ask(Question(Api.ARGOCD, LIST, (), instance)),
        may_get_every(source, "applications", instance),
        _version(source, instance),
    )
    content = content_of_list(source, reply)
    return Listing(instance, content, await _completeness(source, instance, content, allowed), version)


def content_of_list(source: Source, reply: Reply) -> bytes:
    """The answer of `LIST`; SourceError where it was not read."""
    if isinstance(reply, NotRead):
        raise SourceError(f"the applications cannot be listed ({source.name}): {reply.why}")
    return reply.content


async def _completeness(source: Source, instance: str, content: bytes, allowed: bool | NotRead) -> tuple[Gap, ...]:
    """Argo CD cuts lists to what the caller may see, without an error: whether that is everything.

    A rule that denies some beside one that allows */* goes unnoticed by its can-i; Kubernetes, where it may be asked,
    knows better.
    """
    if allowed is not True and await listed_whole(source, instance, content):
        return ()
    hidden = await not_listed(source, instance, content)
    if allowed is True:
        needs = "applications, get, */* in Argo CD, and no deny"
        return (Gap("other applications not visible", hidden, needs),) if hidden else ()
    why = allowed.why if isinstance(allowed, NotRead) else "this login may not get applications of every project"
    told = f"{why}; {hidden}" if hidden else why
    return (Gap("other projects not visible", told, "applications, get, */* in Argo CD"),)


async def may_get_every(source: Source, resource: str, instance: str) -> bool | NotRead:
    """Whether Argo CD lets the caller get every object of a resource; why that is not known where it does not say."""
    reply: Reply = NotRead("not asked")
    for name in EVERY_OBJECT:
        path = f"/api/v1/account/can-i/{resource}/get/{name}"
        reply = await source.ask(Question(Api.ARGOCD, path, (), instance))
        try:
            if isinstance(reply, Body) and text(decode_object(reply.content, "can-i"), "value") == "yes":
                return True
        except SourceError as error:
            reply = NotRead(str(error))
    return reply if isinstance(reply, NotRead) else False


async def _version(source: Source, instance: str) -> str:
    reply = await source.ask(Question(Api.ARGOCD, "/api/version", (), instance))
    return text(decode_object(reply.content, "the version"), "Version") if isinstance(reply, Body) else ""


async def list_instances(source: Source) -> tuple[Listing, ...]:
    """The lists of all Argo CD instances of a source; of one among several that cannot be read, nothing and a gap.

    SourceError where none can be read.
    """
    found = [await _listed_or_missed(source, instance) for instance in source.instances()]
    if found and all(listing.missed for listing in found):
        raise SourceError(found[0].missed)
    return tuple(found)


async def _listed_or_missed(source: Source, instance: str) -> Listing:
    try:
        return await list_applications(source, instance)
    except SourceError as error:
        gap = Gap(f"every application of {instance}", str(error), f"a login that {instance} answers")
        return Listing(instance, b'{"items": []}', (gap,), "", str(error))


async def read_fleet(source: Source, listings: Sequence[Listing]) -> Fleet | Gap:
    """Who lists which object of which cluster, in all instances.

    A gap where not every application is proven to be visible, or where it is not known which clusters are the same.
    """
    hidden = next((gap for listing in listings for gap in listing.gaps), None)
    if hidden is not None:
        return Gap(hidden.what, hidden.why, FLEET.needs)
    decoded = {listing.instance: _indexed(listing) for listing in listings}
    clusters = await clusters_of(source, {instance: _destinations(rows) for instance, rows in decoded.items()})
    if isinstance(clusters, Gap):
        return clusters
    claims = (claim for instance, rows in decoded.items() for claim in _claims(rows, instance))
    return Fleet.of(claims, (_instance_name(row) for rows in decoded.values() for row in rows), clusters)


def _indexed(listing: Listing) -> list[_Application]:
    try:
        return _INDEXED.decode(listing.content).items or []
    except UNREADABLE as error:
        raise SourceError(f"the list of applications: not an answer of Argo CD ({error})") from error


def _destinations(applications: Iterable[_Application]) -> Destinations:
    places = (application.spec.destination for application in applications)
    return frozenset((place.server or place.name, not place.server) for place in places if place.server or place.name)


def _claims(applications: Iterable[_Application], instance: str) -> Iterator[tuple[str, ObjectKey, Claim]]:
    for application in applications:
        cluster = application.spec.destination.server or application.spec.destination.name
        name, namespace = application.metadata.name, application.metadata.namespace
        held, left = Claim(name, namespace, False, instance), Claim(name, namespace, True, instance)
        for row in application.status.resources or []:
            key = ObjectKey(row.group, row.kind, row.namespace, row.name)
            # what could not be compared asks for pruning too (measured.md 39), and may well be rendered
            leftover = row.requiresPruning and row.status != "Unknown"
            yield cluster, key, left if leftover else held


def _instance_name(application: _Application) -> str:
    """As `Application.instance_name`."""
    name, namespace, controller = (
        application.metadata.name,
        application.metadata.namespace,
        application.status.controllerNamespace,
    )
    return name if not controller or controller == namespace else f"{namespace}_{name}"


class _Named(msgspec.Struct, gc=False):
    name: str = ""
    namespace: str = ""
    server: str = ""


class _Spec(msgspec.Struct, gc=False):
    destination: _Named = msgspec.field(default_factory=_Named)


class _Row(msgspec.Struct, gc=False):
    group: str = ""
    kind: str = ""
    namespace: str = ""
    name: str = ""
    requiresPruning: bool = False
    status: str = ""


class _Status(msgspec.Struct):
    controllerNamespace: str = ""
    resources: list[_Row] | None = None


class _Application(msgspec.Struct):
    metadata: _Named = msgspec.field(default_factory=_Named)
    spec: _Spec = msgspec.field(default_factory=_Spec)
    status: _Status = msgspec.field(default_factory=_Status)


class _Applications(msgspec.Struct):
    items: list[_Application] | None = None


_INDEXED = msgspec.json.Decoder(_Applications)
