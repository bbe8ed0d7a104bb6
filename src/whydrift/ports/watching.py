"""What keeping watch needs from outside: a store, receivers of messages, a stream of changes, the time."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from whydrift.core.model.finding import ApplicationName, Event, Finding, Seen, Severity
from whydrift.core.model.notice import Delivery, Line, Matcher, Notice, Outgoing, Silence
from whydrift.core.model.watched import Count as Count  # these four: part of what a store says
from whydrift.core.model.watched import Drift as Drift
from whydrift.core.model.watched import Flap as Flap
from whydrift.core.model.watched import Known as Known
from whydrift.ports import Refused


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which findings a reader wants: empty means any; globs as in selectors. `visible` None: everything may be seen.

    `text` is looked for in names, fields and causes. `open_only` leaves out what is gone. `since` counts last_seen.
    """

    applications: tuple[ApplicationName, ...] = ()
    causes: tuple[str, ...] = ()
    sides: tuple[str, ...] = ()
    severities: tuple[Severity, ...] = ()
    projects: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    text: str = ""
    scope: tuple[str, ...] = ()
    open_only: bool = True
    accepted: bool | None = None
    since: str = ""
    visible: frozenset[ApplicationName] | None = None
    limit: int = 200
    offset: int = 0


class Store(Protocol):
    """Keeps findings, messages and where a watcher stands. Every method is one transaction; StoreError where it fails.

    Methods block: callers that serve others run them in a thread. Any number of processes may use one store.
    """

    def record(self, seen: Seen) -> tuple[Event, ...]:
        """Keep a look at an application, and what happened to its findings since the last one (core/history).

        A look that is older than the one that is kept changes nothing and gives ().
        """

    def vanished(self, application: ApplicationName, at: str) -> tuple[Event, ...]:
        """An application was deleted: its findings are gone with it."""

    def applications(self, visible: frozenset[ApplicationName] | None = None) -> tuple[Known, ...]:
        """All applications that were seen and did not vanish, by name."""

    def answer(self, application: ApplicationName) -> tuple[bytes, str] | None:
        """The ApplicationAnswer (JSON) of the last look and its time; None where there was none."""

    def findings(self, wanted: Wanted) -> tuple[Finding, ...]:
        """A page of findings, what hurts most first, then the newest."""

    def total(self, wanted: Wanted) -> int:
        """How many there are, without the page's limits."""

    def counts(self, at: str = "", visible: frozenset[ApplicationName] | None = None) -> tuple[Count, ...]:
        """Open findings in numbers, now or at a time in the past."""

    def daily(self, since: str, visible: frozenset[ApplicationName] | None = None) -> tuple[tuple[str, str, int], ...]:
        """(day, cause, open findings at the end of that day), from `since` (RFC 3339 date) to today."""

    def timeline(self, application: ApplicationName, since: str = "", limit: int = 500) -> tuple[Event, ...]:
        """What happened to an application's findings, newest first."""

    def drifts(self, cause: str = "", visible: frozenset[ApplicationName] | None = None) -> tuple[Drift, ...]:
        """Open findings of each application in numbers, of one cause or of all, by application."""

    def recent(self, visible: frozenset[ApplicationName] | None = None, limit: int = 100) -> tuple[Event, ...]:
        """What happened anywhere, newest first."""

    def after(
        self, event: int, visible: frozenset[ApplicationName] | None = None, limit: int = 1000
    ) -> tuple[Event, ...]:
        """What happened anywhere after an event (its id), oldest first: ids rise in the order in which events are kept.

        Who asks for what comes after the last one that it was told of is told of each event once.
        """

    def newest(self) -> str:
        """When anything was looked at last (RFC 3339), "" where nothing was. Costs next to nothing."""

    def flaps(self, since: str, visible: frozenset[ApplicationName] | None = None, limit: int = 50) -> tuple[Flap, ...]:
        """What returned since a time, most often first."""

    def take_turn(self, now: str) -> bool:
        """Whether this process makes messages now: no other one does until it announced, or for a minute."""

    def unannounced(self, now: str, settled_for: int, limit: int = 1000) -> tuple[Event, ...]:
        """Events that no message was made of yet, oldest first, of applications that have settled for so many seconds.

        What came and went again in the meantime is in it as both events. What never settles is told of after fifteen
        times as long.
        """

    def anything_told(self) -> bool:
        """Whether messages were made of any event before, be it none: else everything is there since watching began."""

    def announce(
        self,
        events: Sequence[int],
        notices: Sequence[Notice],
        due: Mapping[str, str],
        hold: Mapping[str, Sequence[int]] | None = None,
        release: Mapping[str, Sequence[int]] | None = None,
    ) -> None:
        """In one transaction: these events are told of, by these messages (() = by none), due by route; the turn ends.

        A notice whose key is kept already is not kept twice. Where it is not this process's turn (any more), or some of
        these events were told of, none of this happens: they come again. `hold` and `release` are ids of events by
        route: what is held back there from now on, and what no longer is. Unknown ids are no error.
        """

    def held(self, routes: Collection[str]) -> Mapping[str, tuple[Event, ...]]:
        """What is held back by these routes (quiet hours, a digest, a silence, nobody there), oldest first."""

    def waiting_routes(self) -> frozenset[str]:
        """The routes for which a message waits, or an event is held back."""

    def outgoing(self, now: str, limit: int = 20, route: str = "") -> tuple[Outgoing, ...]:
        """Messages that are due, of one route or of all, oldest first; claimed by this process for a minute.

        None of a route of which another message is claimed: one process at a time sends there.
        """

    def claim(self, message: int, now: str) -> None:
        """A message that is being sent stays this process's for another minute; nothing where that has ended."""

    def delivered(self, message: int, state: Delivery, at: str, error: str = "", due: str = "") -> None:
        """What became of an attempt to send a message; WAITING with `due` for another."""

    def messages(self, limit: int = 50, states: Collection[Delivery] = (), route: str = "") -> tuple[Outgoing, ...]:
        """The newest messages: whatever became of them, or of some states; of all routes, or of one."""

    def resend(self, messages: Sequence[int], at: str) -> int:
        """Messages that were not sent, whatever became of them, wait again from a time on; how many.

        One that is being sent just now is left alone.
        """

    def drop(self, route: str, why: str, at: str) -> int:
        """What waits for a route is given up, and what is held back there forgotten; how many messages."""

    def silence(self, matcher: Matcher, reason: str, by: str, since: str, until: str) -> int:
        """Keep a silence; its id."""

    def unsilence(self, silence: int, at: str) -> bool:
        """End a silence now; whether there was one that had not ended."""

    def silences(self, at: str = "") -> tuple[Silence, ...]:
        """The silences that hold at a time; "" is all that were ever kept."""

    def recall(self, name: str) -> str:
        """What a watcher noted under a name ("" = nothing): where its stream stands, when it looked at all."""

    def note(self, name: str, value: str) -> None:
        """Note something under a name."""

    def prune(self, before: str) -> int:
        """Forget what was gone before a time, and events, messages and silences as old; how many findings."""

    def close(self) -> None:
        """Let go of the database."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A message was taken."""


@dataclass(frozen=True, slots=True)
class Later:
    """A message was not taken, but may be tried again: after so many seconds where the receiver said so."""

    why: str
    seconds: float | None = None


Delivered = Sent | Later | Refused


class Notifier(Protocol):
    """Sends messages on one route."""

    async def send(self, notice: Notice) -> Delivered:
        """Send one message, with its key. Never raises for what a receiver answered or did not."""

    async def remind(self, lines: Sequence[Line]) -> Delivered:
        """Say again what is still there, to a receiver that forgets it otherwise (Alertmanager); nothing to others."""


@dataclass(frozen=True, slots=True)
class ApplicationChanged:
    """An Application is there, is new or changed. `content` is its JSON, b"" where the stream tells no more than that.

    `version` is its resourceVersion. `since` is where the stream stands after it, "" where it cannot be resumed.
    """

    name: ApplicationName
    version: str
    content: bytes = b""
    since: str = ""


@dataclass(frozen=True, slots=True)
class ApplicationDeleted:
    """An Application is no longer there."""

    name: ApplicationName
    since: str = ""


@dataclass(frozen=True, slots=True)
class StreamStands:
    """The stream is open and told everything up to `since` ("" where it cannot be resumed)."""

    since: str = ""


@dataclass(frozen=True, slots=True)
class StreamBroke:
    """The stream ended. `stale`: it cannot go on from where it stood (410), only from the beginning.

    `refused` says that it will not be answered to this login, ever; `login` that the login is not accepted any more.
    """

    why: str
    stale: bool = False
    refused: bool = False
    login: bool = False


AppChange = ApplicationChanged | ApplicationDeleted | StreamStands | StreamBroke


class Follower(Protocol):
    """Tells of changes of Applications as they happen."""

    @property
    def way(self) -> str:
        """What is followed, for people."""

    def continues(self, since: str) -> bool:
        """Whether a stream of this kind stood there: only from such a place it goes on, else it begins."""

    def follow(self, instance: str, since: str) -> AsyncGenerator[AppChange, None]:
        """Every Application that is there where `since` is "", else what changed after it; then changes as they happen.

        Nothing counts after a StreamBroke; never raises for what a server answered or did not.
        """


class Clock(Protocol):
    """Time: what it is, and waiting."""

    def now(self) -> str:
        """RFC 3339 in UTC, to the second."""

    async def sleep(self, seconds: float) -> None:
        """Wait."""
