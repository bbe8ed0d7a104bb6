"""Findings and events → the words of the history's answer."""

from __future__ import annotations

import msgspec

from whydrift.core.model.finding import ApplicationName, Event, Finding
from whydrift.core.model.history import (
    EVENT_SCHEMA,
    CountAnswer,
    EventAnswer,
    FindingAnswer,
    FlapAnswer,
    KnownAnswer,
    NameAnswer,
)
from whydrift.core.model.watched import Count, Flap, Known


def name_answer(name: ApplicationName) -> NameAnswer:
    """An application's name."""
    return NameAnswer(namespace=name.namespace, name=name.name, instance=name.instance)


def finding_answer(finding: Finding) -> FindingAnswer:
    """A finding with its history."""
    found = finding.found
    return FindingAnswer(
        application=name_answer(finding.application),
        about=found.key.about.value,
        object=found.key.object,
        namespace=found.key.namespace,
        path=found.key.path,
        field=found.field,
        kind=found.kind,
        cause=found.cause,
        side=found.side,
        severity=found.severity.value,
        shown=found.shown,
        project=finding.project,
        first_seen=finding.first_seen,
        last_seen=finding.last_seen,
        since=finding.since,
        gone=finding.gone,
        times_returned=finding.times_returned,
        team=finding.team,
        who=found.who,
        written_at=found.since,
        why=found.why,
        target=found.target,
        live=found.live,
        remedy=found.remedy,
        where=found.where,
        sync=found.sync,
        accepted=found.accepted,
    )


def event_answer(event: Event) -> EventAnswer:
    """What happened to a finding."""
    found = event.found
    return EventAnswer(
        id=event.id,
        at=event.at,
        what=event.what.value,
        application=name_answer(event.application),
        object=found.key.object,
        namespace=found.key.namespace,
        path=found.key.path,
        field=found.field,
        cause=found.cause,
        side=found.side,
        severity=found.severity.value,
        about=found.key.about.value,
        kind=found.kind,
        shown=found.shown,
        who=found.who,
        before=event.before,
        times_returned=event.times_returned,
        project=event.project,
        team=event.team,
        written_at=found.since,
        why=found.why,
        sync=found.sync,
        remedy=found.remedy,
        where=found.where,
    )


def event_row(event: Event) -> bytes:
    """The same as a line of `watch -o jsonl`."""
    return msgspec.json.encode({"schema": EVENT_SCHEMA, **msgspec.to_builtins(event_answer(event))})


def known_answer(known: Known) -> KnownAnswer:
    """An application as it was seen last."""
    return KnownAnswer(
        application=name_answer(known.application),
        at=known.at,
        project=known.project,
        team=known.team,
        cluster=known.cluster,
        sync=known.sync,
        health=known.health,
        revision=known.revision,
        safe=known.safe,
        not_read=known.not_read,
        oldest=known.oldest,
        open=dict(known.open),
    )


def flap_answer(flap: Flap) -> FlapAnswer:
    """What comes and goes."""
    return FlapAnswer(finding_answer(flap.finding), flap.times, flap.writers, flap.by_git)


def count_answer(count: Count) -> CountAnswer:
    """How many findings are open, in one group."""
    return CountAnswer(**count._asdict())
