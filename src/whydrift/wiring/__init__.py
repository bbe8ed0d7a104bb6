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

from whydrift.adapters.files.recording import Recording
from whydrift.core.model.secrets import Masker
from whydrift.core.model.times import spelled
from whydrift.ports import DryRuns, Renderer, Repository, Source, Trees
from whydrift.settings import Connection, read_settings
from whydrift.settings import Settings as Settings  # part of what this module offers
from whydrift.usecases.elsewhere import HERE, Elsewhere
from whydrift.wiring.answers import checkouts, open_clusters
from whydrift.wiring.answers import open_answers as open_answers  # as above
from whydrift.wiring.sharing import share as share  # as above
from whydrift.wiring.watching import open_store as open_store  # as above
from whydrift.wiring.watching import open_visibility as open_visibility  # as above

if TYPE_CHECKING:
    from whydrift.adapters.prometheus import Prometheus
    from whydrift.core.model.facts import Gap
    from whydrift.core.model.schema import Schemas
    from whydrift.core.pipeline import Analysis
    from whydrift.core.report.cause_page import CausePage
    from whydrift.usecases.doctor import Examination
    from whydrift.usecases.facts import FactReader


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
    git_notes: Callable[[], Sequence[str]] = tuple

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
        return (*(self.noting.notes if self.noting is not None else ()), *self.git_notes())

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


def _open_repositories(opened: Opened, connection: Connection) -> None:
    """Checkouts that the user names win; a recording brings its own bundles, live ones are cloned into the cache."""
    from whydrift.adapters.git.bundles import RecordedRepositories
    from whydrift.adapters.git.checkouts import named_checkouts
    from whydrift.adapters.git.repository import GitRepositories

    named = named_checkouts(connection.repos)
    repositories: GitRepositories | RecordedRepositories
    if not isinstance(opened.answers, Recording):
        repositories = GitRepositories(checkouts(opened.settings, connection), opened.settings.cache)
        opened.git_notes = repositories.notes
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
    clusters = open_clusters(connection) if live else None
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
