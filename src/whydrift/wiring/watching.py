"""What keeping watch is made of: the store, who may see what, the ways to follow Applications, a watcher."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from whydrift.errors import UsageError
from whydrift.settings import Connection, Settings

if TYPE_CHECKING:
    from whydrift.adapters.argocd import ArgocdSource
    from whydrift.adapters.jobs.queue import PostgresJobs
    from whydrift.core.model.finding import Event
    from whydrift.ports import Source
    from whydrift.ports.jobs import Jobs
    from whydrift.ports.visibility import Visibility
    from whydrift.ports.watching import Follower, Store
    from whydrift.usecases.watch.asking import Asking
    from whydrift.usecases.watch.attend import How
    from whydrift.usecases.watch.loop import Watcher
    from whydrift.usecases.watch.worker import Worker
    from whydrift.usecases.watch.world import World


def open_store(settings: Settings, url: str = "") -> Store:
    """Where findings are kept: `url`, else what the settings say, else SQLite in the state directory."""
    from whydrift.adapters.store.store import SqlStore

    return SqlStore(url or settings.store.url, settings.state)


def open_visibility(connection: Connection) -> Visibility:
    """What each Argo CD that is read shows to its users. UsageError where there is none with an API server."""
    from whydrift.adapters.argocd.visibility import ArgocdVisibility, SeveralVisibility
    from whydrift.wiring.answers import open_live

    source = open_live(connection, list_only=True) if connection.recording is None else None
    instances = _instances(source)
    if not instances:
        raise UsageError("--rbac argocd asks live Argo CDs with API servers: no recording, no core mode")
    members = {name: ArgocdVisibility(argocd, name) for name, argocd in instances.items()}
    return members[""] if "" in members else SeveralVisibility(members)


def _instances(source: Source | None) -> dict[str, ArgocdSource]:
    """The live Argo CDs with API servers of a source, by their ids."""
    from whydrift.adapters.argocd import ArgocdSource
    from whydrift.adapters.live import Live
    from whydrift.adapters.several import Several

    members: Mapping[str, object] = source.members if isinstance(source, Several) else {"": source}
    live = {name: member.argocd for name, member in members.items() if isinstance(member, Live)}
    return {name: argocd for name, argocd in live.items() if isinstance(argocd, ArgocdSource)}


def open_world(connection: Connection) -> World:
    """What a watcher reads from, with ways to hear of changes. UsageError for a recording: nothing changes there."""
    from whydrift import wiring
    from whydrift.usecases.watch.world import World

    if connection.recording is not None:
        raise UsageError("a recording does not change: watch --once looks at it")
    opened = wiring.open_source(connection)
    return World(opened.answers, opened.masker, opened.reader, followers(opened.answers), opened.close)


def followers(answers: Source) -> tuple[Follower, ...]:
    """The ways to follow the Applications of a live source, the best first.

    Kubernetes' watch goes on where it stood, and tells everything: in all namespaces, or in all of those that
    Applications may live in. Argo CD's own stream is there for everybody else.
    """
    from whydrift.adapters.argocd import CoreSource
    from whydrift.adapters.argocd.follow import ArgocdFollower
    from whydrift.adapters.kubernetes import KubernetesSource
    from whydrift.adapters.kubernetes.follow import KubernetesFollower, Namespaces
    from whydrift.adapters.live import Live
    from whydrift.adapters.several import Several
    from whydrift.core.model.fleet import OWN_CLUSTER
    from whydrift.usecases.watch.namespaces import application_namespaces

    async def home(instance: str) -> str | None:
        return (await answers.clusters(instance)).get(OWN_CLUSTER)

    def watches(clusters: KubernetesSource, namespaces: Namespaces) -> tuple[Follower, ...]:
        return KubernetesFollower(clusters, home), KubernetesFollower(clusters, home, namespaces)

    if isinstance(answers, CoreSource) and isinstance(answers.kubernetes, KubernetesSource):
        return watches(answers.kubernetes, answers.namespaces)
    members: Mapping[str, object] = answers.members if isinstance(answers, Several) else {"": answers}
    live = {name: member for name, member in members.items() if isinstance(member, Live)}
    clusters = next((m.kubernetes for m in live.values() if isinstance(m.kubernetes, KubernetesSource)), None)
    watch = () if clusters is None else watches(clusters, partial(application_namespaces, answers))
    return (*watch, ArgocdFollower(_instances(answers)))


def watcher(
    connection: Connection, settings: Settings, store: Store, how: How, tell: Callable[[Sequence[Event]], None]
) -> Watcher:
    """What watches live servers into a store, and tells of each look what happened. UsageError for a recording."""
    from whydrift.adapters.clock import SystemClock
    from whydrift.usecases.watch.loop import Watcher
    from whydrift.usecases.watch.world import Worlds

    clock = SystemClock()
    worlds = Worlds(partial(open_world, connection), clock)
    return Watcher(worlds, store, clock, how, lambda seen, events, errand: tell(events), settings.store.keep_days)


async def open_jobs(settings: Settings, url: str) -> PostgresJobs:
    """The queue beside the store. UsageError where the store is not PostgreSQL, or the extra is not installed."""
    kind, _, rest = (url or settings.store.url).partition("://")
    if kind.partition("+")[0] not in ("postgresql", "postgres"):
        raise UsageError("--workers needs PostgreSQL: --store postgresql://…, or [store] url in the settings")
    try:
        from whydrift.adapters.jobs.queue import PostgresJobs
    except ModuleNotFoundError as error:
        raise UsageError("--workers needs whydrift[workers]: pip install 'whydrift[workers]'") from error
    jobs = PostgresJobs(f"postgresql://{rest}")
    await jobs.open()
    return jobs


def worker(connection: Connection, store: Store, jobs: Jobs, how: How) -> Worker:
    """What runs jobs. UsageError for a recording."""
    from whydrift.adapters.clock import SystemClock
    from whydrift.usecases.watch.worker import Worker
    from whydrift.usecases.watch.world import Worlds

    clock = SystemClock()
    return Worker(Worlds(partial(open_world, connection), clock), store, clock, how, jobs)


def asking(jobs: Jobs, store: Store) -> Asking:
    """What gives a watcher's errands to workers."""
    from whydrift.adapters.clock import SystemClock
    from whydrift.usecases.watch.asking import Asking

    return Asking(jobs, store, SystemClock())
