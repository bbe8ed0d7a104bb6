"""The store: every method is one transaction (`ports.watching.Store`)."""

from __future__ import annotations

import uuid
import zlib
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select

from whydrift.adapters.store import counting, found, happened, outbox, recording, upkeep
from whydrift.adapters.store.engine import Database
from whydrift.adapters.store.rows import is_named
from whydrift.adapters.store.schema import migrate
from whydrift.adapters.store.tables import ANSWERS, APPLICATIONS
from whydrift.core.model.finding import ApplicationName, Event, Finding, Seen
from whydrift.core.model.notice import Delivery, Matcher, Notice, Outgoing, Silence
from whydrift.ports.watching import Count, Drift, Flap, Known, Wanted

Visible = frozenset[ApplicationName] | None


class SqlStore:
    """A store in SQLite or PostgreSQL, brought to this version's tables when it is opened."""

    def __init__(self, url: str, folder: Path) -> None:
        """`url` is `postgresql://…`, or a path or `sqlite:///…`; "" is SQLite in `folder`."""
        self._owner = uuid.uuid4().hex
        self._database = Database(url, folder)
        with self._database.failing():
            migrate(self._database)

    @property
    def name(self) -> str:
        """Where it is, without login."""
        return self._database.name

    def record(self, seen: Seen) -> tuple[Event, ...]:
        """Keep a look, and what happened since the last one."""
        with self._database.writing() as connection:
            return recording.record(connection, seen)

    def vanished(self, application: ApplicationName, at: str) -> tuple[Event, ...]:
        """An application was deleted."""
        with self._database.writing() as connection:
            return recording.vanish(connection, application, at)

    def applications(self, visible: Visible = None) -> tuple[Known, ...]:
        """All applications that are there."""
        with self._database.reading() as connection:
            return counting.applications(connection, visible)

    def answer(self, application: ApplicationName) -> tuple[bytes, str] | None:
        """The last answer and its time."""
        with self._database.reading() as connection:
            named = select(ANSWERS.c.body, ANSWERS.c.at).join_from(ANSWERS, APPLICATIONS)
            row = connection.execute(named.where(is_named(connection, [application]))).first()
        return None if row is None else (zlib.decompress(row.body), row.at)

    def findings(self, wanted: Wanted) -> tuple[Finding, ...]:
        """A page of findings."""
        with self._database.reading() as connection:
            return found.findings(connection, wanted)

    def total(self, wanted: Wanted) -> int:
        """How many findings there are on all pages."""
        with self._database.reading() as connection:
            return found.total(connection, wanted)

    def counts(self, at: str = "", visible: Visible = None) -> tuple[Count, ...]:
        """Open findings in numbers, now or then."""
        with self._database.reading() as connection:
            return counting.counts(connection, at, visible)

    def drifts(self, cause: str = "", visible: Visible = None) -> tuple[Drift, ...]:
        """Open findings of each application in numbers."""
        with self._database.reading() as connection:
            return counting.drifts(connection, cause, visible)

    def daily(self, since: str, visible: Visible = None) -> tuple[tuple[str, str, int], ...]:
        """Open findings by cause at the end of each day, up to today (UTC)."""
        today = datetime.now(UTC).strftime("%Y-%m-%d")
        with self._database.reading() as connection:
            return counting.daily(connection, since, today, visible)

    def timeline(self, application: ApplicationName, since: str = "", limit: int = 500) -> tuple[Event, ...]:
        """What happened to an application's findings."""
        with self._database.reading() as connection:
            return happened.timeline(connection, application, since, limit)

    def recent(self, visible: Visible = None, limit: int = 100) -> tuple[Event, ...]:
        """What happened anywhere."""
        with self._database.reading() as connection:
            return happened.recent(connection, visible, limit)

    def after(self, event: int, visible: Visible = None, limit: int = 1000) -> tuple[Event, ...]:
        """What happened anywhere after an event."""
        with self._database.reading() as connection:
            return happened.after(connection, event, visible, limit)

    def newest(self) -> str:
        """When anything was looked at last."""
        with self._database.reading() as connection:
            return counting.newest(connection)

    def flaps(self, since: str, visible: Visible = None, limit: int = 50) -> tuple[Flap, ...]:
        """What returned since a time."""
        with self._database.reading() as connection:
            return happened.flaps(connection, since, visible, limit)

    def take_turn(self, now: str) -> bool:
        """Whether this process makes messages now."""
        with self._database.writing() as connection:
            return outbox.take_turn(connection, now, self._owner)

    def unannounced(self, now: str, settled_for: int, limit: int = 1000) -> tuple[Event, ...]:
        """Events to tell of."""
        with self._database.reading() as connection:
            return outbox.unannounced(connection, now, settled_for, limit)

    def anything_told(self) -> bool:
        """Whether any event was told of."""
        with self._database.reading() as connection:
            return outbox.anything_told(connection)

    def announce(
        self,
        events: Sequence[int],
        notices: Sequence[Notice],
        due: Mapping[str, str],
        hold: Mapping[str, Sequence[int]] | None = None,
        release: Mapping[str, Sequence[int]] | None = None,
    ) -> None:
        """These events are told of, by these messages, and the turn ends; nothing at all where it is another's."""
        with self._database.writing() as connection:
            if not outbox.announce(connection, self._owner, events, notices, due, hold or {}, release or {}):
                connection.rollback()

    def held(self, routes: Collection[str]) -> Mapping[str, tuple[Event, ...]]:
        """What is held back by these routes."""
        with self._database.reading() as connection:
            return outbox.held(connection, routes)

    def waiting_routes(self) -> frozenset[str]:
        """The routes that something waits for."""
        with self._database.reading() as connection:
            return outbox.waiting_routes(connection)

    def outgoing(self, now: str, limit: int = 20, route: str = "") -> tuple[Outgoing, ...]:
        """Messages that are due, claimed."""
        with self._database.writing() as connection:
            return outbox.outgoing(connection, now, limit, route)

    def claim(self, message: int, now: str) -> None:
        """A message that is being sent stays claimed."""
        with self._database.writing() as connection:
            outbox.claim(connection, message, now)

    def delivered(self, message: int, state: Delivery, at: str, error: str = "", due: str = "") -> None:
        """What became of an attempt to send."""
        with self._database.writing() as connection:
            outbox.delivered(connection, message, state, at, error, due)

    def messages(self, limit: int = 50, states: Collection[Delivery] = (), route: str = "") -> tuple[Outgoing, ...]:
        """The newest messages."""
        with self._database.reading() as connection:
            return outbox.messages(connection, limit, states, route)

    def resend(self, messages: Sequence[int], at: str) -> int:
        """Messages that were not sent wait again."""
        with self._database.writing() as connection:
            return outbox.resend(connection, messages, at)

    def drop(self, route: str, why: str, at: str) -> int:
        """What waits for a route is given up."""
        with self._database.writing() as connection:
            return outbox.drop(connection, route, why, at)

    def silence(self, matcher: Matcher, reason: str, by: str, since: str, until: str) -> int:
        """Keep a silence."""
        with self._database.writing() as connection:
            return upkeep.silence(connection, matcher, reason, by, since, until)

    def unsilence(self, silence: int, at: str) -> bool:
        """End a silence."""
        with self._database.writing() as connection:
            return upkeep.unsilence(connection, silence, at)

    def silences(self, at: str = "") -> tuple[Silence, ...]:
        """The silences that hold, or all."""
        with self._database.reading() as connection:
            return upkeep.silences(connection, at)

    def recall(self, name: str) -> str:
        """What was noted."""
        with self._database.reading() as connection:
            return upkeep.recall(connection, name)

    def note(self, name: str, value: str) -> None:
        """Note something."""
        with self._database.writing() as connection:
            upkeep.note(connection, name, value)

    def prune(self, before: str) -> int:
        """Forget what was gone before a time."""
        return upkeep.prune(self._database.writing, before)

    def close(self) -> None:
        """Let go of the database."""
        self._database.engine.dispose()
