"""Messages: what is told, on which route, and what is not (silences). Words of notifications."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from whydrift.core.model.finding import ApplicationName, Severity


class Matcher(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which findings are meant: every stated list must hold one glob that fits; an empty one fits everything.

    `applications` are `[INSTANCE:][NAMESPACE/]NAME` as selectors take them, `labels` are `key=glob` of the Application.
    `severity` is the least that counts.
    """

    causes: tuple[str, ...] = ()
    sides: tuple[str, ...] = ()
    projects: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    applications: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    severity: Severity = Severity.NOISE


class Silence(msgspec.Struct, frozen=True, kw_only=True):
    """What is not told until an end (RFC 3339), and why. It is kept after its end, for the record."""

    id: int
    matcher: Matcher
    reason: str
    by: str
    since: str
    until: str


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One group of events of a message: one cause in one application, with a few of its fields.

    `application` is the first where it is one cause in several, `also` how many others there are. `before` is the cause
    that it had, where that changed; `view` is `hidden` where Argo CD shows none of it, `now hidden` or `now shown`
    where that changed; `since` the time of the oldest event. `left` counts what there is of the cause in the
    application when the message is sent (-1: nobody asked yet), and `worst` is how much that hurts.
    """

    what: str
    application: ApplicationName
    project: str
    team: str
    cause: str
    side: str
    severity: Severity
    title: str
    who: str
    why: str
    sync: str
    remedy: str
    objects: int
    fields: int
    examples: tuple[str, ...]
    command: str
    link: str
    events: tuple[int, ...]
    before: str = ""
    view: str = ""
    since: str = ""
    also: int = 0
    left: int = -1
    worst: Severity = Severity.NOISE


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """One message for one route. `key` is its idempotency key: the same events on the same route give the same.

    `more` counts the groups that it has no line for, `applications` those that it tells of. `first` says that nothing
    was told before: what it tells of was there when watching began.
    """

    key: str
    route: str
    at: str
    lines: tuple[Line, ...]
    more: int = 0
    applications: int = 0
    first: bool = False


class Delivery(StrEnum):
    """What became of a message: it waits for its time, was sent, refused by the receiver, or dropped (no route)."""

    WAITING = "waiting"
    SENT = "sent"
    REFUSED = "refused"
    DROPPED = "dropped"


class Outgoing(msgspec.Struct, frozen=True, kw_only=True):
    """A message on its way: `due` is when it may be sent next, `attempts` how often it was tried."""

    id: int
    notice: Notice
    state: Delivery
    due: str
    attempts: int
    error: str = ""
    sent: str = ""
