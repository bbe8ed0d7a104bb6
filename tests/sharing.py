"""Processes that share a living fleet through one PostgreSQL: `serve --workers`, as tests start and kill them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import psycopg

from tests.faces.command import runner
from tests.serving import free_port
from tests.small_fleet.mortal import Beside
from tests.watched import Watched
from whydrift.adapters.store.store import SqlStore
from whydrift.core.model.finding import Event
from whydrift.errors import StoreError

ROOT = Path(__file__).parents[1]
SECONDS = 300.0
"""More than any of what is waited for takes on a busy machine."""
Process = subprocess.Popen[bytes] | Beside
WORKS = ("--no-web", "--workers", "1")
"""A process that only works."""


@dataclass
class Shared:
    """A fleet, a database and the processes over both."""

    watched: Watched
    url: str
    processes: list[Process] = field(default_factory=list)
    program: str = "whydrift"
    port: int = 0
    store: SqlStore = field(init=False)

    def __post_init__(self) -> None:
        self.store = SqlStore(self.url, self.watched.folder)

    def serve(self, *words: str, said: str = "err", config: Path | None = None) -> Process:
        """Start a process: a page on a free port, unless `words` say that it only works."""
        self.port = free_port()
        return self.start("serve", "--port", str(self.port), *words, said=said, config=config)

    def start(self, *words: str, said: str = "err", config: Path | None = None) -> Process:
        """Start a process over the store, with settings of its own; what it says is in a file `said`.

        One without workers is forked from a process that has imported everything; those start workers as they do.
        """
        command, folder = [*words, "--no-git", "--store", self.url], self.watched.folder
        environ = {**self.watched.environ, "PYTHONPATH": str(ROOT), "WHYDRIFT_CONFIG": str(config or "")}
        place = folder / said
        if self.program == "whydrift" and "1" not in words:
            self.processes.append(runner().start(environ, *command, cwd=folder, out=place, err=place))
        else:
            with place.open("ab") as err:
                command = [sys.executable, "-m", self.program, *command]
                self.processes.append(subprocess.Popen(command, stdout=err, stderr=err, env=environ, cwd=folder))
        return self.processes[-1]

    def said(self, name: str) -> str:
        """What a process said."""
        return (self.watched.folder / name).read_text()

    def page(self, path: str) -> int:
        """The status of a page of the process that was started last."""
        try:
            with urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=SECONDS) as answer:
                return int(answer.status)
        except HTTPError as error:
            return error.code

    def events(self) -> list[Event]:
        """What happened so far, the oldest first."""
        return list(reversed(self.store.recent(limit=1000)))

    def told(self, name: str) -> list[str]:
        """What happened to an application."""
        return [event.what.value for event in self.events() if event.application.name == name]

    def jobs(self) -> dict[str, str]:
        """The jobs that there are: what is attended to, by status."""
        with psycopg.connect(self.url) as connection:
            found = connection.execute("SELECT queueing_lock, status::text FROM whydrift_jobs.procrastinate_jobs")
            return {str(lock): str(status) for lock, status in found.fetchall()}

    def statuses(self, lock: str) -> list[str]:
        """The statuses of all jobs of one kind for one application: of one that runs, and of one more that waits."""
        query = "SELECT status::text FROM whydrift_jobs.procrastinate_jobs WHERE queueing_lock = %s"
        with psycopg.connect(self.url) as connection:
            return [str(status) for (status,) in connection.execute(query, [lock]).fetchall()]

    def at_work(self) -> int:
        """How many worker processes have reached the database."""
        with psycopg.connect(self.url) as connection:
            found = connection.execute("SELECT count(*) FROM whydrift_jobs.procrastinate_workers").fetchone()
        return int(found[0]) if found else 0

    def looked(self) -> bool:
        """Whether everything was looked at, and nothing waits."""
        return len(self.store.applications()) == len(self.watched.start.apps) and not self.jobs()

    def until(self, holds: Callable[[], object], seconds: float = SECONDS) -> float:
        """Wait until something holds; how long that took. A database that is away does not hold."""
        began = time.monotonic()
        while not self._holds(holds):
            assert 2 not in [process.poll() for process in self.processes], self.watched.said
            assert time.monotonic() - began < seconds, f"{self.events()}; said {self.watched.said}"
            time.sleep(0.05)
        return time.monotonic() - began

    def _holds(self, holds: Callable[[], object]) -> bool:
        try:
            return bool(holds())
        except (StoreError, psycopg.Error):
            return False

    def end(self) -> None:
        """End everything."""
        for process in self.processes:
            process.kill()
            process.wait()
        self.store.close()
        self.watched.end()


def children(parent: int) -> list[int]:
    """The worker processes that a process started."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            stat, words = (place / "stat").read_text(), (place / "cmdline").read_bytes()
            if int(stat.rpartition(")")[2].split()[1]) == parent and b"spawn_main" in words:
                found.append(int(place.name))
    return found


def is_alive(process: int) -> bool:
    """Whether a process runs, and is no zombie."""
    stat = Path(f"/proc/{process}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"


def kill(process: Process) -> None:
    """kill -9 of a process and the workers that it started, all at once: as a machine that is gone."""
    for each in (*children(process.pid), process.pid):
        os.kill(each, signal.SIGKILL)
    process.wait()


@contextmanager
def sharing(folder: Path, url: str) -> Iterator[Shared]:
    """A fleet that nobody watches yet."""
    shared = Shared(Watched(folder), url)
    try:
        yield shared
    finally:
        shared.end()
