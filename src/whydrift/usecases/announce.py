"""Makes messages of what happened and keeps them, before anything is sent (core/notice decides which)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import NamedTuple

import msgspec

from whydrift.core.model.finding import SEVERITIES, Finding, Severity
from whydrift.core.model.notice import Line, Matcher, Notice
from whydrift.core.model.times import later
from whydrift.core.notice.decision import Decided, decide
from whydrift.core.notice.grouping import reminders
from whydrift.core.notice.lines import Telling
from whydrift.core.notice.routes import Route, fits, is_meant
from whydrift.ports.watching import Clock, Notifier, Store, Wanted
from whydrift.usecases.unstated import unstated

EVENTS = 10_000
"""Events that one round makes messages of; what is more waits for the next round."""
TURN = 20
"""Seconds after which the turn to make messages is taken again: others wait a minute for one that was killed."""
PAGE = 1000
REMINDED = 10_000
"""Findings that a receiver is reminded of, those that hurt most: all others hold for as long as it said."""


@dataclass(frozen=True, slots=True)
class Channel:
    """A route with what sends on it."""

    route: Route
    notifier: Notifier


class Announced(NamedTuple):
    """How many messages were made, and how many were dropped, by route."""

    made: int = 0
    dropped: Mapping[str, int] = {}


async def announce(
    store: Store, routes: Sequence[Route], telling: Telling, clock: Clock, settle: int, whole: bool = True
) -> Announced:
    """Make messages of the events of settled applications, one round. StoreError: nothing changed.

    Nothing while another process makes messages. What may concern routes that are stated elsewhere only is held back
    for them. The first messages of all wait until the first looks are made (`whole`): they are one a route.
    """
    now = taken = clock.now()
    names = [route.name for route in routes]
    if not await asyncio.to_thread(store.take_turn, now):
        return Announced()
    others, dropped = await asyncio.to_thread(unstated, store, names, now)
    first = not await asyncio.to_thread(store.anything_told)
    if first and not whole:
        await asyncio.to_thread(store.announce, (), (), {})  # another may be through with the first looks
        return Announced(0, dropped)
    fresh = await asyncio.to_thread(store.unannounced, now, settle, EVENTS)
    held = await asyncio.to_thread(store.held, names)
    silences = await asyncio.to_thread(store.silences, now)
    decided: dict[str, Decided] = {}
    for route in routes:
        taken = await _kept_turn(store, clock, taken)
        waits = held.get(route.name, ())
        decided[route.name] = await asyncio.to_thread(decide, route, fresh, waits, silences, now, telling)
    notices = (notice for each in decided.values() for notice in each.notices)
    made = tuple(msgspec.structs.replace(notice, first=first) for notice in notices)
    ids = tuple(event.id for event in fresh)
    hold = dict.fromkeys(others, ids) | {name: each.hold for name, each in decided.items()}
    release = {name: each.release for name, each in decided.items()}
    await asyncio.to_thread(store.announce, ids, made, dict.fromkeys(decided, now), hold, release)
    return Announced(len(made), dropped)


async def _kept_turn(store: Store, clock: Clock, taken: str) -> str:
    """When the turn was taken last: again, where it would end soon. Where it was lost nothing is announced anyway."""
    now = clock.now()
    if now < later(taken, TURN):
        return taken
    await asyncio.to_thread(store.take_turn, now)
    return now


def as_it_is(store: Store, route: Route, notice: Notice) -> Notice:
    """A message with what is left of each line's cause now: it may have waited for hours."""
    lines = tuple(line if line.also else _with_left(store, route, line) for line in notice.lines)
    return msgspec.structs.replace(notice, lines=lines)


def _with_left(store: Store, route: Route, line: Line) -> Line:
    wanted = Wanted(applications=(line.application,), causes=(line.cause,), limit=PAGE)
    there = [finding.found.severity for finding in store.findings(wanted) if is_meant(route, finding)]
    worst = min(there, key=SEVERITIES.index, default=Severity.NOISE)
    return msgspec.structs.replace(line, left=len(there), worst=worst)


def standing_lines(store: Store, route: Route, telling: Telling, now: str, grace: int) -> tuple[Line, ...]:
    """What is there of what a route was told of: nothing that is held back, or too young to have been told."""
    held = {event.finding for event in store.held([route.name]).get(route.name, ())}
    before = later(now, -grace)
    there = [f for f in _open(store, route) if f.since < before and f.id not in held]
    return reminders(route, there, telling)


def _open(store: Store, route: Route) -> list[Finding]:
    """The open findings that may concern a route."""
    least = max((matcher.severity for matcher in route.match), key=SEVERITIES.index, default=Severity.NOISE)
    wanted = Wanted(severities=SEVERITIES[: SEVERITIES.index(least) + 1], limit=PAGE)
    return list(islice(_pages(store, wanted), REMINDED))


def concerned(store: Store, matcher: Matcher) -> int:
    """How many open findings a matcher means."""
    return sum(fits(matcher, finding) for finding in _pages(store, Wanted(limit=PAGE)))


def _pages(store: Store, wanted: Wanted) -> Iterator[Finding]:
    """All findings that are wanted, page by page."""
    offset, page = 0, store.findings(wanted)
    while page:
        yield from page
        offset += len(page)
        page = store.findings(replace(wanted, offset=offset)) if len(page) == wanted.limit else ()
