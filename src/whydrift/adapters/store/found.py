"""Which findings a reader wants, a page of them, and how many there are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

from sqlalchemy import Column, ColumnElement, Connection, Select, func, select

from whydrift.adapters.store.rows import FINDING, finding_of, is_named, is_visible
from whydrift.adapters.store.tables import APPLICATIONS, FINDINGS
from whydrift.core.model.finding import SEVERITIES, Finding
from whydrift.ports.watching import Wanted

GLOB = re.compile(r"[*?\[]")
FEW = 500
"""Applications whose findings are fetched and sorted; those of more are picked out of all findings in their order."""
WILD = re.compile(r"([%_\\])")


def findings(connection: Connection, wanted: Wanted) -> tuple[Finding, ...]:
    """A page, what hurts most first, then the newest. What is only shown is read of the page alone."""
    order = (FINDINGS.c.rank, FINDINGS.c.since.desc(), FINDINGS.c.id)
    ids = select(FINDINGS.c.id).where(*_wanted(connection, wanted)).order_by(*order)
    page = ids.limit(wanted.limit).offset(wanted.offset).subquery()
    rows = connection.execute(FINDING.join(page, FINDINGS.c.id == page.c.id).order_by(*order))
    return tuple(finding_of(row) for row in rows)


def total(connection: Connection, wanted: Wanted) -> int:
    """How many there are on all pages."""
    counted = select(func.count()).select_from(FINDINGS).where(*_wanted(connection, wanted))
    return connection.execute(counted).scalar_one()


def _wanted(connection: Connection, wanted: Wanted) -> list[ColumnElement[bool]]:
    """Every condition; none where anything is wanted."""
    ranks = [SEVERITIES.index(severity) for severity in wanted.severities]
    owners = _owners(connection, wanted)
    many = owners is None or isinstance(owners, Select)
    conditions = [_is_open(by_index=many and not wanted.text)] if wanted.open_only else []
    conditions += [FINDINGS.c.application.in_(owners)] if owners is not None else []
    conditions += [FINDINGS.c.rank.in_(ranks)] if ranks else []
    conditions += [FINDINGS.c.scope.in_(wanted.scope)] if wanted.scope else []
    conditions += [FINDINGS.c.accepted.is_(wanted.accepted)] if wanted.accepted is not None else []
    conditions += [FINDINGS.c.last_seen >= wanted.since] if wanted.since else []
    conditions += [_holds(word) for word in wanted.text.lower().split()]
    globs = ((FINDINGS.c.cause, wanted.causes), (FINDINGS.c.side, wanted.sides))
    return conditions + [_fits(connection, column, patterns) for column, patterns in globs if patterns]


def _is_open(by_index: bool) -> ColumnElement[bool]:
    """Whether a finding is there. Where few are meant, or a text, SQLite shall not walk through all in their order."""
    return (FINDINGS.c.gone if by_index else FINDINGS.c.gone + "") == ""


def _owners(connection: Connection, wanted: Wanted) -> Sequence[int] | Select[int] | None:
    """Whose findings are meant: None for everybody's; a few by number, so that an index finds theirs."""
    conditions = is_visible(connection, wanted.visible)
    conditions += [is_named(connection, wanted.applications)] if wanted.applications else []
    globs = ((APPLICATIONS.c.project, wanted.projects), (APPLICATIONS.c.team, wanted.teams))
    conditions += [_fits(connection, column, patterns) for column, patterns in globs if patterns]
    if not conditions:
        return None
    meant = select(APPLICATIONS.c.id).where(*conditions)
    few = connection.scalars(meant.limit(FEW + 1)).all()
    return few if len(few) <= FEW else meant


def _holds(word: str) -> ColumnElement[bool]:
    """Whether a word stands anywhere in names, fields and causes."""
    literal = WILD.sub(r"\\\1", word)
    return FINDINGS.c.search.like(f"%{literal}%", escape="\\")


def _fits(connection: Connection, column: Column[str], patterns: Iterable[str]) -> ColumnElement[bool]:
    """Whether a column fits a glob: the few values that there are are tried here, alike for both databases."""
    plain = [pattern for pattern in patterns if not GLOB.search(pattern)]
    globs = [pattern for pattern in patterns if GLOB.search(pattern)]
    if globs:
        there = connection.scalars(select(column).distinct())
        plain += [value for value in there if any(fnmatchcase(value, glob) for glob in globs)]
    return column.in_(plain)
