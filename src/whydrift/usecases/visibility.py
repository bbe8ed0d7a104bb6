"""Whether Argo CD lists every Application that Kubernetes has: of rules that deny some its own can-i does not tell."""

from __future__ import annotations

from collections import Counter

import msgspec

from whydrift.core.model.fleet import OWN_CLUSTER
from whydrift.errors import SourceError
from whydrift.ports import Api, NotRead, Question, Source
from whydrift.usecases.decode import UNREADABLE

GROUP = "/apis/argoproj.io/v1alpha1"
ONE = (("limit", "1"),)
"""Kubernetes counts what remains (ListMeta.remainingItemCount): one object tells how many there are."""


class _Place(msgspec.Struct):
    namespace: str = ""


class _Status(msgspec.Struct):
    controllerNamespace: str = ""


class _Application(msgspec.Struct):
    metadata: _Place = msgspec.field(default_factory=_Place)
    status: _Status = msgspec.field(default_factory=_Status)


class _Applications(msgspec.Struct):
    items: list[_Application] | None = None


class _Page(msgspec.Struct):
    class Rest(msgspec.Struct, rename={"more": "continue"}):
        more: str = ""
        remainingItemCount: int | None = None

    metadata: Rest = msgspec.field(default_factory=Rest)
    items: list[msgspec.Raw] | None = None


_LIST, _PAGE = msgspec.json.Decoder(_Applications), msgspec.json.Decoder(_Page)


async def listed_whole(source: Source, instance: str, content: bytes) -> bool:
    """Whether the whole cluster that Argo CD runs in has no more Applications than `content` lists."""
    return await _count(source, instance, f"{GROUP}/applications") == len(_applications(content))


async def not_listed(source: Source, instance: str, content: bytes) -> str:
    """How many Applications Argo CD keeps from this login, in a namespace that it looks into; "" where none are known.

    Those of other namespaces may be another Argo CD's.
    """
    rows = _applications(content)
    listed = Counter(row.metadata.namespace for row in rows)
    for namespace in sorted({row.status.controllerNamespace for row in rows} | listed.keys()):
        found = await _count(source, instance, f"{GROUP}/namespaces/{namespace}/applications") if namespace else None
        if found is not None and found > listed[namespace]:
            return f"Kubernetes has {found} in namespace {namespace}, Argo CD lists {listed[namespace]} of them"
    return ""


def _applications(content: bytes) -> list[_Application]:
    try:
        return _LIST.decode(content).items or []
    except UNREADABLE as error:
        raise SourceError(f"the list of applications: not an answer of Argo CD ({error})") from error


async def _count(source: Source, instance: str, path: str) -> int | None:
    """How many objects a list of the cluster that Argo CD runs in holds; None where that is not known."""
    at = (await source.clusters(instance)).get(OWN_CLUSTER)
    if at is None:
        return None
    reply = await source.ask(Question(Api.KUBERNETES, path, ONE, at))
    if isinstance(reply, NotRead):
        return None
    try:
        page = _PAGE.decode(reply.content)
    except UNREADABLE:
        return None
    rest = page.metadata.remainingItemCount
    return None if rest is None and page.metadata.more else len(page.items or []) + (rest or 0)
