"""What was not read, for people: it stands before everything else."""

from __future__ import annotations

from collections.abc import Iterable

from whydrift.core.model.triage import GapAnswer, ReadAnswer
from whydrift.core.report.words import Ink, plain

SHOWN = 8


def unread_lines(read: ReadAnswer, unseen: Iterable[GapAnswer], applications: Iterable[str], ink: Ink) -> list[str]:
    """What is known of the reading, and then what was not read: applications (with why) and facts."""
    lines = [f"  {plain(line)}" for line in applications]
    lines += [
        f"  {plain(gap.what)}: {plain(gap.why)}{f'  → needs {plain(gap.needs)}' if gap.needs else ''}"
        for gap in (*read.gaps, *unseen)
    ]
    notes = [ink.quiet(f"note: {plain(note)}") for note in read.notes]
    if not lines:
        return notes
    more = [f"  … {len(lines) - SHOWN} more: -o json"] if len(lines) > SHOWN else []
    return [*notes, "", ink.alarm("NOT READ"), *lines[:SHOWN], *more]
