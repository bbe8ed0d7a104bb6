"""The first tables: applications with their answers, findings, events and numbers; messages, silences and notes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "first_tables"
down_revision = None


def upgrade() -> None:
    """Make them."""
    _applications()
    _findings()
    _history()
    _messages()
    _upkeep()


def _number() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _id() -> sa.Column[int]:
    return sa.Column("id", _number(), primary_key=True)


def _of(table: str, name: str, primary_key: bool = False) -> sa.Column[int]:
    owner = sa.ForeignKey(f"{table}.id", ondelete="CASCADE")
    return sa.Column(name, _number(), owner, nullable=False, primary_key=primary_key)


def _applications() -> None:
    op.create_table(
        "applications",
        _id(),
        *_texts("instance", "namespace", "name", "at", "project", "team", "labels", "cluster", "sync", "health"),
        *_texts("revision", "safe", "not_read", "fingerprint", "settled", "open", "oldest"),
        *_texts("vanished"),
        sa.UniqueConstraint("instance", "namespace", "name", name="applications_name"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "answers",
        _of("applications", "application", primary_key=True),
        *_texts("at"),
        sa.Column("body", sa.LargeBinary(), nullable=False),
    )


def _findings() -> None:
    op.create_table(
        "findings",
        _id(),
        _of("applications", "application"),
        *_texts("key", "cause", "side"),
        sa.Column("rank", sa.SmallInteger(), nullable=False),
        *_texts("scope"),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        *_texts("first_seen", "last_seen", "since", "gone"),
        sa.Column("times_returned", sa.Integer(), nullable=False),
        *_texts("search"),
        sa.UniqueConstraint("application", "key", name="findings_key"),
        sqlite_autoincrement=True,
    )
    newest = sa.text("since DESC")
    op.create_index("findings_order", "findings", ["gone", "rank", newest, "id"])
    op.create_index("findings_scope", "findings", ["gone", "scope", "rank", newest, "id"])
    op.create_index("findings_accepted", "findings", ["gone", "accepted", "rank", newest, "id"])
    op.create_index("findings_cause", "findings", ["gone", "cause", "rank", newest])
    op.create_index("findings_application", "findings", ["application", "gone", "rank", newest])
    op.create_table("details", _of("findings", "finding", primary_key=True), *_texts("found"))


def _history() -> None:
    op.create_table(
        "events",
        _id(),
        _of("applications", "application"),
        _of("findings", "finding"),
        *_texts("at", "what", "before", "revision"),
        sa.Column("times_returned", sa.Integer(), nullable=False),
        *_texts("found"),
        sa.Column("told", sa.Boolean(), nullable=False),
        *_texts("claimed"),
        sqlite_autoincrement=True,
    )
    op.create_index("events_application", "events", ["application", "at", "id"])
    op.create_index("events_finding", "events", ["finding"])
    op.create_index("events_what", "events", ["what", "at"])
    op.create_index("events_untold", "events", ["told", "id"])
    op.create_table(
        "numbers",
        _id(),
        _of("applications", "application"),
        *_texts("cause", "side"),
        sa.Column("rank", sa.SmallInteger(), nullable=False),
        sa.Column("fields", sa.Integer(), nullable=False),
        sa.Column("objects", sa.Integer(), nullable=False),
        *_texts("began", "ended"),
        sqlite_autoincrement=True,
    )
    counted = ["ended", "application", "cause", "side", "rank", "fields", "objects", "began"]
    op.create_index("numbers_open", "numbers", counted)


def _messages() -> None:
    op.create_table(
        "messages",
        _id(),
        *_texts("key", "route", "notice", "state", "due"),
        sa.Column("attempts", sa.Integer(), nullable=False),
        *_texts("error", "sent", "claimed"),
        sa.UniqueConstraint("key", name="messages_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("messages_due", "messages", ["state", "due"])
    op.create_table("held", sa.Column("route", sa.Text(), primary_key=True), _of("events", "event", primary_key=True))
    op.create_index("held_event", "held", ["event"])


def _upkeep() -> None:
    op.create_table("silences", _id(), *_texts("matcher", "reason", "by", "since", "until"), sqlite_autoincrement=True)
    op.create_table("notes", sa.Column("name", sa.Text(), primary_key=True), *_texts("value"))
    op.create_table("claims", sa.Column("name", sa.Text(), primary_key=True), *_texts("owner", "until"))
