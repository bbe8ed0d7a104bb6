"""Which clusters are the same, whatever an Argo CD instance calls them: by URL, by name, or its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from whydrift.core.model.facts import Gap
from whydrift.core.model.fleet import OWN_CLUSTER
from whydrift.core.model.values import items, text
from whydrift.ports import Api, NotRead, Question, Source
from whydrift.usecases.decode import decode_object

OWN = (OWN_CLUSTER, "in-cluster")
Destinations = frozenset[tuple[str, bool]]
"""What the applications of an instance state as their cluster, and whether that is a name."""
Clusters = dict[tuple[str, str], str]
"""(instance, what it calls a cluster) → which one it is."""


class _Stated(NamedTuple):
    """A cluster as an instance states it, its URL, and the id under which the source reaches it."""

    instance: str
    called: str
    url: str
    at: str | None


async def clusters_of(source: Source, stated: Mapping[str, Destinations]) -> Clusters | Gap:
    """Which cluster each instance means by what; a gap where that cannot be told."""
    found: list[_Stated] = []
    for instance, destinations in stated.items():
        named = {called for called, by_name in destinations if by_name and called not in OWN}
        servers = await _servers(source, instance) if named else {}
        if isinstance(servers, Gap):
            return servers
        unknown = sorted(named - set(servers))
        if unknown:
            return Gap(
                f"cluster {unknown[0]}", "Argo CD does not list a cluster of this name", "clusters get in Argo CD"
            )
        reached = await source.clusters(instance) if len(stated) > 1 else {}
        for called, _ in destinations:
            url = OWN_CLUSTER if called in OWN else servers.get(called, called)
            found.append(_Stated(instance, called, url, reached.get(called, reached.get(url))))
    if len(stated) == 1:
        return {(each.instance, each.called): each.url for each in found}
    return next(_untold(found), None) or {
        (e.instance, e.called): e.url if e.at is None else f"at {e.at}" for e in found
    }


def _untold(found: list[_Stated]) -> Iterator[Gap]:
    """What could be the same cluster and cannot be told apart: an instance's own, and one that is not reached."""
    needs = "a context of the kubeconfig for it: --context A,B names one for each Argo CD"
    for each in found:
        if each.url == OWN_CLUSTER and each.at is None:
            yield Gap(f"the cluster of instance {each.instance}", "it is not known which one it runs in", needs)
    for each in found:
        others = (other for other in found if other.instance != each.instance)
        if each.at is None and any(other.url == OWN_CLUSTER for other in others):
            why = "it may be the one that another instance runs in, and is not reached"
            yield Gap(f"cluster {each.called} of instance {each.instance}", why, needs)


async def _servers(source: Source, instance: str) -> dict[str, str] | Gap:
    """The URL of each cluster that Argo CD knows, by its name."""
    reply = await source.ask(Question(Api.ARGOCD, "/api/v1/clusters", (), instance))
    if isinstance(reply, NotRead):
        return Gap("clusters", reply.why, "clusters get in Argo CD")
    rows = items(decode_object(reply.content, "the list of clusters"), "items")
    return {text(row, "name"): text(row, "server") for row in rows if text(row, "name")}
