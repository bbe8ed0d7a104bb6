"""Rows → the words of history, and the filters that several questions share."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import cache
from typing import Any, TypeAlias, TypeVar

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, Table, cast, func, literal, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import JSONB

from whydrift.adapters.store.tables import APPLICATIONS, DETAILS, EVENTS, FINDINGS
from whydrift.core.model.finding import ApplicationName, Event, Finding, Found, What

T = TypeVar("T")
AnyRow: TypeAlias = Row[*tuple[Any, ...]]  # SQLAlchemy has no narrower type for the rows of long selects
LABELS = msgspec.json.Decoder(dict[str, str])
FOUND = msgspec.json.Decoder(Found)
PLACE = (APPLICATIONS.c.instance, APPLICATIONS.c.namespace, APPLICATIONS.c.name)
CHUNK = 500
"""Values in a list of one statement."""
OWNER = (*PLACE, APPLICATIONS.c.project, APPLICATIONS.c.team, APPLICATIONS.c.labels)
FINDING = select(
    FINDINGS.c.id,
    DETAILS.c.found,
    FINDINGS.c.first_seen,
    FINDINGS.c.last_seen,
    FINDINGS.c.since,
    FINDINGS.c.gone,
    FINDINGS.c.times_returned,
    *OWNER,
).select_from(FINDINGS.join(DETAILS).join(APPLICATIONS, FINDINGS.c.application == APPLICATIONS.c.id))
EVENT = select(
    EVENTS.c.id,
    EVENTS.c.at,
    EVENTS.c.what,
    EVENTS.c.finding,
    EVENTS.c.found,
    EVENTS.c.before,
    EVENTS.c.times_returned,
    *OWNER,
).join_from(EVENTS, APPLICATIONS, EVENTS.c.application == APPLICATIONS.c.id)


def finding_of(row: AnyRow) -> Finding:
    """A finding out of a row of FINDING."""
    return Finding(
        id=row.id,
        application=ApplicationName(row.instance, row.namespace, row.name),
        project=row.project,
        team=row.team,
        labels=LABELS.decode(row.labels),
        found=FOUND.decode(row.found),
        first_seen=row.first_seen,
        last_seen=row.last_seen,
        since=row.since,
        gone=row.gone,
        times_returned=row.times_returned,
    )


def event_of(row: AnyRow) -> Event:
    """An event out of a row of EVENT."""
    return Event(
        id=row.id,
        at=row.at,
        what=What(row.what),
        finding=row.finding,
        application=ApplicationName(row.instance, row.namespace, row.name),
        project=row.project,
        team=row.team,
        labels=LABELS.decode(row.labels),
        found=FOUND.decode(row.found),
        before=row.before,
        times_returned=row.times_returned,
    )


def is_named(connection: Connection, names: Collection[ApplicationName]) -> ColumnElement[bool]:
    """Whether an application is one of these; they are sent as one value, however many they are."""
    listed = msgspec.json.encode(sorted(names)).decode()
    if connection.dialect.name == "sqlite":
        each = func.json_each(literal(listed)).table_valued("value")
        parts = [func.json_extract(each.c.value, f"$[{place}]") for place in range(3)]
    else:
        each = func.jsonb_array_elements(cast(literal(listed), JSONB)).table_valued("value")
        parts = [cast(each.c.value, JSONB)[place].astext for place in range(3)]
    return tuple_(*PLACE).in_(select(*parts))


def is_visible(connection: Connection, visible: Collection[ApplicationName] | None) -> list[ColumnElement[bool]]:
    """The condition that leaves out what a reader may not see; none where everything may be seen."""
    return [] if visible is None else [is_named(connection, visible)]


def chunks(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """Values in lists that one statement takes."""
    return (values[start : start + CHUNK] for start in range(0, len(values), CHUNK))


def wait_for_lock(connection: Connection, lock: int) -> None:
    """Wait until no other transaction holds a lock, and hold it until this one ends; SQLite has one writer anyway."""
    if connection.dialect.name != "sqlite":
        connection.execute(select(func.pg_advisory_xact_lock(lock)))


def ignoring(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An insert that leaves alone what is there already: both databases say so in the same words."""
    return _ignoring(connection.dialect.name, table)


@cache
def _ignoring(dialect: str, table: Table) -> sqlite.Insert | postgresql.Insert:
    if dialect == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing()
    return postgresql.insert(table).on_conflict_do_nothing()
