"""Opening a database: migrations, and what is said of one that cannot be used."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from alembic.autogenerate import compare_metadata
from alembic.command import upgrade
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from tests.looks import at, field, look

from whydrift.adapters.store.engine import Database
from whydrift.adapters.store.schema import HEAD, MIGRATIONS, VERSION_TABLE, version_of
from whydrift.adapters.store.store import SqlStore
from whydrift.adapters.store.tables import METADATA
from whydrift.errors import StoreError, UsageError


@pytest.fixture
def database(url: str, tmp_path: Path) -> Iterator[Database]:
    """One that a store was opened in."""
    SqlStore(url, tmp_path).close()
    opened = Database(url, tmp_path)
    yield opened
    opened.engine.dispose()


def test_the_migrations_make_the_tables(database: Database) -> None:
    """Exactly those that the code knows: whoever changes one writes a migration."""
    with database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        assert compare_metadata(context, METADATA) == []
        assert version_of(connection) == HEAD


def test_what_an_older_whydrift_kept_is_there_still(url: str, tmp_path: Path) -> None:
    """With what refers to it."""
    old = Database(url, tmp_path)
    with old.writing() as connection:
        config = Config(attributes={"connection": connection, "version_table": VERSION_TABLE})
        config.set_main_option("script_location", str(MIGRATIONS))
        upgrade(config, "first_tables")
        for row in BEFORE:
            connection.exec_driver_sql(f"INSERT INTO {row}")
    old.engine.dispose()
    with closing(SqlStore(url, tmp_path)) as store:
        (event,) = store.held(["night"])["night"]
        assert store.unannounced(at(9), 60) == (event,)


def test_head_is_the_newest_migration() -> None:
    """Alembic is not asked at every start."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_many_may_open_a_new_database_at_once(url: str, tmp_path: Path) -> None:
    """One makes the tables, the others wait for it."""
    with ThreadPoolExecutor(8) as pool:
        stores = list(pool.map(lambda _: SqlStore(url, tmp_path), range(8)))
    stores[0].record(look([], at(0)))
    assert all(len(store.applications()) == 1 for store in stores)
    for store in stores:
        store.close()


def test_a_newer_database_is_left_alone(url: str, database: Database, tmp_path: Path) -> None:
    """A whydrift that does not understand it says so, and changes nothing."""
    with database.writing() as connection:
        connection.exec_driver_sql(f"UPDATE {VERSION_TABLE} SET version_num = 'of_another_year'")
    with pytest.raises(StoreError, match="was made by a newer whydrift: use that one, or another store"):
        SqlStore(url, tmp_path)
    with database.reading() as connection:
        assert version_of(connection) == "of_another_year"


def test_a_new_store_is_its_owners_alone(tmp_path: Path) -> None:
    """In the state directory, which is made."""
    with closing(SqlStore("", tmp_path / "state" / "whydrift")) as store:
        assert store.name == str(tmp_path / "state" / "whydrift" / "whydrift.db")
    assert stat.S_IMODE(Path(store.name).stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "state" / "whydrift").stat().st_mode) == 0o700


BEFORE = (
    "applications VALUES (1, '', 'argocd', 'shop', '', '', '', '{}', '', '', '', '', '', '', '', '2026', '{}', '', '')",
    "findings VALUES (1, 1, 'k', 'c', 's', 1, 'shown', false, '', '', '', '', 0, '')",
    f"events VALUES (1, 1, 1, '{at(0)}', 'new', '', '', 0, '{msgspec.json.encode(field()).decode()}', false, '')",
    "held VALUES ('night', 1)",
)
SECRET = "hunter2"
UNUSABLE = {
    "nobody answers": (f"postgresql://ada:{SECRET}@127.0.0.1:9/drift?application_name={SECRET}", StoreError),
    "no such host": (f"postgresql://ada:{SECRET}@no.such.host.invalid/drift", StoreError),
    "another database": (f"mysql://ada:{SECRET}@db/drift", UsageError),
    "no URL": (f"postgresql://ada:{SECRET}@db:port/drift", UsageError),
    "an unknown option": (f"postgresql://ada:{SECRET}@127.0.0.1:9/drift?no_such={SECRET}", StoreError),
    "a folder": ("sqlite:///{folder}", StoreError),
    "below a file": ("{folder}/text/whydrift.db", StoreError),
    "another file": ("{folder}/text", StoreError),
}


@pytest.mark.parametrize("name", UNUSABLE)
def test_a_store_that_cannot_be_used_is_one_line_without_a_login(name: str, tmp_path: Path) -> None:
    """What, where, and no password."""
    (tmp_path / "text").write_text("this is no database, and long enough to be seen as none" * 50)
    stated, kind = UNUSABLE[name]
    with pytest.raises(kind) as caught:
        SqlStore(stated.format(folder=tmp_path), tmp_path)
    said = str(caught.value)
    assert SECRET not in said and "\n" not in said
    assert said.startswith("the store"), said
