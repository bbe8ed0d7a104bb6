"""Brings a database to procrastinate's tables of the version that is installed, once, whoever comes first."""

from __future__ import annotations

from pathlib import Path

from procrastinate.schema import SchemaManager
from psycopg import Connection

from whydrift.adapters.postgresql import REACH, PatientConnection
from whydrift.errors import StoreError

CREATED = "CREATE SCHEMA IF NOT EXISTS whydrift_jobs"
SEARCHED = "SET search_path TO whydrift_jobs"
LOCK = 0x7768796A
"""Names the lock that one process migrates under."""


def migrate(url: str) -> None:
    """Make the tables, or run the migrations that are missing. StoreError where a newer procrastinate was here.

    Each step is a transaction with its mark, so that a process that is killed leaves off between two of them.
    """
    with PatientConnection[tuple[object, ...]].connect(url, autocommit=True, **REACH) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
        connection.execute(CREATED)
        connection.execute(SEARCHED)
        connection.execute("CREATE TABLE IF NOT EXISTS migrated (name text PRIMARY KEY)")
        steps = {path.stem: path for path in sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql"))}
        done = {str(row[0]) for row in connection.execute("SELECT name FROM migrated")}
        if done - set(steps):
            raise StoreError(
                "the jobs in the store are of a newer procrastinate: use that version, or another database"
            )
        if not done:
            _step(connection, SchemaManager.get_schema(), list(steps))
        for name in sorted(set(steps) - done) if done else ():
            _step(connection, steps[name].read_text(), [name])


def _step(connection: Connection[tuple[object, ...]], statements: str, names: list[str]) -> None:
    with connection.transaction():
        connection.execute(statements.encode())
        for name in names:
            connection.execute("INSERT INTO migrated VALUES (%s)", (name,))
