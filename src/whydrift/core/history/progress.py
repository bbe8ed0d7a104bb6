"""Open findings in numbers, before and after."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from whydrift.core.model.history import ChangeAnswer, CountAnswer, ProgressAnswer

Counts = Sequence[CountAnswer]


def progress(before: Counts, after: Counts, since: str, at: str, kept_since: str) -> ProgressAnswer:
    """Two times held against each other, by severity, cause, team and project; what changed most comes first."""
    by: tuple[Callable[[CountAnswer], str], ...] = (
        lambda count: count.severity,
        lambda count: count.cause,
        lambda count: count.team,
        lambda count: count.project,
    )
    severities, causes, teams, projects = (_changes(before, after, name_of) for name_of in by)
    return ProgressAnswer(
        since=since,
        at=at,
        kept_since=kept_since,
        fields=ChangeAnswer("findings", sum(c.fields for c in before), sum(c.fields for c in after)),
        severities=severities,
        causes=causes,
        teams=teams if any(row.name for row in teams) else (),
        projects=projects,
    )


def _changes(before: Counts, after: Counts, name_of: Callable[[CountAnswer], str]) -> tuple[ChangeAnswer, ...]:
    then, now = _summed(before, name_of), _summed(after, name_of)
    rows = [ChangeAnswer(name, then.get(name, 0), now.get(name, 0)) for name in {**then, **now}]
    return tuple(sorted(rows, key=lambda row: (-abs(row.after - row.before), -row.after, row.name)))


def _summed(counts: Counts, name_of: Callable[[CountAnswer], str]) -> dict[str, int]:
    fields: dict[str, int] = {}
    for count in counts:
        fields[name_of(count)] = fields.get(name_of(count), 0) + count.fields
    return fields
