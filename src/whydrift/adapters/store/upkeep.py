"""What else a watcher keeps, and what is forgotten."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import msgspec
from sqlalchemy import Connection, and_, delete, exists, insert, or_, select, update

from whydrift.adapters.store.tables import APPLICATIONS, EVENTS, FINDINGS, HELD, MESSAGES, NOTES, NUMBERS, SILENCES
from whydrift.core.model.notice import Delivery, Matcher, Silence

AT_ONCE = 200
"""Applications that are looked through in one transaction: others shall not wait long."""


def silence(connection: Connection, matcher: Matcher, reason: str, by: str, since: str, until: str) -> int:
    """Keep a silence; its id."""
    stated = {"matcher": msgspec.json.encode(matcher).decode(), "reason": reason, "by": by, "since": since}
    kept = insert(SILENCES).values(**stated, until=until).returning(SILENCES.c.id)
    return int(connection.execute(kept).scalar_one())


def unsilence(connection: Connection, silence: int, at: str) -> bool:
    """End a silence, where it has not ended."""
    holding = and_(SILENCES.c.id == silence, SILENCES.c.until > at)
    return bool(connection.execute(update(SILENCES).where(holding).values(until=at)).rowcount)


def silences(connection: Connection, at: str) -> tuple[Silence, ...]:
    """Those that hold at a time, or all."""
    which = select(SILENCES).order_by(SILENCES.c.id)
    which = which.where(SILENCES.c.since <= at, SILENCES.c.until > at) if at else which
    return tuple(
        Silence(
            id=row.id,
            matcher=msgspec.json.decode(row.matcher, type=Matcher),
            reason=row.reason,
            by=row.by,
            since=row.since,
            until=row.until,
        )
        for row in connection.execute(which)
    )


def recall(connection: Connection, name: str) -> str:
    """What was noted under a name."""
    return connection.scalar(select(NOTES.c.value).where(NOTES.c.name == name)) or ""


def note(connection: Connection, name: str, value: str) -> None:
    """Note something under a name."""
    if not connection.execute(update(NOTES).where(NOTES.c.name == name).values(value=value)).rowcount:
        connection.execute(insert(NOTES).values(name=name, value=value))


def prune(writing: Callable[[], AbstractContextManager[Connection]], before: str) -> int:
    """Forget what was gone before a time, and what happened before it; how many findings. In several transactions."""
    with writing() as connection:
        done = and_(MESSAGES.c.state != Delivery.WAITING.value, MESSAGES.c.due < before)
        connection.execute(delete(MESSAGES).where(done))
        connection.execute(delete(SILENCES).where(SILENCES.c.until < before))
        ids = connection.scalars(select(APPLICATIONS.c.id).order_by(APPLICATIONS.c.id)).all()
    forgotten = 0
    for start in range(0, len(ids), AT_ONCE):
        with writing() as connection:
            forgotten += _prune(connection, before, ids[start], ids[min(start + AT_ONCE, len(ids)) - 1])
    return forgotten


def _prune(connection: Connection, before: str, first: int, last: int) -> int:
    """As `prune`, of the applications with these ids; they are locked first, as `record` does."""
    connection.execute(select(APPLICATIONS.c.id).where(APPLICATIONS.c.id.between(first, last)).with_for_update())
    waiting = exists().where(HELD.c.event == EVENTS.c.id)
    told = and_(EVENTS.c.application.between(first, last), EVENTS.c.at < before, EVENTS.c.told.is_(True), ~waiting)
    connection.execute(delete(EVENTS).where(told))
    ended = and_(NUMBERS.c.application.between(first, last), NUMBERS.c.ended != "", NUMBERS.c.ended < before)
    connection.execute(delete(NUMBERS).where(ended))
    left = exists().where(EVENTS.c.finding == FINDINGS.c.id)
    gone = and_(FINDINGS.c.application.between(first, last), FINDINGS.c.gone != "", FINDINGS.c.gone < before, ~left)
    forgotten = connection.execute(delete(FINDINGS).where(gone)).rowcount
    empty = ~or_(
        exists().where(FINDINGS.c.application == APPLICATIONS.c.id),
        exists().where(NUMBERS.c.application == APPLICATIONS.c.id),
    )
    past = and_(APPLICATIONS.c.id.between(first, last), APPLICATIONS.c.vanished != "", APPLICATIONS.c.vanished < before)
    connection.execute(delete(APPLICATIONS).where(past, empty))
    return forgotten
