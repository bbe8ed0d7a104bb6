"""Doctor: can everything be reached, who are we, and which permission is missing for which fact. GETs only."""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from whydrift.core.model.application import Application
from whydrift.core.model.checkup import ArgocdCheck, Checkup, ClusterCheck, Lack, RepositoryCheck
from whydrift.core.model.fleet import OWN_CLUSTER
from whydrift.core.model.schema import Schemas
from whydrift.core.model.values import JsonObject, items, mapping, text
from whydrift.core.model.versions import calibrated
from whydrift.core.rbac import POLICY
from whydrift.errors import SourceError
from whydrift.ports import Api, Body, NotRead, Question, Reply, Source
from whydrift.usecases.decode import decode
from whydrift.usecases.fleet import Listing, list_applications, may_get_every
from whydrift.usecases.needs import HOME, NAMESPACE, OBJECT, PROOF, Need, needs

USER = "/api/v1/session/userinfo"
CREDENTIALS = re.compile(r"(?<=://)[^/@\s]+@")
MOST_NAMESPACES = 40
"""How many namespaces are tried one by one, where a permission does not hold for all of them."""
TRY_ONE = (("limit", "1"),)
FORBIDDEN = 403


@dataclass(frozen=True)
class Examination:
    """What to examine. `live` servers are asked for one object of each list; a recording holds whole ones."""

    source: Source
    schemas: Schemas
    live: bool
    clusters_wanted: bool = True
    dry_run: bool = False
    core: bool = False
    reachable: Callable[[str], Awaitable[str]] | None = None
    """A repository's URL → why it cannot be read, "" where it can; None where no repository is to be read."""


Destination = tuple[str, str]
"""An instance, and a cluster as this instance calls it."""


@dataclass
class _Fleet:
    """What the applications of all instances name."""

    home: str = "argocd"
    destinations: dict[Destination, set[str]] = field(default_factory=lambda: defaultdict(set))
    applications: dict[Destination, int] = field(default_factory=lambda: defaultdict(int))
    repositories: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    kinds: dict[Destination, set[tuple[str, str]]] = field(default_factory=lambda: defaultdict(set))

    def add(self, application: Application) -> None:
        """Count one application."""
        self.home = text(application.raw, "status", "controllerNamespace") or self.home
        destination = (application.instance, application.cluster)
        self.applications[destination] += 1
        places = {key.namespace for key, _ in application.rows} | {application.destination_namespace}
        self.destinations[destination] |= places - {""}
        for key, row in application.rows:
            version = f"{key.group}/{text(row, 'version')}".lstrip("/")
            self.kinds[destination].add((version, key.kind))
        for source in application.sources:
            if source.repo and not source.chart and not source.repo.startswith("oci://"):
                self.repositories[source.repo] += 1


async def examine(what: Examination) -> Checkup:
    """Look at everything once. Never raises for what cannot be reached: that is what it is there to say."""
    fleet = _Fleet()
    argocd = [await _argocd(what, instance, fleet) for instance in what.source.instances()]
    clusters = await _clusters(what, fleet) if any(not check.problem for check in argocd) else []
    repositories = await _repositories(what.reachable, fleet) if what.reachable is not None else ()
    return Checkup(
        source=what.source.name,
        live=what.live,
        core=what.core,
        argocd=tuple(argocd),
        clusters=tuple(clusters),
        repositories=repositories,
        home=fleet.home,
        patches=await _patches(what, fleet) if what.dry_run else (),
        asked=what.source.requests,
    )


async def _argocd(what: Examination, instance: str, fleet: _Fleet) -> ArgocdCheck:
    address = instance or what.source.name.partition(",")[0]
    try:
        listing = await list_applications(what.source, instance)
        found = _counted(listing, fleet)
    except SourceError as error:
        return ArgocdCheck(address=address, problem=str(error))
    user = _decoded(await what.source.ask(Question(Api.ARGOCD, USER, (), instance)), USER)
    may = {resource: await _may(what, resource, instance) for resource, _, _ in POLICY}
    return ArgocdCheck(
        address=address,
        version=listing.version,
        calibrated=calibrated(listing.version),
        user=text(user, "username"),
        applications=found,
        complete=not listing.gaps,
        may=tuple(resource for resource, allowed in may.items() if allowed),
        may_not=tuple(resource for resource, allowed in may.items() if allowed is False),
    )


def _counted(listing: Listing, fleet: _Fleet) -> int:
    number = 0
    for application in listing.applications():
        fleet.add(application)
        number += 1
    return number


async def _may(what: Examination, resource: str, instance: str) -> bool | None:
    """Whether Argo CD lets us get every object of a resource; None where there is nobody to say so."""
    allowed = await may_get_every(what.source, resource, instance)
    if isinstance(allowed, NotRead):
        return None if allowed.status is None else False
    return allowed


def _decoded(reply: Reply, what: str) -> JsonObject:
    try:
        return mapping(decode(reply.content, what)) if isinstance(reply, Body) else {}
    except SourceError:
        return {}


async def _clusters(what: Examination, fleet: _Fleet) -> list[ClusterCheck]:
    asked = await needs(what.schemas, what.core)
    checks = []
    for (instance, cluster), number in sorted(fleet.applications.items()):
        reached = await what.source.clusters(instance)
        place = _Place(what, reached.get(cluster, ""), fleet.home, sorted(fleet.destinations[instance, cluster]))
        if cluster in reached:
            problem, lacks = await _examine_cluster(place, asked)
        else:
            problem, lacks = await _not_reached(place, asked, instance, cluster)
        if problem or cluster in reached or what.clusters_wanted:
            named = f"{instance}: {cluster}" if instance else cluster
            checks.append(
                ClusterCheck(cluster=named, context=place.at, applications=number, lacks=lacks, problem=problem)
            )
    return checks


async def _not_reached(
    place: _Place, asked: Sequence[Need], instance: str, cluster: str
) -> tuple[str, tuple[Lack, ...]]:
    """Why a cluster is not asked; what is missing where only a permission keeps it from being proven to be the one."""
    if not place.what.clusters_wanted:
        return "", ()
    if not place.what.live:
        return "not in the recording", ()
    if cluster != OWN_CLUSTER or instance:
        return "not in the kubeconfig", ()
    reply = await place.ask("/version")
    if not isinstance(reply, NotRead):
        return "not in the kubeconfig", ()
    if reply.status != FORBIDDEN:
        return reply.why, ()
    proofs = (need for need in asked if PROOF in need.facts)
    return "not proven to be the cluster that Argo CD runs in", tuple(
        _lacking(need, reply, (place.home,)) for need in proofs
    )


@dataclass(frozen=True)
class _Place:
    """One cluster as it is examined: `at` is its id, `home` Argo CD's namespace, `namespaces` those of its objects."""

    what: Examination
    at: str
    home: str
    namespaces: list[str]

    async def ask(self, path: str, query: tuple[tuple[str, str], ...] = ()) -> Reply:
        """Ask this cluster."""
        return await self.what.source.ask(Question(Api.KUBERNETES, path, query, self.at))


async def _examine_cluster(place: _Place, asked: Sequence[Need]) -> tuple[str, tuple[Lack, ...]]:
    """Why the cluster cannot be used at all, and what is missing where it can."""
    if place.what.live:
        version = await place.ask("/version")
        if isinstance(version, NotRead) and version.status in (None, 401):
            return version.why, ()
    elsewhere = [need for need in asked if need.at_home and place.at]
    unknowable = [need for need in asked if OBJECT in need.path and not place.what.live]
    wanted = [need for need in asked if need not in elsewhere and need not in unknowable]
    lacks = await asyncio.gather(*(_lack(place, need) for need in wanted))
    return "", tuple(lack for lack in lacks if lack is not None)


async def _lack(place: _Place, need: Need) -> Lack | None:
    """What is missing for one need; None where nothing is."""
    path = need.path.replace(HOME, place.home)
    limit = TRY_ONE if place.what.live and need.asks.is_list else ()
    if NAMESPACE not in path:
        reply = await place.ask(path, limit)
        return None if _allowed(reply) else _lacking(need, reply, (place.home,) if need.at_home else ())
    if limit:
        everywhere = await place.ask(path.replace(f"/namespaces/{NAMESPACE}", ""), limit)
        if _allowed(everywhere):
            return None
    tried = place.namespaces[:MOST_NAMESPACES]
    asked = await asyncio.gather(*(place.ask(path.replace(NAMESPACE, name), limit) for name in tried))
    replies = dict(zip(tried, asked, strict=True))
    refused = {name: reply for name, reply in replies.items() if not _allowed(reply)}
    if not refused:
        return None
    return _lacking(need, next(iter(refused.values())), () if len(refused) == len(replies) else tuple(refused))


def _allowed(reply: Reply) -> bool:
    """A 404 is an answer, too: whoever may not look is told 403."""
    return isinstance(reply, Body) or reply.status == 404


def _lacking(need: Need, reply: Reply, namespaces: tuple[str, ...]) -> Lack:
    return Lack(
        verb=need.asks.verb,
        resource=need.asks.granted,
        group=need.asks.group,
        names=(need.name,) if need.name else (),
        namespaces=namespaces,
        why=reply.why if isinstance(reply, NotRead) else "",
        leaves_unknown=need.facts,
    )


async def _repositories(reachable: Callable[[str], Awaitable[str]], fleet: _Fleet) -> tuple[RepositoryCheck, ...]:
    urls = sorted(fleet.repositories)
    problems = await asyncio.gather(*(reachable(url) for url in urls))
    return tuple(
        RepositoryCheck(url=CREDENTIALS.sub("", url), applications=fleet.repositories[url], problem=problem)
        for url, problem in zip(urls, problems, strict=True)
    )


async def _patches(what: Examination, fleet: _Fleet) -> tuple[Lack, ...]:
    """What dry runs of the kinds in use would need; the cluster's own discovery names their resources."""
    found = set()
    for (instance, cluster), kinds in fleet.kinds.items():
        reached = await what.source.clusters(instance)
        for version in {version for version, _ in kinds} if cluster in reached else ():
            path = f"/apis/{version}" if "/" in version else f"/api/{version}"
            reply = await what.source.ask(Question(Api.KUBERNETES, path, (), reached[cluster]))
            for row in items(_decoded(reply, path), "resources"):
                name = text(row, "name")
                if (version, text(row, "kind")) in kinds and "/" not in name and name != "secrets":
                    found.add((version.rpartition("/")[0], name))
    return tuple(Lack(verb="patch", group=group, resource=name) for group, name in sorted(found))
