"""What happened: of one application, anywhere, and again and again."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, func, select

from whydrift.adapters.store.rows import EVENT, FINDING, FOUND, event_of, finding_of, is_named, is_visible
from whydrift.adapters.store.tables import APPLICATIONS, EVENTS, FINDINGS
from whydrift.core.model.finding import ApplicationName, Event, What
from whydrift.ports.watching import Flap

Visible = Collection[ApplicationName] | None


def timeline(connection: Connection, application: ApplicationName, since: str, limit: int) -> tuple[Event, ...]:
    """What happened to one application's findings, newest first."""
    of_it = EVENT.where(is_named(connection, [application]), EVENTS.c.at >= since)
    rows = connection.execute(of_it.order_by(EVENTS.c.at.desc(), EVENTS.c.id.desc()).limit(limit))
    return tuple(event_of(row) for row in rows)


def recent(connection: Connection, after: int, visible: Visible, limit: int) -> tuple[Event, ...]:
    """What happened anywhere, newest first."""
    newer = EVENT.where(EVENTS.c.id > after, *is_visible(connection, visible))
    rows = connection.execute(newer.order_by(EVENTS.c.id.desc()).limit(limit))
    return tuple(event_of(row) for row in rows)


def flaps(connection: Connection, since: str, visible: Visible, limit: int) -> tuple[Flap, ...]:
    """What returned since a time, most often first."""
    times = func.count().label("times")
    returned = select(EVENTS.c.finding, times).where(EVENTS.c.what == What.RETURNED.value, EVENTS.c.at >= since)
    if visible is not None:
        returned = returned.join(APPLICATIONS, EVENTS.c.application == APPLICATIONS.c.id)
        returned = returned.where(*is_visible(connection, visible))
    most = returned.group_by(EVENTS.c.finding).order_by(times.desc(), EVENTS.c.finding).limit(limit)
    often = {finding: number for finding, number in connection.execute(most)}
    rows = connection.execute(FINDING.where(FINDINGS.c.id.in_(often)))
    found = {row.id: finding_of(row) for row in rows}
    writers = _writers(connection, list(often))
    return tuple(Flap(found[number], times, writers.get(number, ())) for number, times in often.items())


def _writers(connection: Connection, findings: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """Who wrote it, each time that it came, newest first."""
    came = select(EVENTS.c.finding, EVENTS.c.found).where(EVENTS.c.finding.in_(findings))
    rows = connection.execute(came.order_by(EVENTS.c.id.desc()))
    found: dict[int, dict[str, None]] = {}
    for finding, text in rows:
        who = FOUND.decode(text).who
        found.setdefault(finding, {}).update({who: None} if who else {})
    return {finding: tuple(names) for finding, names in found.items()}
