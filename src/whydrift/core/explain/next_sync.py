"""What the next sync does with an object that Argo CD calls Synced."""

from __future__ import annotations

from whydrift.core.explain.ignoring import respected
from whydrift.core.explain.subject import Subject
from whydrift.core.model.drift import Difference
from whydrift.core.model.values import ABSENT, child, is_empty

ONLY_OUT_OF_SYNC = "ApplyOutOfSyncOnly=true"


def reaches(subject: Subject) -> bool:
    """Whether a sync sends this object too, although it counts as Synced."""
    return ONLY_OUT_OF_SYNC not in subject.application.sync_options


def restores(subject: Subject) -> bool:
    """Whether a sync sends git's own value also where an ignore rule covers it."""
    return reaches(subject) and not respected(subject)


def leaves_addition(subject: Subject, difference: Difference) -> bool:
    """Whether an apply says nothing of what only live has here: nothing around it is sent whole.

    That is an object that is replaced, an empty value around it, and any list of a custom resource that is applied
    client-side: a JSON merge patch holds lists as a whole (reference/measured.md 55).
    """
    around = child(subject.object.target, *difference.path[:-1])
    replaced = "Replace=true" in subject.application.sync_options | subject.sync_options
    listed = subject.custom and not subject.server_side and any(isinstance(step, int) for step in difference.path)
    return not replaced and not listed and (around is ABSENT or not is_empty(around))
