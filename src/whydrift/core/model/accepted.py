"""Accepted residuals: differences that somebody decided to live with, by name, with an owner and an end."""

from __future__ import annotations

import msgspec

from whydrift.core.model.paths import parse_pointer

SCHEMA = "whydrift.accepted/1"


class Accepted(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One residual. `object` is group/Kind/name as answers name it, `path` a JSON pointer ("": the whole object).

    `application` is [INSTANCE:]NAMESPACE/NAME ("": any; without an instance: of any). `until` is the last day on which
    it counts (RFC 3339 date), `since` the day on which it was accepted.
    """

    object: str
    reason: str
    owner: str
    until: str
    since: str
    application: str = ""
    namespace: str = ""
    path: str = ""

    def covers(self, application: str, object_id: str, namespace: str, path: str) -> bool:
        """Whether it is about a difference: of this object, at its path or below; `application` as commands take it."""
        if self.application not in ("", application, application.rpartition(":")[2]) or self.object != object_id:
            return False
        if self.namespace not in ("", namespace):
            return False
        mine = parse_pointer(self.path)
        return parse_pointer(path)[: len(mine)] == mine

    def counts(self, day: str) -> bool:
        """Whether it still counts on a day (RFC 3339 date)."""
        return day <= self.until


class AcceptedFile(msgspec.Struct, frozen=True, kw_only=True):
    """`whydrift-accepted.toml`."""

    accepted: tuple[Accepted, ...] = ()
    schema: str = SCHEMA
