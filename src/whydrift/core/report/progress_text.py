"""Before and after, for people: how many findings were open, by severity, cause, team and project."""

from __future__ import annotations

from whydrift.core.model.history import ChangeAnswer, ProgressAnswer
from whydrift.core.report.words import Ink, shortened

NUMBERS = 28
"""Columns for the three numbers."""


def progress_text(answer: ProgressAnswer, ink: Ink, width: int = 110) -> str:
    """Before and after, in columns; what changed most comes first."""
    if not answer.kept_since:
        return "Nothing is kept yet: `whydrift watch` or `whydrift serve` keep what they see.\n"
    wide = min(width - NUMBERS, 48)
    lines = [ink.strong(f"{'':<{wide}}{answer.since[:10]:>12}{'now':>8}"), _change(answer.fields, wide, ink)]
    if answer.kept_since > answer.since[:10]:
        lines.insert(0, f"kept since {answer.kept_since} only: before that nothing is known")
    groups = (
        ("by severity", answer.severities),
        ("by cause", answer.causes),
        ("by team", answer.teams),
        ("by project", answer.projects),
    )
    for title, rows in groups:
        if rows:
            lines += ["", ink.strong(title), *(_change(row, wide, ink) for row in rows)]
    return "\n".join(lines) + "\n"


def _change(row: ChangeAnswer, wide: int, ink: Ink) -> str:
    grew = row.after - row.before
    told = f"{grew:+}" if grew else "="
    name = shortened(row.name or "(none)", wide - 4)
    mark = ink.alarm if grew > 0 else ink.quiet
    return f"  {name:<{wide - 2}}{row.before:>12}{row.after:>8}{mark(f'{told:>8}')}"
