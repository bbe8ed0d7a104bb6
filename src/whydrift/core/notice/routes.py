"""Who is told what: a route, what it matches, and what an event means to whoever listens there."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

import msgspec

from whydrift.core.model.finding import SEVERITIES, Event, Finding, Judged, What, judged
from whydrift.core.model.notice import Matcher, Silence
from whydrift.core.notice.quiet import Quiet

USUAL = frozenset({What.NEW, What.RETURNED, What.GONE})


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """Who is told what, and when. `match` are alternatives, () is everything; `digest` is HH:MM, "" is at once.

    `most` lines make a message, causes of many applications are put together. Where `apart` is set, each application
    keeps lines of its own, so many to a message, and nothing is left out: receivers that keep a state need them all.
    Every `remind` seconds they are told what is still there (0: never).
    """

    name: str
    match: tuple[Matcher, ...] = ()
    events: frozenset[What] = USUAL
    quiet: Quiet = Quiet()
    digest: str = ""
    most: int = 12
    apart: int = 0
    remind: int = 0


def fits(matcher: Matcher, subject: Event | Finding, before: Judged | None = None) -> bool:
    """Whether a matcher means a finding, as it is or as it was judged once."""
    cause, side, severity, _ = before or judged(subject.found)
    return (
        _any(matcher.causes, cause)
        and _any(matcher.sides, side)
        and _any(matcher.projects, subject.project)
        and _any(matcher.teams, subject.team)
        and (not matcher.applications or any(map(subject.application.fits, matcher.applications)))
        and (not matcher.labels or any(_labelled(label, subject) for label in matcher.labels))
        and SEVERITIES.index(severity) <= SEVERITIES.index(matcher.severity)
    )


def is_meant(route: Route, subject: Event | Finding) -> bool:
    """Whether a finding as it is now concerns a route."""
    return not route.match or any(fits(matcher, subject) for matcher in route.match)


def meaning(route: Route, event: Event) -> What | None:
    """What an event is to a route: what begins to concern it is new there, what no longer does is gone; or nothing."""
    now = is_meant(route, event)
    if event.what is not What.CHANGED:
        return event.what if now else None
    before = _was_meant(route, event)
    if now:
        return What.CHANGED if before else What.NEW
    return What.GONE if before else None


def silenced(silences: Iterable[Silence], subject: Event | Finding, at: str) -> bool:
    """Whether a silence holds for a finding at a time."""
    return any(one.since <= at < one.until and fits(one.matcher, subject) for one in silences)


def was(event: Event) -> Judged | None:
    """What a finding was before an event; None where it was judged no other."""
    return Judged.parse(event.before, event.found.shown)


def _was_meant(route: Route, event: Event) -> bool:
    before = was(event)
    return not route.match or any(fits(matcher, event, before) for matcher in route.match)


def _any(globs: tuple[str, ...], word: str) -> bool:
    return not globs or any(fnmatchcase(word, glob) for glob in globs)


def _labelled(stated: str, subject: Event | Finding) -> bool:
    """`key=glob`; a key alone fits whatever its value is."""
    key, equals, glob = stated.partition("=")
    return key in subject.labels and (not equals or fnmatchcase(subject.labels[key], glob))
