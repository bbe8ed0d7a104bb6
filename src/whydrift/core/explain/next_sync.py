"""What the next sync does with an object that Argo CD calls Synced."""

from __future__ import annotations

from whydrift.core.explain.ignoring import respected
from whydrift.core.explain.subject import Subject

ONLY_OUT_OF_SYNC = "ApplyOutOfSyncOnly=true"


def reaches(subject: Subject) -> bool:
    """Whether a sync sends this object too, although it counts as Synced."""
    return ONLY_OUT_OF_SYNC not in subject.application.sync_options


def restores(subject: Subject) -> bool:
    """Whether a sync sends git's own value also where an ignore rule covers it."""
    return reaches(subject) and not respected(subject)
