"""The fleet in numbers, now and at any time since it is watched: made of `numbers`, never of single findings."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, timedelta

import msgspec
from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select

from whydrift.adapters.store.rows import PLACE, AnyRow, is_visible
from whydrift.adapters.store.tables import APPLICATIONS, NUMBERS
from whydrift.core.model.finding import SEVERITIES, ApplicationName
from whydrift.ports.watching import Count, Drift, Known

OPEN = msgspec.json.Decoder(dict[str, int])
Visible = Collection[ApplicationName] | None

KNOWN = (
    *PLACE,
    APPLICATIONS.c.at,
    APPLICATIONS.c.project,
    APPLICATIONS.c.team,
    APPLICATIONS.c.cluster,
    APPLICATIONS.c.sync,
    APPLICATIONS.c.health,
    APPLICATIONS.c.revision,
    APPLICATIONS.c.safe,
    APPLICATIONS.c.not_read,
    APPLICATIONS.c.fingerprint,
    APPLICATIONS.c.settled,
    APPLICATIONS.c.open,
    APPLICATIONS.c.oldest,
)
"""The fields of `Known`, in their order."""


def applications(connection: Connection, visible: Visible) -> tuple[Known, ...]:
    """All applications that did not vanish, by name, with how many findings of each severity are open."""
    seen = is_visible(connection, visible)
    rows = connection.execute(select(*KNOWN).where(APPLICATIONS.c.vanished == "", *seen).order_by(*PLACE))
    return tuple(
        Known._make((ApplicationName(instance, namespace, name), *rest, bool(settled), OPEN.decode(there), since))
        for instance, namespace, name, *rest, settled, there, since in map(tuple, rows)
    )


def newest(connection: Connection) -> str:
    """When anything was looked at last, "" where nothing was."""
    at = connection.scalar(select(func.max(APPLICATIONS.c.at)).where(APPLICATIONS.c.vanished == ""))
    return at or ""


def counts(connection: Connection, at: str, visible: Visible) -> tuple[Count, ...]:
    """Open findings by cause, side, severity, project and team, most first."""
    groups = (NUMBERS.c.cause, NUMBERS.c.side, NUMBERS.c.rank, APPLICATIONS.c.project, APPLICATIONS.c.team)
    fields, objects = func.sum(NUMBERS.c.fields), func.sum(NUMBERS.c.objects)
    counted = select(*groups, fields, objects, func.count(NUMBERS.c.application.distinct())).join_from(
        NUMBERS, APPLICATIONS
    )
    counted = counted.where(_open_at(at), *is_visible(connection, visible)).group_by(*groups)
    rows = connection.execute(counted.order_by(fields.desc(), *groups))
    return tuple(Count(row.cause, row.side, SEVERITIES[row.rank].value, *row[3:]) for row in rows)


def drifts(connection: Connection, cause: str, visible: Visible) -> tuple[Drift, ...]:
    """Open findings of each application by cause, side and severity."""
    found = select(*PLACE, NUMBERS.c.cause, NUMBERS.c.side, NUMBERS.c.rank, NUMBERS.c.fields).join_from(
        NUMBERS, APPLICATIONS
    )
    found = found.where(NUMBERS.c.ended == "", *is_visible(connection, visible))
    found = found.where(NUMBERS.c.cause == cause) if cause else found
    rows = connection.execute(found.order_by(*PLACE, NUMBERS.c.rank, NUMBERS.c.cause, NUMBERS.c.side))
    return tuple(_drift(row) for row in rows)


def _drift(row: AnyRow) -> Drift:
    application = ApplicationName(row.instance, row.namespace, row.name)
    return Drift(application, row.cause, row.side, SEVERITIES[row.rank].value, row.fields)


def daily(connection: Connection, since: str, today: str, visible: Visible) -> tuple[tuple[str, str, int], ...]:
    """(day, cause, open findings at its end) for each day and each cause that was open on it, from `since` to today."""
    first = since[:10]
    changed: dict[tuple[str, str], int] = {}
    for moment, sign in ((NUMBERS.c.began, 1), (NUMBERS.c.ended, -1)):
        for day, cause, fields in connection.execute(_by_day(connection, moment, first, visible)):
            key = (max(day, first), cause)
            changed[key] = changed.get(key, 0) + sign * fields
    return tuple(_added(changed, first, today))


def _by_day(connection: Connection, moment: ColumnElement[str], first: str, visible: Visible) -> Select[str, str, int]:
    """How many findings began or ended on each day, by cause; those that ended before the first day do not matter."""
    day = func.substr(moment, 1, 10)
    counted = select(day, NUMBERS.c.cause, func.sum(NUMBERS.c.fields)).where(moment != "")
    counted = counted.where(or_(NUMBERS.c.ended == "", NUMBERS.c.ended >= first))
    if visible is not None:
        counted = counted.join_from(NUMBERS, APPLICATIONS).where(*is_visible(connection, visible))
    return counted.group_by(day, NUMBERS.c.cause)


def _added(changed: dict[tuple[str, str], int], first: str, today: str) -> Iterator[tuple[str, str, int]]:
    """Changes by day and cause, added up."""
    by_day: dict[str, list[tuple[str, int]]] = {}
    for (day, cause), fields in changed.items():
        by_day.setdefault(day, []).append((cause, fields))
    there: dict[str, int] = {}
    begin, days = date.fromisoformat(first), date.fromisoformat(today) - date.fromisoformat(first)
    for passed in range(days.days + 1):
        day = (begin + timedelta(days=passed)).isoformat()
        for cause, fields in by_day.get(day, ()):
            there[cause] = there.get(cause, 0) + fields
        yield from ((day, cause, fields) for cause, fields in sorted(there.items()) if fields)


def _open_at(at: str) -> ColumnElement[bool]:
    if not at:
        return NUMBERS.c.ended == ""
    return and_(NUMBERS.c.began <= at, or_(NUMBERS.c.ended == "", NUMBERS.c.ended > at))
