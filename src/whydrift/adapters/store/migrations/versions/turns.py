"""Processes take turns at making messages: events are no longer claimed one by one. Messages may be dropped."""

from __future__ import annotations

from alembic import op

revision = "turns"
down_revision = "first_tables"


def upgrade() -> None:
    """Take the column away."""
    op.drop_column("events", "claimed")
