"""What is new since a mark: each event once, also one that had its number early and was kept late.

A number is given before its transaction ends, so that in PostgreSQL a lower one may be seen after a higher one. What is
missing between two that are seen is looked for again, until every transaction that was open then has ended.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise

import msgspec
from sqlalchemy import Connection, select, text

from whydrift.adapters.store.rows import PLACE, AnyRow, chunks
from whydrift.adapters.store.tables import APPLICATIONS, EVENTS
from whydrift.core.model.finding import ApplicationName, What
from whydrift.ports.watching import News

BEFORE = 1000
"""Numbers before the last one of which some may be missing where a reader begins."""
MOST_MISSING = 10_000
OPEN_FROM = text("SELECT pg_snapshot_xmin(pg_current_snapshot())::text")
OPEN_TO = text("SELECT pg_snapshot_xmax(pg_current_snapshot())::text")
NEWS = select(EVENTS.c.id, EVENTS.c.at, EVENTS.c.what, *PLACE).join_from(
    EVENTS, APPLICATIONS, EVENTS.c.application == APPLICATIONS.c.id
)


class Mark(msgspec.Struct, array_like=True):
    """How far somebody has read: the last number, and what is missing before it.

    Each missing number stands with that of a transaction that had not begun when it was found to be missing.
    """

    last: int
    missing: dict[int, int]


MARK = msgspec.json.Decoder(Mark)


def news(connection: Connection, mark: str, limit: int) -> tuple[tuple[News, ...], str]:
    """What is new since a mark, oldest first, and the next mark; () and a mark of now where there was none."""
    if not mark:
        return (), _spelled(_now(connection))
    before = MARK.decode(mark)
    ended = int(connection.scalar(OPEN_FROM) or 0) if before.missing else 0  # asked before the rows, not after
    late = list(_late(connection, sorted(before.missing)))
    fresh = connection.execute(NEWS.where(EVENTS.c.id > before.last).order_by(EVENTS.c.id).limit(limit)).all()
    came = {row.id for row in late}
    missing = {number: begun for number, begun in before.missing.items() if number not in came and not begun <= ended}
    missing |= _missing(connection, [before.last, *(row.id for row in fresh)])
    last = fresh[-1].id if fresh else before.last
    return tuple(_new(row) for row in (*late, *fresh)), _spelled(Mark(last, missing))


def _now(connection: Connection) -> Mark:
    newest = select(EVENTS.c.id).order_by(EVENTS.c.id.desc()).limit(BEFORE)
    numbers = sorted(connection.scalars(newest))
    if not numbers:
        return Mark(0, {})
    return Mark(numbers[-1], _missing(connection, [max(numbers[0] - BEFORE, 0), *numbers]))


def _late(connection: Connection, missing: Sequence[int]) -> Iterator[AnyRow]:
    for some in chunks(missing):
        yield from connection.execute(NEWS.where(EVENTS.c.id.in_(some)).order_by(EVENTS.c.id))


def _missing(connection: Connection, numbers: Collection[int]) -> dict[int, int]:
    """The numbers between these, rising ones: SQLite has one writer at a time, there nothing comes late."""
    gaps = [number for a, b in pairwise(numbers) for number in range(max(a + 1, b - MOST_MISSING), b)]
    if not gaps or connection.dialect.name == "sqlite":
        return {}
    return dict.fromkeys(gaps[-MOST_MISSING:], int(connection.scalar(OPEN_TO) or 0))


def _new(row: AnyRow) -> News:
    return News(row.id, row.at, What(row.what), ApplicationName(row.instance, row.namespace, row.name))


def _spelled(mark: Mark) -> str:
    return msgspec.json.encode(mark).decode()
