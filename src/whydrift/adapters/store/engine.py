"""Opens a database: where it is, how its transactions begin, and what is said when it fails."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from whydrift.errors import StoreError, UsageError

FILE = "whydrift.db"
BUSY = 30
"""Seconds to wait for another writer."""
PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=NORMAL",
    "foreign_keys=ON",
    "cache_size=-8000",  # KiB, of each connection
    "journal_size_limit=67108864",  # bytes that the log keeps of the disk when nobody needs it any more
)
KEPT, MORE = 8, 56
"""SQLite's connections: so many stay open, so many more there may be while many read at once."""
TIMEOUTS = (
    "SELECT set_config('statement_timeout', '{}s', true), set_config('lock_timeout', '{}s', true), "
    "set_config('idle_in_transaction_session_timeout', '{}s', true)"
)
"""Per transaction: poolers between us and PostgreSQL keep no setting of a session."""


class Database:
    """A database with its transactions; every failure is a StoreError that names it, without login."""

    def __init__(self, url: str, folder: Path) -> None:
        """`url` is `postgresql://…`, or a path or `sqlite:///…`; "" is SQLite in `folder`."""
        stated = _stated(url, folder)
        self.name = _name(stated)
        self.is_sqlite = stated.get_backend_name() == "sqlite"
        with self.failing():
            self.engine = _sqlite(stated) if self.is_sqlite else _postgresql(stated)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of the database and changes nothing."""
        with self.failing(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that changes something; SQLite has one at a time, and the next one waits for it."""
        writer = self.engine.execution_options(immediate=True)
        with self.failing(), writer.begin() as connection:
            yield connection

    @contextmanager
    def failing(self) -> Iterator[None]:
        """Says in a line what failed, and where."""
        try:
            yield
        except SQLAlchemyError as error:
            said = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
            raise StoreError(f"the store {self.name}: {said}") from error
        except ImportError as error:
            raise StoreError("PostgreSQL needs whydrift[postgres]: pip install 'whydrift[postgres]'") from error
        except OSError as error:
            raise StoreError(f"the store {self.name}: {error.strerror}") from error


def _stated(url: str, folder: Path) -> URL:
    """Where the database is. UsageError for a URL that names none of the two; it is not quoted, it may hold a login."""
    if not url or "://" not in url:
        return URL.create("sqlite", database=str(Path(url).expanduser() if url else folder / FILE))
    try:
        stated = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise UsageError("the store: its URL cannot be read; write postgresql://USER@HOST/DATABASE") from error
    match stated.get_backend_name():
        case "sqlite":
            return stated
        case "postgresql" | "postgres":
            return stated.set(drivername="postgresql+psycopg")
        case other:
            raise UsageError(f"the store: {other} is not supported, only SQLite and PostgreSQL")


def _name(url: URL) -> str:
    """What a user calls it: the file, or the URL without user, password and options."""
    if url.get_backend_name() == "sqlite":
        return url.database or "in memory"
    return URL.create("postgresql", host=url.host, port=url.port, database=url.database).render_as_string()


def _sqlite(url: URL) -> Engine:
    """WAL: readers never wait. A killed process loses nothing; a power cut may lose the last transactions, whole."""
    if url.database:
        path = Path(url.database)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    about = {"timeout": BUSY, "check_same_thread": False}
    engine = create_engine(url, connect_args=about, pool_size=KEPT, max_overflow=MORE)
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: object, _: ConnectionPoolEntry) -> None:
    import sqlite3

    assert isinstance(connection, sqlite3.Connection)
    connection.isolation_level = None  # transactions are begun below: the driver would begin them too late
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("immediate")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def _postgresql(url: URL) -> Engine:
    """Prepared statements are left out: poolers between us and PostgreSQL do not know them."""
    engine = create_engine(url, connect_args={"prepare_threshold": None}, pool_pre_ping=True)
    from whydrift.adapters.postgresql import IDLE, LOCK, REACH, STATEMENT, PatientConnection

    def connect(_: object, __: object, words: Sequence[str], options: Mapping[str, Any]) -> PatientConnection[Any]:
        return PatientConnection.connect(*words, **{**REACH, **options})

    timeouts = TIMEOUTS.format(STATEMENT, LOCK, IDLE)
    event.listen(engine, "do_connect", connect)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(timeouts))
    return engine
