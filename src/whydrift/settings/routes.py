"""Routes of the settings, in the words of core/notice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from whydrift.core.model.finding import What
from whydrift.core.notice.quiet import Quiet
from whydrift.core.notice.routes import Route
from whydrift.errors import UsageError
from whydrift.settings.watching import RouteFile

APART = {"alertmanager": 100, "github": 1, "gitlab": 1}
"""Receivers that keep a state for each cause in each application, and how many of them a message holds."""
AGAIN = {"alertmanager": 240}
"""Seconds after which a receiver is told again what is still there."""


def route_of(stated: RouteFile) -> Route:
    """A route as core/notice knows it. UsageError where its time zone is not known.

    Who keeps a state is told of everything that changes it, whatever `events` says.
    """
    apart = 0 if stated.issue else APART.get(stated.to, 0)
    quiet = stated.quiet
    return Route(
        name=stated.name,
        match=stated.match,
        events=frozenset(What) if apart else frozenset(map(What, stated.events)),
        quiet=Quiet(quiet.begin, quiet.end, _zone(stated), quiet.days, quiet.but_broken),
        digest=stated.digest,
        most=stated.most,
        apart=apart,
        remind=AGAIN.get(stated.to, 0),
    )


def _zone(stated: RouteFile) -> ZoneInfo:
    try:
        return ZoneInfo(stated.quiet.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UsageError(f"route {stated.name}: quiet.zone: {stated.quiet.zone!r} is no time zone") from error


def tell_apart(routes: Sequence[RouteFile]) -> None:
    """UsageError where two routes have one name: messages are kept by it."""
    twice = [name for name, number in Counter(route.name for route in routes).items() if number > 1]
    if twice:
        raise UsageError(f"route {twice[0]}: two routes have this name")
