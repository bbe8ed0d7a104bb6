"""Which of Argo CD's ways to compare was used for an object (util/argo/diff/diff.go :: StateDiffs)."""

from __future__ import annotations

from enum import StrEnum

from whydrift.core.compare.terms import ASKS_SERVER
from whydrift.core.explain.subject import Subject
from whydrift.core.model.application import Application
from whydrift.core.model.snapshot import ObjectSnapshot
from whydrift.core.model.values import ABSENT, child


class Strategy(StrEnum):
    """How Argo CD compared: by patches (two- or three-way), by structured merge, or by the server's dry run."""

    PATCHES = "two- or three-way"
    STRUCTURED = "structured merge"
    SERVER_SIDE = "server-side"


def strategy_of(subject: Subject) -> Strategy:
    """The strategy that an object was compared with."""
    if compared_server_side(subject.application, subject.object):
        return Strategy.SERVER_SIDE
    structured = subject.server_side and not ASKS_SERVER.holds(subject.release)
    return Strategy.STRUCTURED if structured else Strategy.PATCHES


def compared_server_side(application: Application, item: ObjectSnapshot) -> bool:
    """Whether by the server's dry run; the controller's own switch for it shows in what it leaves out of both sides."""
    options = application.compare_options
    stated = "ServerSideDiff=true" in options
    return stated or (_without_managed_fields(item) and "ServerSideDiff=false" not in options)


def _without_managed_fields(item: ObjectSnapshot) -> bool:
    """A server-side diff takes managed fields out of its two sides; the others keep them (measured on 3.5)."""
    place = ("metadata", "managedFields")
    return child(item.live, *place) is not ABSENT and child(item.normalized_live, *place) is ABSENT
