"""Triage: list the applications, read each one, explain it, asking for further facts only as causes need them."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterable
from dataclasses import dataclass, replace
from typing import TypeVar

from whydrift.core.answer import application_answer
from whydrift.core.judge.revision import not_rendered
from whydrift.core.model.application import Application
from whydrift.core.model.fact_kinds import ARGOCD_VERSION, FLEET
from whydrift.core.model.facts import FactKind, Gap
from whydrift.core.model.fleet import Fleet
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.snapshot import ApplicationSnapshot, ObjectSnapshot, States, Verdict
from whydrift.core.model.triage import ApplicationAnswer
from whydrift.core.model.values import JsonObject
from whydrift.core.pipeline import (
    Analysis,
    ApplicationOutcome,
    begin,
    calibrate,
    calibration_wants,
    dry_run_of,
    foresee,
    foresight_wants,
    is_looked_at,
    look,
    reasoning_wants,
    situation_of,
    with_reasons,
    with_server_views,
)
from whydrift.errors import SourceError
from whydrift.ports import NotRead
from whydrift.usecases.decode import managed_resources
from whydrift.usecases.drafts import drafted
from whydrift.usecases.facts import COMPARED_ON, FactReader
from whydrift.usecases.fleet import Listing
from whydrift.usecases.lines import lines_of
from whydrift.usecases.remedies import Bench, with_remedies
from whydrift.usecases.renders import manifests_at

T = TypeVar("T")
ROUNDS = 6
"""How often an application is looked at again with more facts; each round reads something or is the last."""
AT_ONCE = 8
"""How many applications are looked at at a time."""
AHEAD = 64
"""How many answers may wait for an earlier one: a large application holds up few of those after it."""


@dataclass(frozen=True)
class Look:
    """What triage needs: where facts come from, and how to look."""

    reader: FactReader
    analysis: Analysis
    at_once: int = AT_ONCE


async def triage(
    applications: Iterable[Application], how: Look, make: Callable[[Application, Look], Coroutine[None, None, T]]
) -> AsyncGenerator[T, None]:
    """What is made of applications, several at a time, in the order in which they are given."""
    waiting: deque[asyncio.Task[T]] = deque()
    try:
        for application in applications:
            waiting.append(asyncio.create_task(make(application, how)))
            while len(running := _running(waiting)) >= how.at_once or len(waiting) >= AHEAD:
                if waiting[0].done() or len(waiting) >= AHEAD:
                    yield await waiting.popleft()
                else:
                    await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
        while waiting:
            yield await waiting.popleft()
    finally:
        for task in waiting:
            task.cancel()


def _running(tasks: Iterable[asyncio.Task[T]]) -> list[asyncio.Task[T]]:
    return [task for task in tasks if not task.done()]


async def explain_application(application: Application, how: Look, bench: Bench | None = None) -> ApplicationAnswer:
    """Read and explain one application; one that cannot be read says so and is never called clean.

    Remedies are looked for where there is a bench to try them on.
    """
    try:
        outcome, not_read = await look_at(application, how)
        if bench is not None:
            outcome = await with_remedies(await drafted(outcome, how.reader, how.analysis), bench)
    finally:
        how.reader.forget(application)
    return application_answer(outcome, how.analysis.sides, not_read)


async def look_at(application: Application, how: Look) -> tuple[ApplicationOutcome, str]:
    """Everything that is found out about one application, and why not all of it could be read ("": it was)."""
    try:
        snapshot, not_read = await read_snapshot(application, how)
        outcome = ApplicationOutcome(snapshot, ())
        if is_looked_at(application, how.analysis):
            outcome = await _give_reasons(await _foresee(await _look_until_settled(snapshot, how), how), how)
        if how.analysis.unmask.holds_for(application.health):
            from whydrift.usecases.witnesses import unmask  # here: others do without all of it

            outcome = replace(outcome, broken=await unmask(snapshot, how.reader, how.analysis.read_at))
    except SourceError as error:
        return ApplicationOutcome(ApplicationSnapshot(application, None), ()), str(error)
    return outcome, not_read


async def read_snapshot(application: Application, how: Look) -> tuple[ApplicationSnapshot, str]:
    """An application with its objects, and why these could not be read ("": they were, or nothing is looked at)."""
    if not is_looked_at(application, how.analysis):
        return ApplicationSnapshot(application, ()), ""
    rows = dict(application.rows)
    reply = await how.reader.about(application, "/managed-resources")
    if isinstance(reply, NotRead):
        return ApplicationSnapshot(application, tuple(_unread(rows, ())) or None), f"managed-resources: {reply.why}"
    objects = managed_resources(reply.content, f"managed-resources of {application.name}", rows, how.reader.masker)
    return ApplicationSnapshot(application, (*objects, *_unread(rows, objects))), ""


def _unread(rows: dict[ObjectKey, JsonObject], objects: Iterable[ObjectSnapshot]) -> list[ObjectSnapshot]:
    """Objects that Argo CD lists as OutOfSync and whose sides were not read: they stay in the answer."""
    read = {item.key for item in objects}
    return [
        ObjectSnapshot(key=key, load=States, read=False, verdict=Verdict.OUT_OF_SYNC, row=row)
        for key, row in rows.items()
        if key not in read and row.get("status") == Verdict.OUT_OF_SYNC
    ]


async def _look_until_settled(snapshot: ApplicationSnapshot, how: Look) -> ApplicationOutcome:
    application, reader = snapshot.application, how.reader
    facts = lambda key: reader.facts(application, key)  # noqa: E731 - the reader with one argument filled in
    if reader.dry_runs is not None:
        reader.sends(application, dry_run_of(snapshot, facts, how.analysis))
    outcome = begin(snapshot, facts, how.analysis)
    for _ in range(ROUNDS):
        await reader.read((application, key, kind) for key, kind in outcome.wants)
        outcome = look(snapshot, facts, how.analysis, outcome)
        if not outcome.wants:
            break
    return replace(outcome, wants=(), waiting=())


def _dry_runs(outcome: ApplicationOutcome, how: Look) -> tuple[tuple[ObjectKey, FactKind[object]], ...]:
    return () if how.reader.dry_runs is None else tuple(calibration_wants(outcome, how.analysis))


async def _foresee(outcome: ApplicationOutcome, how: Look) -> ApplicationOutcome:
    """The outcome with what a sync now would do."""
    application, reader = outcome.snapshot.application, how.reader
    facts = lambda key: reader.facts(application, key)  # noqa: E731 - the reader with one argument filled in
    compared = tuple((application.facts_key, kind) for kind in COMPARED_ON)
    foreseen = foresight_wants(outcome.snapshot, facts) if how.analysis.forecast else iter((compared,))
    for wanted in foreseen:
        await reader.read((application, key, kind) for key, kind in wanted)
    await reader.read((application, key, kind) for key, kind in _dry_runs(outcome, how))
    outcome = with_server_views(replace(outcome, calibrations=calibrate(outcome, facts, how.analysis)), facts)
    if not how.analysis.forecast:
        return outcome
    if not how.analysis.revision:
        return replace(outcome, sync=foresee(outcome, facts, how.analysis))
    manifests = await manifests_at(reader, application, how.analysis.revision)
    if isinstance(manifests, Gap):
        return replace(outcome, sync=not_rendered(application, how.analysis.revision, manifests.why))
    for wanted in foresight_wants(outcome.snapshot, facts, manifests):
        await reader.read((application, key, kind) for key, kind in wanted)
    return replace(outcome, sync=foresee(outcome, facts, how.analysis, manifests))


async def _give_reasons(outcome: ApplicationOutcome, how: Look) -> ApplicationOutcome:
    """The outcome with the reasons for its sides; git's history is read only where people are in question."""
    if not outcome.objects or not how.analysis.reasons:
        return outcome
    application, reader = outcome.snapshot.application, how.reader
    facts = lambda key: reader.facts(application, key)  # noqa: E731 - the reader with one argument filled in
    wanted = reasoning_wants(outcome, facts, how.analysis) if how.analysis.forecast else ()
    await reader.read((application, key, kind) for key, kind in wanted)
    lines = await lines_of(outcome, reader, situation_of(outcome, facts, how.analysis)) if how.analysis.forecast else {}
    return with_reasons(outcome, facts, how.analysis, lines)


def remember_listing(reader: FactReader, fleet: Fleet | Gap, listing: Listing) -> None:
    """Give the reader the facts that listing the applications told: the whole fleet, and Argo CD's version."""
    reader.remember(FLEET, fleet)
    reader.remember(ARGOCD_VERSION, listing.version)
