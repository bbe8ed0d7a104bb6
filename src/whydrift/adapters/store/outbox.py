"""Events that wait to be told, and messages that wait to be sent: claimed by one process, kept until they are done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import ColumnElement, Connection, and_, delete, or_, select, update

from whydrift.adapters.store.rows import EVENT, AnyRow, chunks, event_of, ignoring
from whydrift.adapters.store.tables import APPLICATIONS, CLAIMS, EVENTS, FINDINGS, HELD, MESSAGES
from whydrift.core.model.finding import SEVERITIES, Event, Severity
from whydrift.core.model.notice import Delivery, Notice, Outgoing
from whydrift.core.model.times import later

CLAIM = 300
"""Seconds that what was claimed is this process's alone."""
PATIENCE = 15
"""How many times the quiet that is waited for: what never settles is told of all the same."""
PATIENCE_WHEN_BROKEN = 3
"""The same for what is broken: a container that crashes is what keeps a rollout from its end."""
HOLDING = "held"
_IS_BROKEN = and_(FINDINGS.c.gone == "", FINDINGS.c.rank == SEVERITIES.index(Severity.BROKEN))


def unannounced(connection: Connection, now: str, settled_for: int, limit: int) -> tuple[Event, ...]:
    """Events to tell of, oldest first: nothing happened with their application since, or it never rests."""
    rested, long_ago = later(now, -settled_for), later(now, -settled_for * PATIENCE)
    settled = and_(APPLICATIONS.c.settled != "", APPLICATIONS.c.settled <= rested)
    newer = select(EVENTS.c.application).where(EVENTS.c.told.is_(False), EVENTS.c.at > rested, EVENTS.c.at <= now)
    overdue = select(EVENTS.c.application).where(EVENTS.c.told.is_(False), EVENTS.c.at <= long_ago)
    quiet = and_(EVENTS.c.application.not_in(newer), or_(settled, APPLICATIONS.c.vanished != ""))
    ripe = or_(
        and_(EVENTS.c.at <= rested, or_(quiet, EVENTS.c.application.in_(overdue))),
        and_(EVENTS.c.at <= later(now, -settled_for * PATIENCE_WHEN_BROKEN), _IS_BROKEN),
        EVENTS.c.at > now,  # the clock was set back
    )
    which = select(EVENTS.c.id).join_from(EVENTS, APPLICATIONS, EVENTS.c.application == APPLICATIONS.c.id)
    which = which.join(FINDINGS, EVENTS.c.finding == FINDINGS.c.id)
    which = which.where(EVENTS.c.told.is_(False), _is_free(EVENTS.c.claimed, now), ripe).order_by(EVENTS.c.id)
    ids = connection.scalars(which.limit(limit).with_for_update(of=EVENTS, skip_locked=True)).all()
    for some in chunks(ids):
        connection.execute(update(EVENTS).where(EVENTS.c.id.in_(some)).values(claimed=later(now, CLAIM)))
    return _events(connection, ids)


def _events(connection: Connection, ids: Sequence[int]) -> tuple[Event, ...]:
    rows = [row for some in chunks(ids) for row in connection.execute(EVENT.where(EVENTS.c.id.in_(some)))]
    return tuple(event_of(row) for row in sorted(rows, key=lambda row: int(row.id)))


def announce(
    connection: Connection,
    events: Sequence[int],
    notices: Sequence[Notice],
    due: Mapping[str, str],
    hold: Mapping[str, Sequence[int]],
    release: Mapping[str, Sequence[int]],
) -> bool:
    """Keep messages; these events are told of with them. Whether so: another process may have told of some of them."""
    if not _tell(connection, sorted(set(events))):
        return False
    for route, ids in release.items():
        for some in chunks(sorted(set(ids))):
            connection.execute(delete(HELD).where(HELD.c.route == route, HELD.c.event.in_(some)))
    for route, ids in hold.items():
        for some in chunks(sorted(set(ids))):
            there = connection.scalars(select(EVENTS.c.id).where(EVENTS.c.id.in_(some)))
            rows = [{"route": route, "event": number} for number in there]
            if rows:
                connection.execute(ignoring(connection, HELD), rows)
    for notice in notices:
        connection.execute(ignoring(connection, MESSAGES).values(_message(notice, due.get(notice.route, notice.at))))
    connection.execute(delete(CLAIMS).where(CLAIMS.c.name == HOLDING))
    return True


def _tell(connection: Connection, events: Sequence[int]) -> bool:
    told = 0
    for some in chunks(events):
        untold = update(EVENTS).where(EVENTS.c.id.in_(some), EVENTS.c.told.is_(False))
        told += connection.execute(untold.values(told=True, claimed="")).rowcount
    return told == len(events)


def _message(notice: Notice, due: str) -> dict[str, object]:
    return {
        "key": notice.key,
        "route": notice.route,
        "notice": msgspec.json.encode(notice).decode(),
        "state": Delivery.WAITING.value,
        "due": due,
        "attempts": 0,
        "error": "",
        "sent": "",
        "claimed": "",
    }


def held(connection: Connection, now: str, owner: str) -> Mapping[str, tuple[Event, ...]]:
    """What is held back by route; {} while another process has it."""
    connection.execute(ignoring(connection, CLAIMS).values(name=HOLDING, owner="", until=""))
    mine = or_(CLAIMS.c.owner == owner, _is_free(CLAIMS.c.until, now))
    claim = update(CLAIMS).where(CLAIMS.c.name == HOLDING, mine).values(owner=owner, until=later(now, CLAIM))
    if not connection.execute(claim).rowcount:
        return {}
    kept: dict[str, list[int]] = {}
    for route, number in connection.execute(select(HELD.c.route, HELD.c.event).order_by(HELD.c.event)):
        kept.setdefault(route, []).append(number)
    return {route: _events(connection, ids) for route, ids in kept.items()}


def outgoing(connection: Connection, now: str, limit: int, route: str) -> tuple[Outgoing, ...]:
    """Messages that are due, of one route or of all, the longest waiting first."""
    ready = and_(MESSAGES.c.state == Delivery.WAITING.value, MESSAGES.c.due <= now, _is_free(MESSAGES.c.claimed, now))
    ready = and_(ready, MESSAGES.c.route == route) if route else ready
    which = select(MESSAGES).where(ready).order_by(MESSAGES.c.due, MESSAGES.c.id).limit(limit)
    rows = connection.execute(which.with_for_update(skip_locked=True)).all()
    ids = [row.id for row in rows]
    connection.execute(update(MESSAGES).where(MESSAGES.c.id.in_(ids)).values(claimed=later(now, CLAIM)))
    return tuple(map(_outgoing, rows))


def delivered(connection: Connection, message: int, state: Delivery, at: str, error: str, due: str) -> None:
    """What became of an attempt; one that was sent stays sent."""
    became = {
        "state": state.value,
        "attempts": MESSAGES.c.attempts + 1,
        "error": error,
        "sent": at if state is Delivery.SENT else "",
        "claimed": "",
        **({"due": due} if due else {}),
    }
    waiting = and_(MESSAGES.c.id == message, MESSAGES.c.state == Delivery.WAITING.value)
    connection.execute(update(MESSAGES).where(waiting).values(became))


def messages(connection: Connection, limit: int) -> tuple[Outgoing, ...]:
    """The newest messages."""
    return tuple(map(_outgoing, connection.execute(select(MESSAGES).order_by(MESSAGES.c.id.desc()).limit(limit))))


def _outgoing(row: AnyRow) -> Outgoing:
    return Outgoing(
        id=row.id,
        notice=msgspec.json.decode(row.notice, type=Notice),
        state=Delivery(row.state),
        due=row.due,
        attempts=row.attempts,
        error=row.error,
        sent=row.sent,
    )


def _is_free(claimed: ColumnElement[str], now: str) -> ColumnElement[bool]:
    """Whether nobody has it: a claim ends, and none reaches further than one that is made now (the clock was set)."""
    return or_(claimed <= now, claimed > later(now, CLAIM))
