"""Applications as the Kubernetes API tells of them: watches with bookmarks, which go on where they stood."""

from __future__ import annotations

import random
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import replace

import msgspec

from whydrift.adapters.http.client import Answer
from whydrift.adapters.http.stream import Ended, Opened, lines
from whydrift.adapters.kubernetes.access import NoAccess
from whydrift.adapters.kubernetes.cluster import Cluster, Connected
from whydrift.adapters.kubernetes.places import Places, merged
from whydrift.adapters.kubernetes.refusals import GONE, Judge
from whydrift.adapters.kubernetes.source import KubernetesSource
from whydrift.core.model.finding import ApplicationName
from whydrift.errors import SourceError
from whydrift.ports import NotRead
from whydrift.ports.watching import AppChange, ApplicationChanged, ApplicationDeleted, StreamBroke, StreamStands

GROUP = "/apis/argoproj.io/v1alpha1"
SHORTEST, LONGEST = 300, 600
"""Seconds of one watch, drawn at random so that watchers do not all come back at once (client-go, reflector.go)."""
SILENCE = 90.0
"""Seconds without a byte after which the connection is taken for dead; a bookmark comes about every minute."""
NO_LOGIN, NOT_ALLOWED, NOT_THERE, UNREADABLE_VERSION = 401, 403, 404, 400
NOT_YET = "too large resource version"
"""A version that the server has not reached: it was set back to an older state (KEP-1904)."""

Home = Callable[[str], Awaitable[str | None]]
"""An Argo CD instance → the context of the cluster that it runs in; None where that is not reached."""
Namespaces = Callable[[str], Awaitable[Sequence[str] | NotRead]]
"""An Argo CD instance → every namespace that its Applications may live in; NotRead where that is not known."""


class KubernetesFollower:
    """Watches Applications in all namespaces of Argo CD's own cluster, or one by one in those that hold them."""

    def __init__(self, clusters: KubernetesSource, home: Home, namespaces: Namespaces | None = None) -> None:
        self._clusters = clusters
        self._home = home
        self._namespaces = namespaces
        self.way = f"a watch of Applications in Kubernetes ({'each namespace' if namespaces else 'all namespaces'})"

    def continues(self, since: str) -> bool:
        """Whether that is where watches of these namespaces stood."""
        return Places.are_of(since, single=self._namespaces is not None)

    async def follow(self, instance: str, since: str) -> AsyncGenerator[AppChange, None]:
        """See `ports.watching.Follower`."""
        try:
            at = await self._home(instance)
            cluster = None if at is None else await self._clusters.cluster(at)
            if cluster is None:
                yield StreamBroke("Argo CD's own cluster is not reached by the kubeconfig", refused=True)
                return
            namespaces = ("",) if self._namespaces is None else await self._namespaces(instance)
            if isinstance(namespaces, NotRead):
                yield StreamBroke(namespaces.why, refused=True)
                return
            places, connected = Places(namespaces, since), await cluster.connected()
            watches = {each: self._watch(cluster, connected, instance, each, places.of(each)) for each in namespaces}
            async with aclosing(merged(watches, places)) as changes:
                async for change in changes:
                    yield change
        except (NoAccess, SourceError) as error:
            yield StreamBroke(str(error))

    async def _watch(
        self, cluster: Cluster, connected: Connected, instance: str, namespace: str, since: str
    ) -> AsyncGenerator[AppChange, None]:
        path = f"{GROUP}/namespaces/{namespace}/applications" if namespace else f"{GROUP}/applications"
        query = [("watch", "1"), ("allowWatchBookmarks", "true"), ("timeoutSeconds", str(_seconds()))]
        query += [("resourceVersion", since)] if since else []
        ordered = False
        async for said in lines(connected.client, path, query, "application/json", SILENCE):
            if isinstance(said, Ended) and said.refusal is not None and said.refusal.status == NO_LOGIN:
                connected = await cluster.renewed(connected) if connected.renewable else connected
            connected.renewable = connected.renewable or isinstance(said, Opened)
            for change in _told(said, connected.judge, instance, since):
                ordered = ordered or isinstance(change, StreamStands)
                yield change if ordered else _unplaced(change)


def _told(said: Opened | bytes | Ended, judge: Judge, instance: str, since: str) -> Iterator[AppChange]:
    match said:
        case Opened() if since:
            yield StreamStands(since)
        case Opened():
            pass
        case Ended(refusal=Answer() as refusal):
            yield _refused(judge, refusal)
        case Ended(why=why):
            yield StreamBroke(why or "the server ended the watch, as it does from time to time")
        case bytes():
            yield from _changes(said, instance)


def _unplaced(change: AppChange) -> AppChange:
    """What is there comes first, in no order: none of its versions is a place to go on from; a bookmark is the first.

    (Kubernetes API concepts, "Semantics for watch": get state and start at most recent.)
    """
    return replace(change, since="") if isinstance(change, ApplicationChanged | ApplicationDeleted) else change


def _seconds() -> int:
    return random.randint(SHORTEST, LONGEST)


def _refused(judge: Judge, refusal: Answer) -> StreamBroke:
    reply = judge.reply(refusal)
    why = reply.why if isinstance(reply, NotRead) else f"{judge.server} does not answer with a stream"
    stale = refusal.status in (GONE, UNREADABLE_VERSION) or NOT_YET in why.lower()
    refused, login = refusal.status in (NOT_ALLOWED, NOT_THERE), refusal.status == NO_LOGIN
    return StreamBroke(why, stale, refused, login)


def _changes(line: bytes, instance: str) -> Iterator[AppChange]:
    """What one line says; nothing of an empty one."""
    if not line.strip():
        return
    try:
        event = _EVENT.decode(line)
        found = _OBJECT.decode(event.object)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        yield StreamBroke("the watch broke off in the middle of an event")
        return
    stated = found.metadata
    name = ApplicationName(instance, stated.namespace, stated.name)
    match event.type:
        case "BOOKMARK":
            yield StreamStands(stated.resourceVersion)
        case "ADDED" | "MODIFIED":
            yield ApplicationChanged(name, stated.resourceVersion, bytes(event.object), stated.resourceVersion)
        case "DELETED":
            yield ApplicationDeleted(name, stated.resourceVersion)
        case _:
            stale = found.code == GONE or NOT_YET in found.message.lower()
            yield StreamBroke(found.message or "the server reports an error", stale=stale)


class _Event(msgspec.Struct):
    type: str
    object: msgspec.Raw


class _Metadata(msgspec.Struct):
    name: str = ""
    namespace: str = ""
    resourceVersion: str = ""


class _Object(msgspec.Struct):
    """An Application, a bookmark, or the Status of an error."""

    metadata: _Metadata = msgspec.field(default_factory=_Metadata)
    code: int = 0
    message: str = ""


_EVENT = msgspec.json.Decoder(_Event)
_OBJECT = msgspec.json.Decoder(_Object)
