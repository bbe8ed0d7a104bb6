"""A real PostgreSQL server in a temporary folder, on a socket: for tests that keep findings in it."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

import pytest

USERS = ("postgres", "nobody")
PATIENCE = 60


def binaries() -> Path | None:
    """The folder of `postgres` and `initdb`: on PATH, where Debian puts them, or in the pgserver wheel; else None."""
    found = shutil.which("postgres")
    places = [Path(found).resolve().parent] if found else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    wheel = find_spec("pgserver")
    places += [Path(place) / "pginstall" / "bin" for place in (wheel and wheel.submodule_search_locations) or ()]
    return next((place for place in places if (place / "initdb").exists() and (place / "postgres").exists()), None)


class Postgres:
    """One server. `kill` ends it as kill -9 and a power cut of the machine's processes would."""

    def __init__(self, tools: Path, folder: Path) -> None:
        """A fresh cluster in `folder`, started."""
        self._tools, self.folder = tools, folder
        self._process: subprocess.Popen[bytes] | None = None
        self._made = ""
        self._user = next((u for u in USERS if _is_user(u)), None) if os.geteuid() == 0 else None
        if self._user:
            shutil.chown(folder, self._user)
        plain = [str(tools / "initdb"), "-D", str(folder / "data"), "-A", "trust", "-U", "whydrift", "--no-sync"]
        options = ["-E", "UTF8", "--locale=C", "--wal-segsize=1"]
        subprocess.run([*plain, *options], check=True, capture_output=True, cwd=folder, user=self._user)
        self.start()

    def url(self, database: str = "postgres") -> str:
        """How to reach a database of it."""
        return f"postgresql://whydrift@/{database}?host={self.folder}"

    def database(self, template: str = "template1") -> str:
        """The URL of a new database: an empty one, or a copy of another one that nobody uses now."""
        import psycopg

        name = f"test_{uuid.uuid4().hex[:12]}"
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}".encode())
        return self.url(name)

    def store(self) -> str:
        """The URL of a new store in which nothing is, its tables made."""
        if not self._made:
            from whydrift.adapters.store.store import SqlStore

            url = self.database()
            SqlStore(url, self.folder).close()
            self._made = url.partition("@/")[2].partition("?")[0]
        return self.database(self._made)

    def start(self) -> None:
        """Start it, and wait until it answers."""
        settings = ("listen_addresses=", "fsync=off", "max_connections=120", f"unix_socket_directories={self.folder}")
        words = [part for setting in settings for part in ("-c", setting)]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [str(self._tools / "postgres"), "-D", str(self.folder / "data"), *words],
                stdout=log,
                stderr=log,
                cwd=self.folder,
                user=self._user,
                start_new_session=True,
            )
        self._wait()

    def _wait(self) -> None:
        import psycopg

        end = time.monotonic() + PATIENCE
        while True:
            try:
                psycopg.connect(self.url()).close()
                return
            except psycopg.OperationalError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.05)

    def processes(self) -> list[int]:
        """The server and all of its processes: each is in a session of its own."""
        assert self._process is not None
        return [self._process.pid, *_children(self._process.pid)]

    def signal(self, what: signal.Signals) -> None:
        """Send a signal to all of its processes: SIGSTOP lets it hang, as SIGCONT does no longer."""
        for pid in self.processes():
            with suppress(ProcessLookupError):
                os.kill(pid, what)

    def kill(self) -> None:
        """kill -9 of all of it."""
        assert self._process is not None
        self.signal(signal.SIGKILL)
        self._process.wait()

    def disk(self, most: int) -> None:
        """Let no file of it get larger than so many bytes (-1: as large as they like): a disk that is full."""
        for pid in self.processes():
            subprocess.run(["prlimit", f"--pid={pid}", f"--fsize={most}:"], check=True, user=self._user)

    def stop(self) -> None:
        """End it, without waiting for anybody."""
        assert self._process is not None
        if self._process.poll() is None:
            self.signal(signal.SIGCONT)
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait()


def _children(parent: int) -> list[int]:
    """The processes that a process started; where /proc does not tell, they notice by themselves that it died."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            pid, _, rest = stat.read_text().partition(" (")
            if int(rest.rpartition(")")[2].split()[1]) == parent:
                found.append(int(pid))
    return found


def _is_user(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


@contextmanager
def running() -> Iterator[Postgres]:
    """A server while it is needed. Skips the test where there is none; socket paths must be short."""
    tools = binaries()
    if tools is None:
        pytest.skip("no PostgreSQL: neither on PATH, nor Debian's, nor the pgserver wheel")
    folder = Path(tempfile.mkdtemp(prefix="whydrift-pg-", dir="/tmp"))
    try:
        server = Postgres(tools, folder)
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A server that tests share; each takes a database of its own."""
    with running() as server:
        yield server
