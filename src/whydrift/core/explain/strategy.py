"""Which of Argo CD's ways to compare was used for an object (util/argo/diff/diff.go :: StateDiffs)."""

from __future__ import annotations

from enum import StrEnum

from whydrift.core.compare.terms import ASKS_SERVER
from whydrift.core.explain.subject import Subject
from whydrift.core.model.application import Application
from whydrift.core.model.snapshot import ObjectSnapshot


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
    """Whether by the server's dry run; the controller's own switch for it shows in what it leaves out of both sides.

    It takes managed fields out of them; the other strategies keep them (measured on 3.5).
    """
    options = application.compare_options
    stated = "ServerSideDiff=true" in options
    return stated or (item.managers_left_out and "ServerSideDiff=false" not in options)
