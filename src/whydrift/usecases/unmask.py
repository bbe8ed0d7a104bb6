"""Unmask: what is broken now in the fleet, or in a selection of it; also compared with an earlier look."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import replace

from whydrift.core.answer import application_answer
from whydrift.core.model.application import Application
from whydrift.core.model.snapshot import ApplicationSnapshot
from whydrift.core.model.triage import ApplicationAnswer
from whydrift.core.pipeline import Analysis, ApplicationOutcome
from whydrift.core.unmask.since import since
from whydrift.errors import SourceError
from whydrift.ports import Source
from whydrift.usecases.facts import FactReader
from whydrift.usecases.fleet import list_instances
from whydrift.usecases.scan import Read, masked
from whydrift.usecases.triage import Look, read_snapshot
from whydrift.usecases.witnesses import unmask

AT_ONCE = 8
PROGRESSING = "Progressing"
Earlier = Mapping[tuple[str, str, str], ApplicationAnswer]
"""Applications of an earlier look, by instance, namespace and name."""


async def unmasked(
    source: Source,
    analysis: Analysis,
    reader_of: Callable[[str], FactReader],
    selected: Callable[[Application], bool],
    read: Read,
    earlier: Earlier | None = None,
) -> AsyncGenerator[ApplicationAnswer, None]:
    """What is broken in the selected applications, several at a time, in their order; nothing is explained."""
    for listing in await list_instances(source):
        read.gaps += listing.gaps
        read.versions.append(listing.version)
        how = Look(reader_of(listing.instance), analysis)
        looked_at = (masked(application, how.reader, analysis) for application in listing.applications())
        batch: list[Application] = []
        for application in (application for application in looked_at if selected(application)):
            batch.append(application)
            if len(batch) == AT_ONCE:
                for answer in await _answers(batch, how, earlier or {}):
                    yield answer
                batch = []
        for answer in await _answers(batch, how, earlier or {}):
            yield answer


async def _answers(batch: list[Application], how: Look, earlier: Earlier) -> list[ApplicationAnswer]:
    return await asyncio.gather(*(_answer(application, how, earlier) for application in batch))


async def _answer(application: Application, how: Look, earlier: Earlier) -> ApplicationAnswer:
    """One application; one that cannot be read says so and is never called well.

    Of one that was Progressing earlier and is not any more every log is read: nobody looked behind that word before.
    """
    before = earlier.get((application.instance, application.namespace, application.name))
    try:
        snapshot, not_read = await read_snapshot(application, how)
        left = before is not None and before.argocd.health == PROGRESSING != application.health
        broken = await unmask(snapshot, how.reader, how.analysis.read_at, every_log=left)
    except SourceError as error:
        nothing = ApplicationOutcome(ApplicationSnapshot(application, None), ())
        return application_answer(nothing, {}, str(error))
    finally:
        how.reader.forget(application)
    answer = application_answer(replace(ApplicationOutcome(snapshot, ()), broken=broken), {}, not_read)
    return since(answer, before)


def place_of(answer: ApplicationAnswer) -> tuple[str, str, str]:
    """What tells applications apart: instance, namespace, name."""
    return answer.instance, answer.namespace, answer.name
