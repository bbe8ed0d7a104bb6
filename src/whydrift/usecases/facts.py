"""Reads facts when a cause asks for them, each one once, and keeps a gap with its reason where it could not be read."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import TypeVar, cast

from whydrift.core.model.application import Application
from whydrift.core.model.fact_kinds import (
    ADMISSION_POLICIES,
    APPLICATION_EVENTS,
    ARGOCD_CONFIG,
    ARGOCD_VERSION,
    AUTOSCALERS,
    CLUSTER_NEIGHBOURS,
    COMMITS,
    COMPARED_MANIFESTS,
    CRDS,
    DEFINITION,
    DISRUPTION_BUDGETS,
    DRY_RUN,
    EARLIER_MANIFESTS,
    EVENTS,
    GIT_FILES,
    HISTORY,
    LIMIT_RANGES,
    NAMESPACE,
    NEIGHBOURS,
    NEWEST,
    POD_LOG,
    POD_METRICS,
    PODS,
    PROJECTS,
    RENDERED_FROM,
    RESOURCE_QUOTAS,
    RESOURCE_TREE,
    SCALED_OBJECTS,
    SCHEMAS,
    SECOND_RENDER,
    SERVED,
    SETTINGS,
    SYNC_WINDOWS,
    SYNCED_MANIFESTS,
    WEBHOOKS,
)
from whydrift.core.model.facts import Cost, FactKind, Facts, Gap
from whydrift.core.model.fleet import Commit, History
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.schema import Schemas
from whydrift.core.model.secrets import Masker
from whydrift.core.model.served import discovery_path
from whydrift.core.model.values import Json, JsonObject, items, text
from whydrift.errors import SourceError
from whydrift.ports import NO_REPOSITORIES, Api, Body, DryRuns, Metrics, NotRead, Question, Repository, Source
from whydrift.usecases.decode import masked_object
from whydrift.usecases.definitions import definition, definitions, schemas
from whydrift.usecases.history import history
from whydrift.usecases.known import Known, Scope, application_scope, scope_of
from whydrift.usecases.neighbours import cluster_neighbours, neighbours
from whydrift.usecases.newest import newest
from whydrift.usecases.pod_log import pod_log
from whydrift.usecases.pod_metrics import pod_metrics
from whydrift.usecases.rendered_from import rendered_from
from whydrift.usecases.renders import compared_manifests, earlier_manifests, second_render, synced_manifests
from whydrift.usecases.told_by_argocd import (
    Reader,
    application_events,
    application_part,
    config,
    projects,
    settings,
    sync_windows,
    version,
)

NO_DRY_RUN = Gap("dry run", "no dry run without --dry-run", DRY_RUN.needs)
COMPARED_ON: tuple[FactKind[object], ...] = (SETTINGS, ARGOCD_CONFIG, ARGOCD_VERSION, SCHEMAS)
"""The facts on whose terms objects are compared; what is sent to a dry run depends on them."""
F = TypeVar("F")
Sent = Callable[[ObjectKey], JsonObject | None]


@dataclass
class FactReader:
    """Reads facts of one Argo CD instance and its clusters. `renders` bounds how many renders run at a time."""

    source: Source
    masker: Masker
    builtin_schemas: Schemas
    instance: str = ""
    repository: Repository | None = None
    renders: int = 2
    rendered: int = 0
    unreached: set[str] = field(default_factory=set)
    dry_runs: DryRuns | None = None
    metrics: Metrics | None = None
    histories: dict[tuple[str, str], asyncio.Future[History | NotRead]] = field(default_factory=dict)
    _sent: dict[Scope, Sent] = field(default_factory=dict)
    _known: Known = field(default_factory=Known)
    _locks: dict[tuple[FactKind[object], Scope], asyncio.Lock] = field(default_factory=dict)
    _slots: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        self._slots = asyncio.Semaphore(self.renders)
        if self.dry_runs is None:
            self.remember(DRY_RUN, NO_DRY_RUN)

    def remember(self, kind: FactKind[object], value: object, *scope: str) -> None:
        """Give a fact that something else already read (the fleet)."""
        self._known.remember(kind, value, scope)

    def facts(self, application: Application, key: ObjectKey) -> Facts:
        """What is known by now for one object of an application."""
        return self._known.facts(application, key)

    async def read(self, wants: Iterable[tuple[Application, ObjectKey, FactKind[object]]]) -> None:
        """Read what is asked for and not known yet."""
        places = {(want[2], scope_of(want[2].per, *want[:2])): want for want in wants}
        unknown = [want for (kind, scope), want in places.items() if kind not in self._known.at(scope)]
        await asyncio.gather(*(self._read_once(*want) for want in unknown))

    async def fact(self, application: Application, key: ObjectKey, kind: FactKind[F]) -> F | None:
        """One fact about another application; None where it cannot be read.

        That one may be looked at now and be forgotten any moment: what was read is not looked up again.
        """
        found = await self._read_once(application, key, kind)
        return None if isinstance(found, Gap) else cast(F | None, found)  # a reader gives what its kind says

    async def _read_once(self, application: Application, key: ObjectKey, kind: FactKind[object]) -> object:
        scope = scope_of(kind.per, application, key)
        async with self._locks.setdefault((kind, scope), asyncio.Lock()):
            if kind in self._known.at(scope):
                return self._known.at(scope)[kind]
            if kind.cost is Cost.RENDER and not self.renders:
                found: object = Gap(kind.name, "renders are switched off (--renders 0)", kind.needs)
            elif kind.cost is Cost.RENDER:
                async with self._slots:
                    self.rendered += 1
                    found = await READERS[kind](self, application, key)
            else:
                found = await READERS[kind](self, application, key)
            self.remember(kind, found, *scope)
            return found

    def sends(self, application: Application, sent: Sent) -> None:
        """Say what a dry run of an application's objects applies; the facts that this depends on are read first."""
        self._sent[application_scope(application)] = sent

    def sent(self, application: Application, key: ObjectKey) -> JsonObject | None:
        """What a dry run applies for one object; None where there is nothing to apply."""
        found = self._sent.get(application_scope(application))
        return None if found is None else found(key)

    def forget(self, application: Application) -> None:
        """Let go of what concerns one application only."""
        self._sent.pop(application_scope(application), None)
        self._known.forget(application)

    async def argocd(self, path: str, query: tuple[tuple[str, str], ...] = ()) -> Body | NotRead:
        """Ask this Argo CD instance."""
        return await self.source.ask(Question(Api.ARGOCD, path, query, self.instance))

    async def about(
        self,
        application: Application,
        part: str,
        query: tuple[tuple[str, str], ...] = (),
        hints: tuple[tuple[str, str], ...] = (),
    ) -> Body | NotRead:
        """Ask Argo CD about one application; `part` is what follows its name in the URL."""
        question = application_question(application, part, query)
        return await self.source.ask(replace(question, hints=(*question.hints, *hints)))

    async def kubernetes(
        self,
        application: Application,
        path: str,
        query: tuple[tuple[str, str], ...] = (),
        hints: tuple[tuple[str, str], ...] = (),
    ) -> Body | NotRead:
        """Ask the destination cluster of an application, where the kubeconfig reaches it."""
        reached = await self.source.clusters(self.instance)
        at = reached.get(application.cluster)
        if at is None:
            if reached:
                self.unreached.add(application.cluster)
            return NotRead(f"cluster {application.cluster} is not reached")
        return await self.source.ask(Question(Api.KUBERNETES, path, query, at, hints))

    def value(self, reply: Body | NotRead, kind: FactKind[object], what: str) -> JsonObject | Gap:
        """A reply as a masked object, or the gap that it leaves: a refusal, or an answer that cannot be read."""
        if isinstance(reply, NotRead):
            return Gap(what, reply.why, kind.needs, reply.status, self.masker.text(reply.said))
        try:
            return masked_object(reply.content, what, self.masker)
        except SourceError as error:
            return Gap(what, str(error), kind.needs)


def application_question(application: Application, part: str, query: tuple[tuple[str, str], ...] = ()) -> Question:
    """The question about one application; `appNamespace` is stated where it lives outside the control plane."""
    outside = application.instance_name != application.name
    stated = (*query, ("appNamespace", application.namespace)) if outside else query
    path = f"/api/v1/applications/{application.name}{part}"
    return Question(Api.ARGOCD, path, stated, application.instance, hints=(("project", application.project),))


async def _dry_run(reader: FactReader, application: Application, key: ObjectKey) -> object:
    if reader.dry_runs is None:
        return NO_DRY_RUN
    await reader.read((application, key, kind) for kind in COMPARED_ON)
    what, sent = f"dry run of {key}", reader.sent(application, key)
    if sent is None:
        return Gap(what, "there is nothing to apply, or it is a Secret", DRY_RUN.needs)
    at = (await reader.source.clusters(reader.instance)).get(application.cluster)
    if at is None:
        return Gap(what, f"cluster {application.cluster} is not reached", DRY_RUN.needs)
    return reader.value(await reader.dry_runs.dry_run(at, sent, key.namespace), DRY_RUN, what)


def _named(row: Json, rows: JsonObject) -> Json:
    """An item of a list with the kind that the API server states only once, for the whole list."""
    kind = text(rows, "kind").removesuffix("List")
    return {"apiVersion": rows.get("apiVersion"), "kind": kind, **row} if isinstance(row, dict) and kind else row


def _cluster_list(kind: FactKind[tuple[JsonObject, ...]], *paths: str) -> Reader:
    async def read(reader: FactReader, application: Application, key: ObjectKey) -> object:
        namespace = key.namespace or application.destination_namespace
        found: list[Json] = []
        for path in paths:
            what = f"{kind.name} ({path.rpartition('/')[2]})"
            reply = await reader.kubernetes(application, path.format(namespace=namespace))
            if isinstance(reply, NotRead) and reply.status == 404:
                continue  # the API group is not installed on this cluster: there are none
            rows = reader.value(reply, kind, what)
            if isinstance(rows, Gap):
                return rows
            found += [_named(row, rows) for row in items(rows, "items")]
        return tuple(found)

    return read


async def _namespace(reader: FactReader, application: Application, key: ObjectKey) -> object:
    """The Namespace of an object; an empty one where the cluster has none of this name."""
    name = key.namespace or application.destination_namespace
    reply = await reader.kubernetes(application, f"/api/v1/namespaces/{name}")
    if isinstance(reply, NotRead) and reply.status == 404:
        return {}
    return reader.value(reply, NAMESPACE, f"Namespace {name}")


async def _served(reader: FactReader, application: Application, key: ObjectKey) -> object:
    """The kinds of a group and version; nothing where the cluster has no such group or version."""
    path = discovery_path(key)
    reply = await reader.kubernetes(application, path)
    if isinstance(reply, NotRead) and reply.status == 404:
        return {}
    return reader.value(reply, SERVED, f"kinds of {path}")


async def _commits(reader: FactReader, application: Application, key: ObjectKey) -> object:
    """The commits of every git source; those of charts from a registry are not known."""
    since, until = application.synced_revisions, application.revisions
    if not since or len(since) != len(until):
        return Gap("commits", f"{application.name} was never synced as a whole from these sources", COMMITS.needs)
    found: list[Commit] = []
    for source, old, new in zip(application.sources, since, until, strict=False):
        if not source.chart and old != new:
            commits = await _repository(reader).commits(source.repo, old, new, "")
            if isinstance(commits, NotRead):
                return Gap(f"commits of {source.repo}", commits.why, COMMITS.needs)
            found += commits
    return tuple(found)


async def _git_files(reader: FactReader, application: Application, key: ObjectKey) -> object:
    """The text files of every git source, masked."""
    found: dict[str, str] = {}
    for source, revision in zip(application.sources, application.revisions, strict=False):
        if not source.chart:
            files = await _repository(reader).files(source.repo, revision, source.path)
            if isinstance(files, NotRead):
                return Gap(f"files of {source.repo}", files.why, GIT_FILES.needs)
            found |= {name: reader.masker.text(content) for name, content in files.items()}
    return found if found else Gap("files in git", "no source of this application is in git", GIT_FILES.needs)


class _NoRepository:
    """No clone: said as a reason, not as an error."""

    async def commits(self, url: str, since: str | None, until: str, path: str) -> NotRead:
        """Never any."""
        return NotRead(NO_REPOSITORIES)

    async def files(self, url: str, revision: str, path: str) -> NotRead:
        """Never any."""
        return NotRead(NO_REPOSITORIES)

    async def head(self, url: str, name: str) -> NotRead:
        """Never any."""
        return NotRead(NO_REPOSITORIES)


def _repository(reader: FactReader) -> Repository:
    return reader.repository or _NoRepository()


READERS: dict[FactKind[object], Reader] = {
    SETTINGS: settings,
    ARGOCD_CONFIG: config,
    ARGOCD_VERSION: version,
    DRY_RUN: _dry_run,
    PROJECTS: projects,
    SYNC_WINDOWS: sync_windows,
    RESOURCE_TREE: application_part(RESOURCE_TREE, "/resource-tree"),
    APPLICATION_EVENTS: application_events,
    SYNCED_MANIFESTS: synced_manifests,
    COMPARED_MANIFESTS: compared_manifests,
    EARLIER_MANIFESTS: earlier_manifests,
    SECOND_RENDER: second_render,
    DEFINITION: definition,
    CRDS: definitions,
    SCHEMAS: schemas,
    WEBHOOKS: _cluster_list(WEBHOOKS, "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations"),
    ADMISSION_POLICIES: _cluster_list(
        ADMISSION_POLICIES,
        "/apis/admissionregistration.k8s.io/v1/mutatingadmissionpolicies",
        "/apis/admissionregistration.k8s.io/v1/mutatingadmissionpolicybindings",
    ),
    AUTOSCALERS: _cluster_list(AUTOSCALERS, "/apis/autoscaling/v2/namespaces/{namespace}/horizontalpodautoscalers"),
    SCALED_OBJECTS: _cluster_list(SCALED_OBJECTS, "/apis/keda.sh/v1alpha1/namespaces/{namespace}/scaledobjects"),
    DISRUPTION_BUDGETS: _cluster_list(
        DISRUPTION_BUDGETS, "/apis/policy/v1/namespaces/{namespace}/poddisruptionbudgets"
    ),
    NAMESPACE: _namespace,
    RESOURCE_QUOTAS: _cluster_list(RESOURCE_QUOTAS, "/api/v1/namespaces/{namespace}/resourcequotas"),
    LIMIT_RANGES: _cluster_list(LIMIT_RANGES, "/api/v1/namespaces/{namespace}/limitranges"),
    SERVED: _served,
    EVENTS: _cluster_list(EVENTS, "/api/v1/namespaces/{namespace}/events"),
    COMMITS: _commits,
    GIT_FILES: _git_files,
    HISTORY: history,
    POD_METRICS: pod_metrics,
    NEIGHBOURS: neighbours,
    NEWEST: newest,
    PODS: _cluster_list(PODS, "/api/v1/namespaces/{namespace}/pods"),
    POD_LOG: pod_log,
    RENDERED_FROM: rendered_from,
    CLUSTER_NEIGHBOURS: cluster_neighbours,
}
