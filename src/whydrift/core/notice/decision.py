"""What a route is told now, and what is held back for later: by quiet hours, a digest, or a silence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from whydrift.core.model.finding import Event, Severity
from whydrift.core.model.notice import Notice, Silence
from whydrift.core.notice.grouping import notices
from whydrift.core.notice.lines import Telling
from whydrift.core.notice.quiet import told_up_to
from whydrift.core.notice.routes import Route, silenced
from whydrift.core.notice.told import Told, by_finding, told


class Decided(NamedTuple):
    """The messages to send now; the ids of events to hold back from now on, and no longer."""

    notices: tuple[Notice, ...]
    hold: tuple[int, ...]
    release: tuple[int, ...]


class _Candidate(NamedTuple):
    """A finding that a route may be told of."""

    outcome: Told
    silenced: bool
    at_once: bool
    ripe: bool


def decide(
    route: Route,
    fresh: Sequence[Event],
    held: Sequence[Event],
    silences: Iterable[Silence],
    now: str,
    telling: Telling,
) -> Decided:
    """What becomes of new events and of those that were held back. A silence ends with what is there still."""
    up_to, holding = told_up_to(route.quiet, route.digest, now), tuple(silences)
    found = [_candidate(route, events, holding, now, up_to) for events in by_finding((*held, *fresh))]
    candidates = [each for each in found if each is not None]
    open_now = any(each.ripe and not each.silenced for each in candidates)
    going = [c.outcome for c in candidates if not c.silenced and (c.at_once or open_now)]
    gone = {event for outcome in going for event in outcome.events}
    kept = {event for each in candidates for event in each.outcome.events} - gone
    known = {event.id for event in held}
    return Decided(
        notices(route, going, now, telling),
        tuple(sorted(kept - known)),
        tuple(sorted(known - kept)),
    )


def _candidate(
    route: Route, events: Sequence[Event], silences: Sequence[Silence], now: str, up_to: str
) -> _Candidate | None:
    outcome = told(route, events)
    if outcome is None:
        return None
    broken = route.quiet.but_broken and outcome.found.severity is Severity.BROKEN
    return _Candidate(
        outcome,
        silenced=silenced(silences, events[-1], now),
        at_once=broken,
        ripe=outcome.since <= up_to,
    )
