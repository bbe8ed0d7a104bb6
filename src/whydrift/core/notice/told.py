"""Events → what a route is told: one outcome a finding, and nothing of what came and went before it was told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from whydrift.core.model.finding import HIDDEN, SHOWN, ApplicationName, Event, Finding, Found, Judged, What, judged
from whydrift.core.notice.routes import Route, is_meant, meaning, was


class Told(NamedTuple):
    """One finding that is told of: what became of it, as it is now, since when, and by which events.

    `before` is the cause that it had, "" where it is the same still. `view` says where it is hidden, or shown anew.
    """

    what: What
    application: ApplicationName
    project: str
    team: str
    found: Found
    since: str
    events: tuple[int, ...] = ()
    before: str = ""
    view: str = ""


def by_finding(events: Iterable[Event]) -> list[list[Event]]:
    """Events of each finding, oldest first, in the order in which they began."""
    findings: dict[int, list[Event]] = defaultdict(list)
    for event in sorted(events, key=lambda event: event.id):
        findings[event.finding].append(event)
    return list(findings.values())


def told(route: Route, events: Sequence[Event]) -> Told | None:
    """What a route is told of the events of one finding; None where it does not concern it, or all is as it was."""
    meant = [(what, event) for event in events if (what := meaning(route, event)) is not None]
    if not meant:
        return None
    whats = [what for what, _ in meant]
    (first, begun), last = meant[0], meant[-1][1]
    before = was(begun) if first is not What.NEW else None
    what = _what(whats)
    found = last.found
    if what not in route.events or what is None or (what is What.CHANGED and before == judged(found)):
        return None
    cause = before.cause if before and before.cause != found.cause else ""
    ids = tuple(event.id for event in events)
    view = "" if last.what is What.GONE else _view(found.shown, before)
    return Told(what, last.application, last.project, last.team, found, begun.at, ids, cause, view)


def standing(route: Route, findings: Iterable[Finding]) -> list[Told]:
    """What is there of what concerns a route."""
    return [
        Told(What.STILL, each.application, each.project, each.team, each.found, each.since)
        for each in findings
        if is_meant(route, each)
    ]


def _view(shown: bool, before: Judged | None) -> str:
    """Whether Argo CD shows it: told where it does not, and where that changed."""
    if before is None or before.shown == shown:
        return "" if shown else HIDDEN
    return f"now {SHOWN if shown else HIDDEN}"


def _what(whats: Sequence[What]) -> What | None:
    """What several things in a row come to, by what was there before the first and is after the last."""
    was_there, is_there = whats[0] in (What.GONE, What.CHANGED), whats[-1] is not What.GONE
    if was_there and is_there:
        return What.RETURNED if What.RETURNED in whats else What.CHANGED
    if was_there:
        return What.GONE
    if is_there:
        return What.NEW if What.NEW in whats else What.RETURNED
    return None
