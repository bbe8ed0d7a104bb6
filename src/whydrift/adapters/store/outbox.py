"""Events that wait to be told, and messages that wait to be sent: each is one process's at a time, until it is done."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import msgspec
from sqlalchemy import ColumnElement, Connection, and_, delete, or_, select, union, update

from whydrift.adapters.store.rows import EVENT, AnyRow, chunks, event_of, ignoring, wait_for_lock
from whydrift.adapters.store.tables import APPLICATIONS, CLAIMS, EVENTS, FINDINGS, HELD, MESSAGES
from whydrift.core.model.finding import SEVERITIES, Event, Severity
from whydrift.core.model.notice import Delivery, Notice, Outgoing
from whydrift.core.model.times import later

CLAIMED = 60
"""Seconds that the turn to make messages, and a message to send, are this process's alone, unless it claims again."""
PATIENCE = 15
"""How many times the quiet that is waited for: what never settles is told of all the same."""
PATIENCE_WHEN_BROKEN = 3
"""The same for what is broken: a container that crashes is what keeps a rollout from its end."""
TURN = "messages"
CLAIMING = 0x77687973
"""Names the lock under which messages are claimed."""
_IS_BROKEN = and_(FINDINGS.c.gone == "", FINDINGS.c.rank == SEVERITIES.index(Severity.BROKEN))


def take_turn(connection: Connection, now: str, owner: str) -> bool:
    """Whether who asks is the one that makes messages now."""
    connection.execute(ignoring(connection, CLAIMS).values(name=TURN, owner="", until=""))
    free = or_(CLAIMS.c.owner == owner, _is_free(CLAIMS.c.until, now))
    turn = update(CLAIMS).where(CLAIMS.c.name == TURN, free).values(owner=owner, until=later(now, CLAIMED))
    return bool(connection.execute(turn).rowcount)


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
    which = which.where(EVENTS.c.told.is_(False), ripe).order_by(EVENTS.c.id).limit(limit)
    return _events(connection, connection.scalars(which).all())


def anything_told(connection: Connection) -> bool:
    """Whether any event was ever told of."""
    return connection.scalar(select(EVENTS.c.id).where(EVENTS.c.told.is_(True)).limit(1)) is not None


def _events(connection: Connection, ids: Sequence[int]) -> tuple[Event, ...]:
    rows = [row for some in chunks(ids) for row in connection.execute(EVENT.where(EVENTS.c.id.in_(some)))]
    return tuple(event_of(row) for row in sorted(rows, key=lambda row: int(row.id)))


def announce(
    connection: Connection,
    owner: str,
    events: Sequence[int],
    notices: Sequence[Notice],
    due: Mapping[str, str],
    hold: Mapping[str, Sequence[int]],
    release: Mapping[str, Sequence[int]],
) -> bool:
    """Keep messages; these events are told of with them, and the turn ends. Whether so: it may be another's by now."""
    turn = update(CLAIMS).where(CLAIMS.c.name == TURN, CLAIMS.c.owner == owner)
    if not connection.execute(turn.values(owner="", until="")).rowcount or not _tell(connection, sorted(set(events))):
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
    return True


def _tell(connection: Connection, events: Sequence[int]) -> bool:
    told = 0
    for some in chunks(events):
        untold = update(EVENTS).where(EVENTS.c.id.in_(some), EVENTS.c.told.is_(False))
        told += connection.execute(untold.values(told=True)).rowcount
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


def held(connection: Connection, routes: Collection[str]) -> Mapping[str, tuple[Event, ...]]:
    """What is held back by these routes."""
    of_these = select(HELD.c.route, HELD.c.event).where(HELD.c.route.in_(routes)).order_by(HELD.c.event)
    kept: dict[str, list[int]] = {}
    for route, number in connection.execute(of_these):
        kept.setdefault(route, []).append(number)
    return {route: _events(connection, ids) for route, ids in kept.items()}


def waiting_routes(connection: Connection) -> frozenset[str]:
    """The routes that something waits for."""
    messages = select(MESSAGES.c.route).where(MESSAGES.c.state == Delivery.WAITING.value)
    return frozenset(connection.scalars(union(messages, select(HELD.c.route))))


def outgoing(connection: Connection, now: str, limit: int, route: str) -> tuple[Outgoing, ...]:
    """Messages that are due, of one route or of all, the longest waiting first.

    None of a route while another process has some of it: what is sent says how it is now, and must not overtake.
    """
    wait_for_lock(connection, CLAIMING)  # who asks at the same time waits, and sees what was claimed
    waits, free = MESSAGES.c.state == Delivery.WAITING.value, _is_free(MESSAGES.c.claimed, now)
    busy = select(MESSAGES.c.route).where(waits, ~free)
    ready = and_(waits, MESSAGES.c.due <= now, free, MESSAGES.c.route.not_in(busy))
    which = select(MESSAGES).where(ready).order_by(MESSAGES.c.due, MESSAGES.c.id).limit(limit)
    which = which.where(MESSAGES.c.route == route) if route else which
    rows = connection.execute(which.with_for_update()).all()
    ids = [row.id for row in rows]
    connection.execute(update(MESSAGES).where(MESSAGES.c.id.in_(ids)).values(claimed=later(now, CLAIMED)))
    return tuple(map(_outgoing, rows))


def claim(connection: Connection, message: int, now: str) -> None:
    """A message that is being sent stays claimed; one of which is known what became of it does not."""
    sending = and_(MESSAGES.c.id == message, MESSAGES.c.claimed != "")
    connection.execute(update(MESSAGES).where(sending).values(claimed=later(now, CLAIMED)))


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


def messages(connection: Connection, limit: int, states: Collection[Delivery], route: str) -> tuple[Outgoing, ...]:
    """The newest messages."""
    which = select(MESSAGES).order_by(MESSAGES.c.id.desc()).limit(limit)
    which = which.where(MESSAGES.c.state.in_([state.value for state in states])) if states else which
    which = which.where(MESSAGES.c.route == route) if route else which
    return tuple(map(_outgoing, connection.execute(which)))


def resend(connection: Connection, ids: Sequence[int], at: str) -> int:
    """Let messages that were not sent wait again, as if they were new; how many."""
    again = {"state": Delivery.WAITING.value, "due": at, "attempts": 0, "error": ""}
    free = and_(MESSAGES.c.state != Delivery.SENT.value, _is_free(MESSAGES.c.claimed, at))
    each = (update(MESSAGES).where(MESSAGES.c.id.in_(some), free).values(again) for some in chunks(ids))
    return sum(connection.execute(one).rowcount for one in each)


def drop(connection: Connection, route: str, why: str, at: str) -> int:
    """End what waits for a route; how many messages. One that somebody is sending just now is left to them."""
    waits = and_(MESSAGES.c.route == route, MESSAGES.c.state == Delivery.WAITING.value)
    waits = and_(waits, _is_free(MESSAGES.c.claimed, at))
    ended = update(MESSAGES).where(waits).values(state=Delivery.DROPPED.value, error=why, due=at)
    connection.execute(delete(HELD).where(HELD.c.route == route))
    return connection.execute(ended).rowcount


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
    """Whether nobody has it: a claim ends.

    Clocks of machines may differ by as much; a claim that reaches further into the future is from before one was set.
    """
    return or_(claimed <= now, claimed > later(now, 2 * CLAIMED))
