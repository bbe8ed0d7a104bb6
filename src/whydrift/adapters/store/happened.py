"""What happened: of one application, anywhere, and again and again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import pairwise
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from whydrift.adapters.store.rows import EVENT, FINDING, FOUND, chunks, event_of, finding_of, is_named, is_visible
from whydrift.adapters.store.tables import APPLICATIONS, EVENTS, FINDINGS
from whydrift.core.model.finding import ApplicationName, Event, Finding, What
from whydrift.ports.watching import Flap

Visible = Collection[ApplicationName] | None


def timeline(connection: Connection, application: ApplicationName, since: str, limit: int) -> tuple[Event, ...]:
    """What happened to one application's findings, newest first."""
    of_it = EVENT.where(is_named(connection, [application]), EVENTS.c.at >= since)
    rows = connection.execute(of_it.order_by(EVENTS.c.at.desc(), EVENTS.c.id.desc()).limit(limit))
    return tuple(event_of(row) for row in rows)


def recent(connection: Connection, visible: Visible, limit: int) -> tuple[Event, ...]:
    """What happened anywhere, newest first."""
    newest = EVENT.where(*is_visible(connection, visible)).order_by(EVENTS.c.id.desc()).limit(limit)
    return tuple(event_of(row) for row in connection.execute(newest))


def after(connection: Connection, event: int, visible: Visible, limit: int) -> tuple[Event, ...]:
    """What happened anywhere after an event, oldest first."""
    newer = EVENT.where(EVENTS.c.id > event, *is_visible(connection, visible)).order_by(EVENTS.c.id).limit(limit)
    return tuple(event_of(row) for row in connection.execute(newer))


def flaps(connection: Connection, since: str, visible: Visible, limit: int) -> tuple[Flap, ...]:
    """What returned since a time, most often first."""
    times = func.count().label("times")
    returned = select(EVENTS.c.finding, times).where(EVENTS.c.what == What.RETURNED.value, EVENTS.c.at >= since)
    if visible is not None:
        returned = returned.join(APPLICATIONS, EVENTS.c.application == APPLICATIONS.c.id)
        returned = returned.where(*is_visible(connection, visible))
    most = returned.group_by(EVENTS.c.finding).order_by(times.desc(), EVENTS.c.finding).limit(limit)
    often = {finding: number for finding, number in connection.execute(most)}
    found: dict[int, Finding] = {}
    lives: dict[int, list[Turn]] = {}
    for some in chunks(list(often)):
        found |= {row.id: finding_of(row) for row in connection.execute(FINDING.where(FINDINGS.c.id.in_(some)))}
        lives |= _lives(connection, some, since)
    return tuple(Flap(found[number], times, *_told(lives[number])) for number, times in often.items())


class Turn(NamedTuple):
    """One event in the life of a finding: what, git's revision then, and who wrote it."""

    what: str
    revision: str
    who: str


def _lives(connection: Connection, findings: Sequence[int], since: str) -> dict[int, list[Turn]]:
    """What happened to findings since a time, oldest first."""
    columns = (EVENTS.c.finding, EVENTS.c.what, EVENTS.c.revision, EVENTS.c.found)
    these = select(*columns).where(EVENTS.c.finding.in_(findings), EVENTS.c.at >= since).order_by(EVENTS.c.id)
    lives: dict[int, list[Turn]] = {}
    for finding, what, revision, text in connection.execute(these):
        lives.setdefault(finding, []).append(Turn(what, revision, FOUND.decode(text).who))
    return lives


def _told(life: Sequence[Turn]) -> tuple[tuple[str, ...], int]:
    """Who wrote it each time that it came, newest first, and how often it went because git had changed."""
    writers = dict.fromkeys(turn.who for turn in reversed(life) if turn.who and turn.what != What.GONE.value)
    went = [now for before, now in pairwise(life) if now.what == What.GONE.value and now.revision != before.revision]
    return tuple(writers), len(went)
