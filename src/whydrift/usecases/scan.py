"""Scan: the whole fleet, or a selection of it, as one stream of explained applications."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from typing import TypeVar

from whydrift.core.model.application import Application
from whydrift.core.model.facts import Gap
from whydrift.core.model.triage import ApplicationAnswer
from whydrift.core.model.values import items, mapping
from whydrift.core.model.versions import FIRST, calibrated, not_calibrated, release
from whydrift.core.pipeline import Analysis, is_looked_at
from whydrift.ports import Source
from whydrift.usecases.facts import FactReader
from whydrift.usecases.fleet import list_instances, read_fleet
from whydrift.usecases.remedies import Bench
from whydrift.usecases.spread import Spread
from whydrift.usecases.triage import AT_ONCE, Look, explain_application, remember_listing, triage

T = TypeVar("T")
Make = Callable[[Application, Look], Coroutine[None, None, T]]
Share = Callable[[Make[T]], Spread[T]]
"""Spreads what makes something of an application over several processes."""
NOT_REACHED = "is not reached: Argo CD's word alone is taken for it"


@dataclass
class Read:
    """What was read so far, and what was not: filled while a scan streams."""

    gaps: list[Gap] = field(default_factory=list)
    versions: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    renders: int = 0


def scan(
    source: Source,
    analysis: Analysis,
    reader_of: Callable[[str], FactReader],
    selected: Callable[[Application], bool],
    read: Read,
    bench: Bench | None = None,
    share: Share[ApplicationAnswer] | None = None,
) -> AsyncGenerator[ApplicationAnswer, None]:
    """Explain the selected applications of every instance of a source; `read` is complete when the stream ends.

    `share` does that in several processes.
    """
    return visit(source, analysis, reader_of, selected, read, partial(explain_application, bench=bench), share)


async def visit(
    source: Source,
    analysis: Analysis,
    reader_of: Callable[[str], FactReader],
    selected: Callable[[Application], bool],
    read: Read,
    make: Make[T],
    share: Share[T] | None = None,
) -> AsyncGenerator[T, None]:
    """What is made of each selected application of every instance of a source, its secrets masked before."""
    listings = await list_instances(source)
    fleet = await read_fleet(source, listings)
    made = partial(_of_masked, make)
    spread = None if share is None else share(made)
    try:
        for listing in listings:
            read.gaps += (*listing.gaps, *_too_old(listing.version))
            read.versions.append(listing.version)
            read.notes += [] if listing.missed or calibrated(listing.version) else [not_calibrated(listing.version)]
            reader = reader_of(listing.instance)
            remember_listing(reader, fleet, listing)
            chosen = (application for application in listing.applications() if selected(application))
            first, shared = ([], False) if spread is None else spread.ahead(chosen, analysis)
            maker, at_once = (spread, spread.at_once) if spread is not None and shared else (made, AT_ONCE)
            async with aclosing(triage(chain(first, chosen), Look(reader, analysis, at_once), maker)) as answers:
                async for answer in answers:
                    yield answer
            read.renders += reader.rendered
            read.notes += (f"cluster {cluster} {NOT_REACHED}" for cluster in sorted(reader.unreached))
    finally:
        if spread is not None:
            await spread.close()
    if isinstance(fleet, Gap) and fleet.what not in {gap.what for gap in read.gaps}:
        read.gaps.append(fleet)


async def _of_masked(make: Make[T], application: Application, how: Look) -> T:
    return await make(masked(application, how.reader, how.analysis), how)


def _too_old(version: str) -> tuple[Gap, ...]:
    """What is not known of an Argo CD before 3.0: whether our comparison is its own."""
    stated = release(version)
    if stated is None or stated >= FIRST:
        return ()
    return (Gap("Argo CD's comparison", not_calibrated(version), "Argo CD 3.0 or newer"),)


def masked(application: Application, reader: FactReader, analysis: Analysis) -> Application:
    """An application that will be looked at, without the secrets in it; its rows hold names and statuses only."""
    if not is_looked_at(application, analysis):
        return application
    status = mapping(application.raw, "status")
    rows = items(status, "resources")
    raw = reader.masker.mask({**application.raw, "status": {**status, "resources": []}})
    return Application({**mapping(raw), "status": {**mapping(raw, "status"), "resources": rows}}, application.instance)
