"""Puts the pieces together: which adapter serves which port. The only package that knows all of them.

Heavy parts are imported when they are used: `ls` needs neither causes nor type tables.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import msgspec

from whydrift.adapters.files.recording import Recording
from whydrift.core.model.secrets import Masker
from whydrift.core.model.times import spelled
from whydrift.demo import FLEET as DEMO
from whydrift.errors import UsageError
from whydrift.ports import DryRuns, Renderer, Repository, Source, Trees, Writes
from whydrift.settings import Connection, read_settings
from whydrift.settings import Settings as Settings  # part of what this module offers
from whydrift.usecases.elsewhere import HERE, Elsewhere
from whydrift.wiring.sharing import share as share  # as above
from whydrift.wiring.watching import open_store as open_store  # as above
from whydrift.wiring.watching import open_visibility as open_visibility  # as above

if TYPE_CHECKING:
    from whydrift.adapters.files.writer import RecordingSource
    from whydrift.adapters.git.noted import NotedRepositories
    from whydrift.adapters.journal import FileJournal
    from whydrift.adapters.kubernetes import KubernetesSource
    from whydrift.adapters.prometheus import Prometheus
    from whydrift.core.model.facts import Gap
    from whydrift.core.model.schema import Schemas
    from whydrift.core.pipeline import Analysis
    from whydrift.core.report.cause_page import CausePage
    from whydrift.usecases.apply.world import World
    from whydrift.usecases.doctor import Examination
    from whydrift.usecases.facts import FactReader


@dataclass(frozen=True)
class ApplySettings:
    """How to apply: whether Secrets may be read and deleted, and seconds to watch health after a delete."""

    dump_secrets: bool
    watch: float


@runtime_checkable
class Noting(Protocol):
    """A source that has something to say about the reading: live ones do."""

    @property
    def notes(self) -> list[str]:
        """Those things, one line each."""

    @property
    def gaps(self) -> Sequence[Gap]:
        """What it was refused as a whole."""


@dataclass
class Opened:
    """A source that is ready to be asked, with what goes with it."""

    answers: Source
    masker: Masker
    renders: int
    repository: Repository | None = None
    settings: Settings = field(default_factory=Settings)
    closing: list[Callable[[], None]] = field(default_factory=list)
    noting: Noting | None = None
    dry_run: bool = False
    metrics: Prometheus | None = None
    reachable: Callable[[str], Awaitable[str]] | None = None

    def reader(self, instance: str) -> FactReader:
        """A reader of facts for one Argo CD instance."""
        from whydrift.adapters.builtin.schema import builtin_schemas
        from whydrift.usecases.facts import FactReader

        dry_runs = self.answers if self.dry_run and isinstance(self.answers, DryRuns) else None
        reader = FactReader(
            self.answers, self.masker, builtin_schemas(), instance, self.repository, self.renders, dry_runs=dry_runs
        )
        reader.metrics = self.metrics
        return reader

    @property
    def read_at(self) -> str:
        """The time of reading: now of live servers, of a recording what it states, "" where it states none."""
        if isinstance(self.answers, Recording):
            return self.answers.at
        return spelled(datetime.now(UTC))

    @property
    def notes(self) -> tuple[str, ...]:
        """What a user should know about the reading so far: what was ignored, what slowed it down."""
        return tuple(self.noting.notes) if self.noting is not None else ()

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """What the source was refused as a whole, so far."""
        return tuple(self.noting.gaps) if self.noting is not None else ()

    async def close(self) -> None:
        """Let go of connections, files and what was unpacked."""
        await self.answers.close()
        if self.metrics is not None:
            await self.metrics.close()
        for close in self.closing:
            close()


def open_answers(connection: Connection, list_only: bool = False) -> Source:
    """The source that the command line names: a recording (`demo` is the one that ships with the package), or live."""
    if connection.recording is None:
        return open_live(connection, list_only)
    return Recording(DEMO if connection.recording == "demo" else Path(connection.recording))


def open_live(connection: Connection, list_only: bool) -> Source:
    """The user's Argo CD with the clusters of their kubeconfig; the cluster alone where there is no API server."""
    from whydrift.adapters.argocd import ArgocdOptions, CoreMode, CoreSource, connect
    from whydrift.adapters.live import Live

    kubernetes = _open_clusters(connection)
    contexts = [name.strip() for name in connection.argocd_context.split(",") if name.strip()]
    if len(contexts) > 1:
        return _open_several(connection, contexts, kubernetes, list_only)
    options = ArgocdOptions(
        server=connection.server or None,
        context=connection.argocd_context or None,
        in_cluster=connection.in_cluster,
        kube_context=connection.context or None,
    )
    try:
        argocd = connect(options, _environ(connection), Path.home())
    except CoreMode:
        if kubernetes is None:
            raise
        return CoreSource(kubernetes, kubernetes.namespace() or "argocd")
    nowhere = kubernetes is None and not connection.no_kubernetes
    return Live(argocd, kubernetes, ["no kubeconfig: Argo CD alone is asked"] if nowhere else [], list_only)


def _open_several(
    connection: Connection, contexts: list[str], kubernetes: KubernetesSource | None, list_only: bool
) -> Source:
    """Several contexts of the argocd CLI. UsageError for a core context, which has no API server to ask."""
    from whydrift.adapters.argocd import ArgocdOptions, CoreMode, connect
    from whydrift.adapters.live import Live
    from whydrift.adapters.several import Several

    instances: dict[str, Live] = {}
    for context in contexts:
        options = ArgocdOptions(context=context, kube_context=connection.context or None)
        try:
            argocd = connect(options, _environ(connection), Path.home())
        except CoreMode as error:
            raise UsageError(f"--argocd-context {context}: a core context goes alone") from error
        instances[context] = Live(argocd, kubernetes, (), list_only)
    return Several(instances, kubernetes.servers if kubernetes is not None else None)


def _environ(connection: Connection) -> dict[str, str]:
    """The environment, with the kubeconfig of the command line: a port-forward leads through it."""
    return {**os.environ, **({"KUBECONFIG": connection.kubeconfig} if connection.kubeconfig else {})}


def _open_clusters(connection: Connection) -> KubernetesSource | None:
    from whydrift.adapters.kubernetes import KubernetesOptions, connect

    if connection.no_kubernetes:
        return None
    options = KubernetesOptions(connection.kubeconfig, connection.context, connection.in_cluster, connection.dry_run)
    return connect(options, os.environ, Path.home())


def open_source(connection: Connection) -> Opened:
    """The source that the command line names, with repositories and the user's settings."""
    shipped = connection.recording == "demo"  # the demo shows the same to everybody
    settings = Settings() if shipped else read_settings(os.environ, Path.home(), Path.cwd())
    answers = open_answers(connection)
    renders = settings.renders if connection.renders is None else connection.renders
    opened = Opened(answers, Masker(secrets.token_bytes(16)), renders, settings=settings)
    opened.dry_run = connection.dry_run
    opened.noting = answers if isinstance(answers, Noting) else None
    if not connection.no_git:
        _open_repositories(opened, connection)
    prometheus = connection.prometheus or settings.prometheus
    if prometheus and connection.recording is None:  # of another time: a recording says what pods used then, or nothing
        from whydrift.adapters.prometheus import connect

        opened.metrics = connect(prometheus, os.environ)
    return opened


def _checkouts(settings: Settings, connection: Connection) -> dict[str, Path]:
    """The user's own checkouts by URL: the command line wins over the settings, and these over the folder."""
    from whydrift.adapters.git.checkouts import checked, checkouts_of, named_checkouts

    stated = {url: checked(place, f"repos.{url} in the settings") for url, place in settings.repos.items()}
    return {**checkouts_of(Path.cwd(), dict(os.environ)), **stated, **named_checkouts(connection.repos)}


def _open_repositories(opened: Opened, connection: Connection) -> None:
    """Checkouts that the user names win; a recording brings its own bundles, live ones are cloned into the cache."""
    from whydrift.adapters.git.bundles import RecordedRepositories
    from whydrift.adapters.git.checkouts import named_checkouts
    from whydrift.adapters.git.repository import GitRepositories

    named = named_checkouts(connection.repos)
    repositories: GitRepositories | RecordedRepositories
    if not isinstance(opened.answers, Recording):
        repositories = GitRepositories(_checkouts(opened.settings, connection), opened.settings.cache)
    elif named:
        repositories = GitRepositories(named, opened.settings.cache, clone=False)
    else:
        repositories = RecordedRepositories(opened.answers.files)
        if not repositories.any:  # as with --no-git: the answer is the same, and gives the same reasons
            return
    opened.closing.append(repositories.close)
    opened.repository, opened.reachable = repositories, repositories.reachable


def renderer(opened: Opened, reading: Elsewhere = HERE) -> Renderer | None:
    """What tries edits in git; None where no repository is read. `reading` is where large renders are read."""
    from whydrift.adapters.render.chart_cache import ChartCache, chart_folder
    from whydrift.adapters.render.renderer import ToolRenderer, installed_tools

    if not isinstance(opened.repository, Trees):
        return None
    return ToolRenderer(opened.repository, installed_tools(), elsewhere=reading, charts=ChartCache(chart_folder()))


def world(opened: Opened, connection: Connection, journal: FileJournal, plan: str, how: ApplySettings) -> World:
    """Everything that `apply` changes something with. UsageError for what cannot be changed: a recording, core mode."""
    from whydrift.adapters.forge import Forges
    from whydrift.adapters.git.work import WorkClones
    from whydrift.adapters.journal import FileDumps
    from whydrift.usecases.apply.fresh import Again
    from whydrift.usecases.apply.world import Timing, World

    state = opened.settings.state
    forges = Forges(os.environ, Path.home())
    return World(
        source=opened.answers,
        writes=_writes(opened.answers, how.dump_secrets),
        clone=WorkClones(state / "git", _checkouts(opened.settings, connection), forges.login),
        forge=forges,
        journal=journal,
        dumps=FileDumps(state / "dumps"),
        masker=opened.masker,
        again=Again(opened.answers, analysis(opened.settings, hidden=True), opened.reader),
        now=lambda: spelled(datetime.now(UTC)),
        plan=plan,
        timing=Timing(watch=how.watch),
        secrets=how.dump_secrets,
    )


def open_journal(settings: Settings, name: str) -> FileJournal:
    """The journal of one plan. SourceError where another apply of it runs, or it cannot be written."""
    from whydrift.adapters.journal import FileJournal

    return FileJournal(settings.state / "journals" / f"{name}.jsonl")


def _writes(answers: Source, dump_secrets: bool) -> Writes:
    """What changes the servers that are read."""
    from whydrift.adapters.argocd import ArgocdSource, CoreSource
    from whydrift.adapters.argocd.core_mode import FOR_MORE
    from whydrift.adapters.argocd.writes import ArgocdWrites
    from whydrift.adapters.kubernetes import KubernetesSource
    from whydrift.adapters.kubernetes.writes import KubernetesWrites
    from whydrift.adapters.live import Live
    from whydrift.adapters.live_writes import LiveWrites
    from whydrift.adapters.several import Several

    instances = answers.members if isinstance(answers, Several) else {"": answers}
    live = {name: instance for name, instance in instances.items() if isinstance(instance, Live)}
    if not live and any(isinstance(instance, CoreSource) for instance in instances.values()):
        raise UsageError(f"apply: {FOR_MORE} (the plan's RUNBOOK.md has the same by hand)")
    if not live or not isinstance(answers, Live | Several):
        raise UsageError("a recording cannot be changed")
    argocd = {name: ArgocdWrites(i.argocd) for name, i in live.items() if isinstance(i.argocd, ArgocdSource)}
    clusters = next((i.kubernetes for i in live.values() if isinstance(i.kubernetes, KubernetesSource)), None)
    return LiveWrites(argocd, KubernetesWrites(clusters, dump_secrets) if clusters else None, answers.away)


def recorder(opened: Opened, folder: Path) -> RecordingSource:
    """A source that writes down every answer; the reader of facts asks through it too."""
    from whydrift.adapters.files.writer import RecordingSource

    writing = RecordingSource(opened.answers, folder, opened.masker)
    opened.answers = writing
    return writing


def noted_repositories(opened: Opened) -> NotedRepositories | None:
    """What notes which parts of repositories are read, from now on; None where none is read."""
    from whydrift.adapters.git.noted import Cloned, NotedRepositories

    if not isinstance(opened.repository, Cloned):
        return None
    opened.repository = noted = NotedRepositories(opened.repository)
    return noted


async def bundles(noted: NotedRepositories, into: RecordingSource) -> list[dict[str, object]]:
    """Put what was read of repositories into a recording; their rows in recording.json."""
    from whydrift.adapters.git.bundles import write_bundles

    rows, failed = await write_bundles(noted, into.folder)
    into.unread |= failed
    return [msgspec.to_builtins(row) for row in rows]


def pack(folder: Path, archive: Path) -> None:
    """Put a finished recording into a .zip."""
    from whydrift.adapters.files.writer import pack as into_zip

    into_zip(folder, archive)


def analysis(settings: Settings, hidden: bool) -> Analysis:
    """How to look: all causes, and everything that is known without reading."""
    from whydrift.adapters.builtin.schema import builtin_schemas
    from whydrift.adapters.builtin.types import load_types
    from whydrift.adapters.jq import JqWorker
    from whydrift.core.explain.causes import CATALOGUE
    from whydrift.core.explain.subject import Knowledge
    from whydrift.core.pipeline import Analysis

    knowledge = Knowledge(load_types(), builtin_schemas(), settings.people, JqWorker())
    return Analysis(CATALOGUE, knowledge, hidden)


def schemas() -> Schemas:
    """The schemas of built-in kinds."""
    from whydrift.adapters.builtin.schema import builtin_schemas

    return builtin_schemas()


def examination(opened: Opened, connection: Connection) -> Examination:
    """What `doctor` looks at. SourceError where the kubeconfig cannot be used: that is no finding, but an error."""
    from whydrift.adapters.argocd import CoreSource
    from whydrift.usecases.doctor import Examination

    live = connection.recording is None
    clusters = _open_clusters(connection) if live else None
    if clusters is not None:
        clusters.load()
    return Examination(
        source=opened.answers,
        schemas=schemas(),
        live=live,
        clusters_wanted=not connection.no_kubernetes,
        dry_run=connection.dry_run,
        core=isinstance(opened.answers, CoreSource),
        reachable=opened.reachable,
    )


def titles() -> Mapping[str, str]:
    """What each cause says in a few words."""
    from whydrift.core.explain.causes import CATALOGUE

    return {cause.id: cause.title for cause in CATALOGUE}


def cause_pages() -> list[CausePage]:
    """The pages of the catalogue, in its order."""
    from whydrift.adapters.files.cause_pages import cause_page
    from whydrift.core.explain.causes import CATALOGUE

    return [cause_page(cause) for cause in CATALOGUE]
