"""Who is told: the routes of the settings, each with what sends on it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from whydrift.errors import UsageError
from whydrift.settings import Settings
from whydrift.settings.watching import RouteFile, secret_of

if TYPE_CHECKING:
    from whydrift.core.notice.lines import Telling
    from whydrift.ports.watching import Clock
    from whydrift.usecases.announce import Channel


def channels_of(settings: Settings) -> tuple[Channel, ...]:
    """The routes with their receivers. UsageError names a route, never an address or a secret."""
    from whydrift.settings.routes import tell_apart

    tell_apart(settings.routes)
    return tuple(channel_of(route, os.environ) for route in settings.routes)


def channel_of(stated: RouteFile, environ: Mapping[str, str]) -> Channel:
    """One route with its receiver. UsageError where it cannot be used."""
    from whydrift.adapters.notify import open_notifier
    from whydrift.settings.routes import route_of
    from whydrift.usecases.announce import Channel

    what = f"route {stated.name}"
    url, secret = (secret_of(each, environ, what).strip() for each in (stated.url, stated.secret))
    try:
        notifier = open_notifier(stated.to, url, secret, stated.project, stated.issue, environ)
    except UsageError as error:
        raise UsageError(f"{what}: {error}") from error
    return Channel(route_of(stated), notifier)


def telling_of(settings: Settings) -> Telling:
    """What messages are made with: the words for causes, and where applications have their pages."""
    from whydrift import wiring
    from whydrift.core.notice.lines import Telling

    base = settings.serve.base_url.rstrip("/")
    return Telling(wiring.titles(), lambda name: f"{base}/apps/{name.path}" if base else "")


def system_clock() -> Clock:
    """The machine's clock."""
    from whydrift.adapters.clock import SystemClock

    return SystemClock()
