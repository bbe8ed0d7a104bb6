"""Keeps looks: an application as it is now, its findings, what happened to them, and how many are open since when."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, bindparam, delete, insert, select, update

from whydrift.adapters.store.numbering import number, open_of
from whydrift.adapters.store.rows import FINDING, PLACE, AnyRow, chunks, finding_of, ignoring, wait_for_lock
from whydrift.adapters.store.tables import ANSWERS, APPLICATIONS, DETAILS, EVENTS, FINDINGS
from whydrift.core.history.changes import Change, changes, is_late, vanished
from whydrift.core.model.finding import (
    SEVERITIES,
    ApplicationName,
    Event,
    Finding,
    FindingKey,
    Found,
    Seen,
    What,
    scope_of,
)

FAST = 1
"""zlib's level: answers are large and alike inside."""
NUMBERING = 0x7768796E
"""Names the lock under which events get their ids."""
_ROW = select(APPLICATIONS).where(*(column == bindparam(column.name) for column in PLACE)).with_for_update()
_OPEN = FINDING.where(FINDINGS.c.application == bindparam("number"), FINDINGS.c.gone == "")
_DESCRIBED = update(APPLICATIONS).where(APPLICATIONS.c.id == bindparam("number"))
_ANSWERED = update(ANSWERS).where(ANSWERS.c.application == bindparam("number"))
"""What each look asks and writes: made once, for making statements takes longer than a small database does."""


def record(connection: Connection, seen: Seen) -> tuple[Event, ...]:
    """Keep a look; what happened since the last one, () where it is late (`core.history.changes.is_late`)."""
    row = _locked(connection, seen)
    if is_late(row.at, seen.at):
        return ()
    known = [] if is_first(row) else _known(connection, row.id, seen)
    happened = _keep(connection, row.id, known, changes(known, seen))
    now = {**{f.found.key: f for f in known}, **{c.finding.found.key: c.finding for c in happened}}
    number(connection, row.id, list(now.values()), seen.at, first=is_first(row))
    _describe(connection, row, seen, open_of(now.values()))
    return _note(connection, row.id, happened, seen.revision)


def vanish(connection: Connection, application: ApplicationName, at: str) -> tuple[Event, ...]:
    """An application was deleted; () where it is not known, or was seen since."""
    row = _row(connection, application)
    if row is None or row.vanished or is_late(row.at, at):
        return ()
    known = _open(connection, row.id)
    happened = _keep(connection, row.id, known, vanished(known, at))
    number(connection, row.id, [], at)
    gone = {"vanished": at, "at": at, "fingerprint": "", **open_of(())}
    connection.execute(update(APPLICATIONS).where(APPLICATIONS.c.id == row.id).values(gone))
    connection.execute(delete(ANSWERS).where(ANSWERS.c.application == row.id))
    return _note(connection, row.id, happened, row.revision)


def _row(connection: Connection, application: ApplicationName) -> AnyRow | None:
    """An application's row, locked until the end of the transaction."""
    return connection.execute(_ROW, application._asdict()).first()


def is_first(row: AnyRow) -> bool:
    """Whether nothing was ever kept of an application: it need not be looked for."""
    return not row.at


def _locked(connection: Connection, seen: Seen) -> AnyRow:
    """The row of an application, made where there is none; two looks at one application follow each other."""
    row = _row(connection, seen.application)
    if row is None:
        fresh = {column.name: "" for column in APPLICATIONS.c if column.name != "id"}
        named = dict(zip(("instance", "namespace", "name"), seen.application, strict=True))
        connection.execute(ignoring(connection, APPLICATIONS), {**fresh, "labels": "{}", "open": "{}", **named})
        row = _row(connection, seen.application)
    assert row is not None
    return row


def _known(connection: Connection, application: int, seen: Seen) -> list[Finding]:
    """The open findings, and the gone ones that were seen again."""
    known = _open(connection, application)
    there = {finding.found.key for finding in known}
    others = [_digest(found.key) for found in seen.found if found.key not in there]
    for some in chunks(others):
        again = FINDING.where(FINDINGS.c.application == application, FINDINGS.c.key.in_(some))
        known += map(finding_of, connection.execute(again))
    return known


def _open(connection: Connection, application: int) -> list[Finding]:
    rows = connection.execute(_OPEN, {"number": application})
    return [finding_of(row) for row in rows]


def _digest(key: FindingKey) -> str:
    """A key in few characters: paths are longer than an index takes."""
    return hashlib.sha256(msgspec.json.encode(key)).hexdigest()[:32]


def _keep(
    connection: Connection, application: int, known: Sequence[Finding], happened: Sequence[Change]
) -> list[Change]:
    """Write the findings down as they are now; new ones come back with their ids."""
    new = [change.finding for change in happened if change.what is What.NEW]
    fresh = iter(_insert(connection, application, new))
    numbered = [
        change._replace(finding=msgspec.structs.replace(change.finding, id=next(fresh)))
        if change.what is What.NEW
        else change
        for change in happened
    ]
    _update(connection, known, [change.finding for change in numbered if change.what is not What.NEW])
    return numbered


def _note(connection: Connection, application: int, happened: Sequence[Change], revision: str) -> tuple[Event, ...]:
    """Write the events down; these come back with their ids. The last thing that a transaction does.

    Ids rise in the order in which events are kept: PostgreSQL gives them before a transaction ends, so that whoever
    takes some holds up others until its own are kept.
    """
    told = [change for change in happened if change.what is not What.STILL]
    if not told:
        return ()
    wait_for_lock(connection, NUMBERING)
    rows = [_event(application, change, revision) for change in told]
    ids = connection.scalars(insert(EVENTS).returning(EVENTS.c.id, sort_by_parameter_order=True), rows)
    return tuple(_told(number, change) for number, change in zip(ids, told, strict=True))


def _insert(connection: Connection, application: int, new: Sequence[Finding]) -> Sequence[int]:
    """Add findings; their ids, in their order."""
    if not new:
        return ()
    rows = [
        {"application": application, "key": _digest(finding.found.key), "first_seen": finding.first_seen}
        | _columns(finding)
        for finding in new
    ]
    ids = connection.scalars(insert(FINDINGS).returning(FINDINGS.c.id, sort_by_parameter_order=True), rows).all()
    details = [{"finding": number, "found": _spelled(one.found)} for number, one in zip(ids, new, strict=True)]
    connection.execute(insert(DETAILS), details)
    return ids


def _update(connection: Connection, known: Sequence[Finding], now: Sequence[Finding]) -> None:
    """Bring findings up to date: of most of them nothing changed but when they were seen last."""
    before = {finding.id: finding for finding in known}
    touched: dict[str, list[int]] = {}
    changed: list[dict[str, object]] = []
    for finding in now:
        was = before[finding.id]
        if (finding.found, finding.gone, finding.since) != (was.found, was.gone, was.since):
            changed.append({"number": finding.id, **_columns(finding)})
        elif finding.last_seen != was.last_seen:
            touched.setdefault(finding.last_seen, []).append(finding.id)
    for at, ids in touched.items():
        for some in chunks(ids):
            connection.execute(update(FINDINGS).where(FINDINGS.c.id.in_(some)).values(last_seen=at))
    if changed:
        connection.execute(update(FINDINGS).where(FINDINGS.c.id == bindparam("number")), changed)
    details = [{"number": one.id, "found": _spelled(one.found)} for one in now if one.found != before[one.id].found]
    if details:
        connection.execute(update(DETAILS).where(DETAILS.c.finding == bindparam("number")), details)


def _columns(finding: Finding) -> dict[str, object]:
    """What of a finding may change."""
    found = finding.found
    return {
        "cause": found.cause,
        "side": found.side,
        "rank": SEVERITIES.index(found.severity),
        "scope": scope_of(found),
        "accepted": bool(found.accepted),
        "last_seen": finding.last_seen,
        "since": finding.since,
        "gone": finding.gone,
        "times_returned": finding.times_returned,
        "search": _search(finding.application, found),
    }


def _spelled(found: Found) -> str:
    return msgspec.json.encode(found).decode()


def _search(application: ApplicationName, found: Found) -> str:
    """Everything that a text is looked for in."""
    parts = (*application, found.key.namespace, found.key.object, found.field, found.cause)
    return " ".join(parts).lower().replace("\0", "")  # PostgreSQL takes no NUL


def _event(application: int, change: Change, revision: str) -> dict[str, object]:
    finding = change.finding
    return {
        "application": application,
        "finding": finding.id,
        "at": finding.gone or finding.last_seen,
        "what": change.what.value,
        "before": change.before,
        "revision": revision,
        "times_returned": finding.times_returned,
        "found": _spelled(finding.found),
        "told": False,
    }


def _told(number: int, change: Change) -> Event:
    finding = change.finding
    return Event(
        id=number,
        at=finding.gone or finding.last_seen,
        what=change.what,
        finding=finding.id,
        application=finding.application,
        project=finding.project,
        team=finding.team,
        labels=finding.labels,
        found=finding.found,
        before=change.before,
        times_returned=finding.times_returned,
    )


def _describe(connection: Connection, row: AnyRow, seen: Seen, short: dict[str, str]) -> None:
    """The application as it is now, and its answer."""
    now = {
        "at": seen.at,
        "project": seen.project,
        "team": seen.team,
        "labels": msgspec.json.encode(seen.labels).decode(),
        "cluster": seen.cluster,
        "sync": seen.sync,
        "health": seen.health,
        "revision": seen.revision,
        "safe": seen.safe,
        "not_read": seen.not_read,
        "fingerprint": seen.fingerprint,
        "settled": (row.settled or seen.at) if seen.settled else "",
        **short,
        "vanished": "",
    }
    connection.execute(_DESCRIBED, {"number": row.id, **now})
    answer = {"at": seen.at, "body": zlib.compress(seen.answer, FAST)}
    if is_first(row) or not connection.execute(_ANSWERED, {"number": row.id, **answer}).rowcount:
        connection.execute(insert(ANSWERS).values(application=row.id, **answer))
