"""What whydrift.toml says of keeping watch: `[store]`, `[watch]`, `[[routes]]`, `[serve]`.

Addresses and secrets are taken only from the user's own file (or WHYDRIFT_CONFIG), never from one in the folder that
one stands in. A secret may stand elsewhere: `env:NAME` and `file:/path` are read when they are used.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from whydrift.core.model.notice import Matcher
from whydrift.errors import UsageError

Seconds = Annotated[int, msgspec.Meta(ge=0, le=31 * 86400)]


class StoreFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[store]`: `url` is `postgresql://…`, "" for SQLite in the state directory. What is gone is kept `keep_days`."""

    url: str = ""
    keep_days: Annotated[int, msgspec.Meta(ge=1)] = 400


class WatchFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[watch]`: seconds. `settle` of quiet before anything is told, `full` between two full looks."""

    settle: Seconds = 60
    full: Seconds = 3600
    group: Seconds = 30


Clock = Annotated[str, msgspec.Meta(pattern="^(([01][0-9]|2[0-3]):[0-5][0-9])?$")]
"""HH:MM, or nothing."""


class QuietFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Quiet hours of a route: `from` and `to` as HH:MM in `zone`; `days` as mon … sun. Broken is told all the same."""

    begin: Clock = msgspec.field(name="from", default="")
    end: Clock = msgspec.field(name="to", default="")
    zone: str = "UTC"
    days: tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...] = ()
    but_broken: bool = True


class RouteFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[[routes]]`: who is told what. `to` is apprise, webhook, alertmanager, github or gitlab.

    `url` and `secret` may be `env:NAME` or `file:/path`. `project` and `issue` are GitHub's and GitLab's: where issues
    are opened, or the one that is commented on. `events` are what is told of; `digest` is "" (at once) or
    `HH:MM` (once a day, in `quiet.zone`). `match` names what is meant, several are alternatives, none is everything.
    """

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=63, pattern="^[A-Za-z0-9][A-Za-z0-9._-]*$")]
    to: Literal["apprise", "webhook", "alertmanager", "github", "gitlab"]
    url: Annotated[str, msgspec.Meta(min_length=1)]
    secret: str = ""
    project: str = ""
    issue: str = ""
    match: tuple[Matcher, ...] = ()
    events: tuple[Literal["new", "returned", "changed", "gone"], ...] = ("new", "returned", "gone")
    quiet: QuietFile = QuietFile()
    digest: Clock = ""
    most: Annotated[int, msgspec.Meta(ge=1, le=100)] = 12


class ServeFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[serve]`: the page. `base_url` is where people reach it (links in messages, and the paths behind a proxy)."""

    base_url: str = ""
    user_header: str = ""
    trusted_proxies: tuple[str, ...] = ()
    token_file: str = ""
    rbac: Literal["", "argocd"] = ""


def secret_of(stated: str, environ: Mapping[str, str], what: str) -> str:
    """A value as stated, or what `env:NAME` or `file:/path` holds. UsageError names what is missing, not the value."""
    kind, _, place = stated.partition(":")
    if kind == "env":
        if place not in environ:
            raise UsageError(f"{what}: the environment has no {place}")
        return environ[place]
    if kind == "file":
        try:
            return Path(place).read_text().strip()
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"{what}: {place}: {getattr(error, 'strerror', None) or 'not UTF-8'}") from error
    return stated
