"""Record: ask everything that a look at the selected applications could ask, so that it can be answered again later."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from whydrift.core.model.application import Application
from whydrift.core.model.fact_kinds import DEFINITION, POD_LOG, SERVED
from whydrift.core.model.facts import Cost, FactKind
from whydrift.core.model.objects import ObjectKey
from whydrift.core.pipeline import Analysis
from whydrift.errors import SourceError
from whydrift.ports import Api, Question, Source
from whydrift.usecases.facts import READERS, FactReader, application_question
from whydrift.usecases.fleet import list_instances, read_fleet
from whydrift.usecases.triage import Look, explain_application, remember_listing
from whydrift.usecases.workbench import Workbench

PARTS = ("", "/resource-tree", "/events", "/syncwindows", "/manifests")
FLEET_PARTS = ("/api/v1/settings", "/api/v1/projects", "/api/v1/clusters")
AT_ONCE = 6
ABOUT_ONE: tuple[FactKind[object], ...] = (POD_LOG, DEFINITION, SERVED)
"""Facts of one container, one CRD, one API: who needs them asks for them, and any other object has none."""


@dataclass
class Recorded:
    """How far a recording is."""

    applications: int = 0
    drifting: int = 0


async def record(
    source: Source,
    analysis: Analysis,
    reader_of: Callable[[str], FactReader],
    selected: Callable[[Application], bool],
    progress: Callable[[Recorded, str], None],
    bench: Workbench | None = None,
) -> Recorded:
    """Ask for everything; the source writes it down. `progress` is called after each application.

    With a bench everything is read, too, that trying remedies reads. SourceError where an instance gives no list.
    """
    so_far = Recorded()
    listings = await list_instances(source)
    for listing in listings:
        if listing.missed:
            raise SourceError(f"{listing.instance}: {listing.missed}")
    fleet = await read_fleet(source, listings)
    for listing in listings:
        for path in FLEET_PARTS:
            await source.ask(Question(Api.ARGOCD, path, (), listing.instance))
        reader = reader_of(listing.instance)
        remember_listing(reader, fleet, listing)
        chosen = (application for application in listing.applications() if selected(application))
        for together in _batches(chosen):
            await asyncio.gather(
                *(_record_one(source, application, Look(reader, analysis), bench) for application in together)
            )
            so_far.applications += len(together)
            so_far.drifting += sum(application.sync != "Synced" for application in together)
            progress(so_far, together[-1].name)
    return so_far


async def places(source: Source) -> dict[str, object]:
    """The rows of `recording.json`: the clusters, as each instance calls them, and several instances."""
    instances = source.instances()
    if list(instances) == [""]:
        return {"clusters": [{"id": at, "url": url} for url, at in (await source.clusters()).items()]}
    clusters = [
        {"id": at, "url": url, "instance": instance}
        for instance in instances
        for url, at in (await source.clusters(instance)).items()
    ]
    return {"instances": [{"id": instance} for instance in instances], "clusters": clusters}


def _batches(applications: Iterator[Application]) -> Iterator[list[Application]]:
    batch: list[Application] = []
    for application in applications:
        batch.append(application)
        if len(batch) == AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


async def _record_one(source: Source, application: Application, how: Look, bench: Workbench | None) -> None:
    """What a scan asks of one application, and for one that is not Synced everything else that a cause could ask."""
    drifting = application.sync != "Synced"
    for part in PARTS if drifting else PARTS[:1]:
        await source.ask(application_question(application, part))
    await explain_application(application, how, bench)
    if drifting:
        await how.reader.read((application, key, kind) for key in _places(application) for kind in _kinds(how.reader))


def _kinds(reader: FactReader) -> tuple[FactKind[object], ...]:
    return tuple(kind for kind in READERS if kind not in ABOUT_ONE and (reader.renders or kind.cost is not Cost.RENDER))


def _places(application: Application) -> Iterator[ObjectKey]:
    """One object of each namespace that the application is in: facts are per namespace at most."""
    seen: set[str] = set()
    for key, _ in application.rows:
        if key.namespace not in seen:
            seen.add(key.namespace)
            yield key
