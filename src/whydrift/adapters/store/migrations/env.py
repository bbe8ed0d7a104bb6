"""Alembic runs this to migrate: on the connection, and in the transaction, that `schema.migrate` hands in."""

from __future__ import annotations

from alembic import context

from whydrift.adapters.store.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    version_table=context.config.attributes["version_table"],
)
with context.begin_transaction():
    context.run_migrations()
