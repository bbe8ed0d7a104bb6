"""What `apply` changes something with."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from whydrift.core.model.times import spelled
from whydrift.errors import UsageError
from whydrift.ports import Source, Writes
from whydrift.settings import Connection, Settings
from whydrift.wiring import Opened, analysis
from whydrift.wiring.answers import checkouts

if TYPE_CHECKING:
    from whydrift.adapters.journal import FileJournal
    from whydrift.usecases.apply.world import World


@dataclass(frozen=True)
class ApplySettings:
    """How to apply: whether Secrets may be read and deleted, and seconds to watch health after a delete."""

    dump_secrets: bool
    watch: float


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
        clone=WorkClones(state / "git", checkouts(opened.settings, connection), forges.login),
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
