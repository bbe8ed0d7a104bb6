"""Audit: every ignore rule of the fleet against the objects that it is for, one application at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass

from whydrift.core.compare.rules_of_objects import IN_OBJECTS
from whydrift.core.judge.rule_parts import parts_of
from whydrift.core.judge.rules_audit import RulesAudit, audit_rules, terms_of
from whydrift.core.model.application import Application
from whydrift.core.model.fact_kinds import ARGOCD_CONFIG, SETTINGS
from whydrift.core.model.snapshot import ApplicationSnapshot
from whydrift.core.model.values import items
from whydrift.core.pipeline import Analysis
from whydrift.errors import SourceError
from whydrift.ports import Source
from whydrift.usecases.facts import FactReader
from whydrift.usecases.fleet import list_instances, read_fleet
from whydrift.usecases.scan import Read, masked
from whydrift.usecases.triage import ROUNDS, Look, read_snapshot, remember_listing

AT_ONCE = 8


@dataclass(frozen=True)
class Audited:
    """One application with the audit of its rules; `not_read` says why its objects could not be read."""

    application: Application
    audit: RulesAudit
    not_read: str = ""


async def audit(
    source: Source,
    analysis: Analysis,
    reader_of: Callable[[str], FactReader],
    selected: Callable[[Application], bool],
    read: Read,
) -> AsyncGenerator[Audited, None]:
    """Audit the rules of the selected applications of every instance; `read` is complete when the stream ends."""
    listings = await list_instances(source)
    fleet = await read_fleet(source, listings)
    for listing in listings:
        read.gaps += listing.gaps
        read.versions.append(listing.version)
        reader = reader_of(listing.instance)
        remember_listing(reader, fleet, listing)
        how = Look(reader, analysis)
        waiting: list[asyncio.Task[Audited]] = []
        for application in listing.applications():
            looked_at = masked(application, reader, analysis)
            if selected(looked_at):
                waiting.append(asyncio.create_task(_audit_one(looked_at, how)))
            if len(waiting) >= AT_ONCE:
                yield await waiting.pop(0)
        for task in waiting:
            yield await task
        read.renders += reader.rendered


async def _audit_one(application: Application, how: Look) -> Audited:
    nothing = RulesAudit(application, ())
    try:
        if not await _concerned(application, how):
            return Audited(application, nothing)
        snapshot, not_read = await read_snapshot(application, how)
        if not_read:
            return Audited(application, nothing, not_read)
        return Audited(application, await _settled(snapshot, how))
    except SourceError as error:
        return Audited(application, nothing, str(error))
    finally:
        how.reader.forget(application)


async def _concerned(application: Application, how: Look) -> bool:
    """Whether the application has rules of its own, or a rule that people wrote in the settings is for its objects.

    An Argo CD that reads rules which objects state for themselves may find one in any application.
    """
    reader = how.reader
    itself = application.facts_key
    await reader.read([(application, itself, SETTINGS), (application, itself, ARGOCD_CONFIG)])
    if items(application.raw, "spec", "ignoreDifferences"):
        return True
    empty = ApplicationSnapshot(application, ())
    terms = terms_of(empty, lambda key: reader.facts(application, key), how.analysis.knowledge)
    if IN_OBJECTS.holds(terms.settings.release):
        return True
    written = [part for part in parts_of(terms) if not part.shipped]
    return any(part.rule.matches(key) for part in written for key, _ in application.rows)


async def _settled(snapshot: ApplicationSnapshot, how: Look) -> RulesAudit:
    application, reader = snapshot.application, how.reader
    facts = lambda key: reader.facts(application, key)  # noqa: E731 - the reader with one argument filled in
    found = audit_rules(snapshot, facts, how.analysis.knowledge)
    for _ in range(ROUNDS):
        if not found.wants:
            break
        await reader.read((application, key, kind) for key, kind in found.wants)
        found = audit_rules(snapshot, facts, how.analysis.knowledge)
    return found
