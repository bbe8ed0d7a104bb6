"""Brings a database to the tables of this version, once, whoever comes first."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from whydrift.adapters.store.engine import Database
from whydrift.adapters.store.rows import wait_for_lock
from whydrift.errors import StoreError

HEAD = "turns"
"""The newest migration in `migrations/versions`."""
VERSION_TABLE = "whydrift_version"
LOCK = 0x77687964
"""Names the lock that one process migrates under."""
MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(database: Database) -> None:
    """Run the migrations that are missing. StoreError where a newer whydrift was here: it would not be understood."""
    with database.reading() as connection:
        if version_of(connection) == HEAD:
            return
    with database.writing() as connection:
        wait_for_lock(connection, LOCK)
        if version_of(connection) != HEAD:
            _upgrade(connection, database.name)


def version_of(connection: Connection) -> str:
    """The migration that was run last; "" where none was."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return ""
    found = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()
    return str(found or "")


def _upgrade(connection: Connection, name: str) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes.update(connection=connection, version_table=VERSION_TABLE)
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise StoreError(f"the store {name} was made by a newer whydrift: use that one, or another store") from error
