"""Which of Argo CD's ways to compare was used for an object (util/argo/diff/diff.go :: StateDiffs)."""

from __future__ import annotations

from enum import StrEnum

from whydrift.core.explain.subject import Subject
from whydrift.core.model.values import ABSENT, child


class Strategy(StrEnum):
    """How Argo CD compared: by patches (two- or three-way), by structured merge, or by the server's dry run."""

    PATCHES = "two- or three-way"
    STRUCTURED = "structured merge"
    SERVER_SIDE = "server-side"


def strategy_of(subject: Subject) -> Strategy:
    """The strategy; the controller's own switch for server-side diff shows in what it leaves out of both sides."""
    options = subject.application.compare_options
    if "ServerSideDiff=true" in options or (_without_managed_fields(subject) and "ServerSideDiff=false" not in options):
        return Strategy.SERVER_SIDE
    return Strategy.STRUCTURED if subject.server_side else Strategy.PATCHES


def _without_managed_fields(subject: Subject) -> bool:
    """A server-side diff takes managed fields out of its two sides; the others keep them (measured on 3.5)."""
    item = subject.object
    place = ("metadata", "managedFields")
    return child(item.live, *place) is not ABSENT and child(item.normalized_live, *place) is ABSENT
