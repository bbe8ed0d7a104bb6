"""The tables, as they are now. What an older store has is brought here by the migrations; a test holds them together.

Times are RFC 3339 in UTC, to the second, as text: they sort, and both databases hold them alike. "" is no time.
Everything that is only shown is one JSON text (`found`, `notice`, `matcher`); columns are what is looked for.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
)

METADATA = MetaData()
NUMBER = BigInteger().with_variant(Integer, "sqlite")


def _text(name: str) -> Column[str]:
    """A text that is never NULL."""
    return Column(name, Text, nullable=False)


def _id() -> Column[int]:
    """A number that is never given twice, not even after its row was forgotten."""
    return Column("id", NUMBER, primary_key=True)


def _application() -> Column[int]:
    return Column("application", NUMBER, ForeignKey("applications.id", ondelete="CASCADE"), nullable=False)


APPLICATIONS = Table(
    "applications",
    METADATA,
    _id(),
    _text("instance"),
    _text("namespace"),
    _text("name"),
    _text("at"),
    _text("project"),
    _text("team"),
    _text("labels"),
    _text("cluster"),
    _text("sync"),
    _text("health"),
    _text("revision"),
    _text("safe"),
    _text("not_read"),
    _text("fingerprint"),
    _text("settled"),  # since when; "" while it has not
    _text("open"),
    _text("oldest"),
    _text("vanished"),
    UniqueConstraint("instance", "namespace", "name", name="applications_name"),
    sqlite_autoincrement=True,
)
ANSWERS = Table(
    "answers",
    METADATA,
    Column("application", NUMBER, ForeignKey("applications.id", ondelete="CASCADE"), primary_key=True),
    _text("at"),
    Column("body", LargeBinary, nullable=False),  # zlib
)
FINDINGS = Table(
    "findings",
    METADATA,
    _id(),
    _application(),
    _text("key"),  # a digest: paths are longer than an index takes
    _text("cause"),
    _text("side"),
    Column("rank", SmallInteger, nullable=False),  # of the severity; 0 hurts most
    _text("scope"),
    Column("accepted", Boolean, nullable=False),
    _text("first_seen"),
    _text("last_seen"),
    _text("since"),
    _text("gone"),
    Column("times_returned", Integer, nullable=False),
    _text("search"),
    UniqueConstraint("application", "key", name="findings_key"),
    sqlite_autoincrement=True,
)
Index("findings_order", FINDINGS.c.gone, FINDINGS.c.rank, FINDINGS.c.since.desc(), FINDINGS.c.id)
Index("findings_scope", FINDINGS.c.gone, FINDINGS.c.scope, FINDINGS.c.rank, FINDINGS.c.since.desc(), FINDINGS.c.id)
Index(
    "findings_accepted", FINDINGS.c.gone, FINDINGS.c.accepted, FINDINGS.c.rank, FINDINGS.c.since.desc(), FINDINGS.c.id
)
Index("findings_cause", FINDINGS.c.gone, FINDINGS.c.cause, FINDINGS.c.rank, FINDINGS.c.since.desc())
Index("findings_application", FINDINGS.c.application, FINDINGS.c.gone, FINDINGS.c.rank, FINDINGS.c.since.desc())
DETAILS = Table(
    "details",
    METADATA,
    Column("finding", NUMBER, ForeignKey("findings.id", ondelete="CASCADE"), primary_key=True),
    _text("found"),
)
"""What is only shown of a finding: apart from it, so that looking through all findings reads little."""
EVENTS = Table(
    "events",
    METADATA,
    _id(),
    _application(),
    Column("finding", NUMBER, ForeignKey("findings.id", ondelete="CASCADE"), nullable=False),
    _text("at"),
    _text("what"),
    _text("before"),
    _text("revision"),
    Column("times_returned", Integer, nullable=False),
    _text("found"),
    Column("told", Boolean, nullable=False),
    sqlite_autoincrement=True,
)
Index("events_application", EVENTS.c.application, EVENTS.c.at, EVENTS.c.id)
Index("events_finding", EVENTS.c.finding)
Index("events_what", EVENTS.c.what, EVENTS.c.at)
Index("events_untold", EVENTS.c.told, EVENTS.c.id)
NUMBERS = Table(
    "numbers",
    METADATA,
    _id(),
    _application(),
    _text("cause"),
    _text("side"),
    Column("rank", SmallInteger, nullable=False),
    Column("fields", Integer, nullable=False),
    Column("objects", Integer, nullable=False),
    _text("began"),
    _text("ended"),
    sqlite_autoincrement=True,
)
"""How many findings were open, and from when to when: what counts at any time are made of."""
Index(
    "numbers_open",
    NUMBERS.c.ended,
    NUMBERS.c.application,
    NUMBERS.c.cause,
    NUMBERS.c.side,
    NUMBERS.c.rank,
    NUMBERS.c.fields,
    NUMBERS.c.objects,
    NUMBERS.c.began,
)
HELD = Table(
    "held",
    METADATA,
    Column("route", Text, primary_key=True),
    Column("event", NUMBER, ForeignKey("events.id", ondelete="CASCADE"), primary_key=True),
)
Index("held_event", HELD.c.event)
MESSAGES = Table(
    "messages",
    METADATA,
    _id(),
    _text("key"),
    _text("route"),
    _text("notice"),
    _text("state"),
    _text("due"),
    Column("attempts", Integer, nullable=False),
    _text("error"),
    _text("sent"),
    _text("claimed"),
    UniqueConstraint("key", name="messages_key"),
    sqlite_autoincrement=True,
)
Index("messages_due", MESSAGES.c.state, MESSAGES.c.due)
SILENCES = Table(
    "silences",
    METADATA,
    _id(),
    _text("matcher"),
    _text("reason"),
    _text("by"),
    _text("since"),
    _text("until"),
    sqlite_autoincrement=True,
)
NOTES = Table("notes", METADATA, Column("name", Text, primary_key=True), _text("value"))
CLAIMS = Table("claims", METADATA, Column("name", Text, primary_key=True), _text("owner"), _text("until"))
"""What one process does at a time, until when it is its."""
