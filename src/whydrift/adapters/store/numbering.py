"""Keeps how many findings are open, and from when to when: what numbers at any time are made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec
from sqlalchemy import Connection, bindparam, delete, insert, select, update

from whydrift.adapters.store.tables import NUMBERS
from whydrift.core.history.numbers import numbers, oldest
from whydrift.core.model.finding import SEVERITIES, Finding

_HOLDING = select(NUMBERS).where(NUMBERS.c.application == bindparam("number"), NUMBERS.c.ended == "")


def number(connection: Connection, application: int, now: Sequence[Finding], at: str, first: bool = False) -> None:
    """End the numbers that no longer hold, and begin those that do; a number that never held is forgotten.

    `first` says that none can be there.
    """
    rows = [] if first else connection.execute(_HOLDING, {"number": application}).all()
    kept = {(row.cause, row.side, row.rank, row.fields, row.objects): row for row in rows}
    hold = {
        (number.cause, number.side, SEVERITIES.index(number.severity), *counted)
        for number, counted in numbers(now).items()
    }
    for counted, row in kept.items():
        if counted in hold:
            continue
        this = NUMBERS.c.id == row.id
        over = row.began < at
        connection.execute(update(NUMBERS).where(this).values(ended=at) if over else delete(NUMBERS).where(this))
    names = ("cause", "side", "rank", "fields", "objects")
    began = [
        {"application": application, **dict(zip(names, counted, strict=True)), "began": at, "ended": ""}
        for counted in sorted(hold - set(kept))
    ]
    if began:
        connection.execute(insert(NUMBERS), began)


def open_of(findings: Iterable[Finding]) -> dict[str, str]:
    """What is open of an application, in short: lists of applications are long."""
    there = [finding for finding in findings if not finding.gone]
    counted = Counter(finding.found.severity.value for finding in there)
    return {"open": msgspec.json.encode(counted).decode(), "oldest": oldest(there)}
