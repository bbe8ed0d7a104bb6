"""Runs whydrift's command line in children of a process that has imported everything, and kills them where told.

Each line of stdin is a JSON object: `argv`, `env`, `cwd`, `kill` (the number of the journal's write, from 1; 0: none)
and `when` ("before" or "after" it is on the disk). The reply is a line with `code`, `out` and `err`.

An order with `said`, the names of two files, is of a child that goes on: it writes there, and the reply has its `pid`.
`ended` asks for the code of such a child: None while it runs.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Any

import httpcore2
import httpx2
import truststore
from anyio._backends import _asyncio
from kubernetes.config import kube_config

import whydrift
from whydrift import cli, wiring
from whydrift.adapters.journal import FileJournal
from whydrift.cli import apply
from whydrift.core.model.journal import Entry
from whydrift.settings import Settings
from whydrift.usecases.apply import fresh, run
from whydrift.wiring import applying

ROOT = Path(__file__).parents[2]
IMPORTED = (apply, fresh, run, kube_config, httpx2, httpcore2, truststore, _asyncio)
"""What every child needs; importing it takes longer than a run."""


class MortalJournal(FileJournal):
    """A journal during whose N-th write the process is killed: no clean-up of any kind runs."""

    writes = 0
    kill = 0
    when = ""

    def add(self, entry: Entry) -> None:
        """Write, and die before or after."""
        type(self).writes += 1
        deadly = self.writes == self.kill
        if deadly and self.when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        super().add(entry)
        if deadly:
            os.kill(os.getpid(), signal.SIGKILL)


def mortal(settings: Settings, name: str) -> MortalJournal:
    """In the place of wiring.applying.open_journal."""
    return MortalJournal(settings.state / "journals" / f"{name}.jsonl")


def child(order: dict[str, Any], out: int, err: int) -> None:
    """The child: become a run of the command line."""
    os.dup2(out, 1)
    os.dup2(err, 2)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.environ.clear()
    os.environ.update(order["env"])
    os.chdir(order["cwd"])
    MortalJournal.kill, MortalJournal.when = order["kill"], order["when"]
    sys.argv = ["whydrift", *order["argv"]]
    code = cli._run("whydrift")
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def at_once(order: dict[str, Any]) -> dict[str, Any]:
    """Run a child to its end."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        pid = os.fork()
        if pid == 0:
            child(order, out.fileno(), err.fileno())
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        out.seek(0)
        err.seek(0)
        return {"code": code, "out": out.read().decode(), "err": err.read().decode()}


def beside(order: dict[str, Any]) -> dict[str, Any]:
    """Start a child that goes on."""
    pid = os.fork()
    if pid == 0:
        out, err = (os.open(name, os.O_WRONLY | os.O_CREAT | os.O_APPEND) for name in order["said"])
        child(order, out, err)
    return {"pid": pid}


def ended(pid: int) -> dict[str, Any]:
    """The code of a child that went on."""
    found, status = os.waitpid(pid, os.WNOHANG)
    return {"code": os.waitstatus_to_exitcode(status) if found else None}


def serve() -> None:
    """Answer orders until stdin ends."""
    for module in walk_packages(whydrift.__path__, "whydrift."):
        if not module.name.endswith(("__main__", ".env")) and ".versions." not in module.name:
            import_module(module.name)
    applying.open_journal = mortal
    wiring.analysis(Settings(), hidden=True)
    gc.freeze()  # children share what is there, instead of copying it when they collect their garbage
    for line in sys.stdin:
        order = json.loads(line)
        said = ended(order["ended"]) if "ended" in order else beside(order) if "said" in order else at_once(order)
        sys.stdout.write(json.dumps(said) + "\n")
        sys.stdout.flush()


@dataclass
class Beside:
    """A run that goes on, as a `subprocess.Popen` is asked about it."""

    pid: int
    runner: Runner
    returncode: int | None = None

    def poll(self) -> int | None:
        """Its code where it has ended."""
        if self.returncode is None:
            self.returncode = self.runner.ended(self.pid)
        return self.returncode

    def wait(self, timeout: float = 60.0) -> int:
        """Its code when it has ended. Raises subprocess.TimeoutExpired after `timeout` seconds."""
        end = time.monotonic() + timeout
        while (code := self.poll()) is None:
            if time.monotonic() > end:
                raise subprocess.TimeoutExpired(str(self.pid), timeout)
            time.sleep(0.01)
        return code

    def kill(self) -> None:
        """kill -9."""
        self.send_signal(signal.SIGKILL)

    def send_signal(self, how: signal.Signals) -> None:
        """Send it a signal, where it runs."""
        if self.poll() is None:
            os.kill(self.pid, how)


class Runner:
    """The other side: one process for many runs; a context manager."""

    def __enter__(self) -> Runner:
        command = [sys.executable, "-m", "tests.small_fleet.mortal"]
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        return self

    def run(
        self, env: dict[str, str], *argv: str | Path, cwd: Path = ROOT, kill: int = 0, when: str = ""
    ) -> dict[str, Any]:
        """One run; `code` is negative where a signal ended it."""
        return self._told(argv=[*map(str, argv)], env=env, cwd=str(cwd), kill=kill, when=when)

    def start(self, env: dict[str, str], *argv: str | Path, cwd: Path, out: Path, err: Path) -> Beside:
        """A run that goes on; it appends what it says to two files."""
        out.touch()
        err.touch()
        said = [str(out), str(err)]
        order = self._told(argv=[*map(str, argv)], env=env, cwd=str(cwd), kill=0, when="", said=said)
        return Beside(order["pid"], self)

    def ended(self, pid: int) -> int | None:
        """The code of a run that went on; None while it runs."""
        code: int | None = self._told(ended=pid)["code"]
        return code

    def _told(self, **order: object) -> dict[str, Any]:
        """The reply to an order."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        found: dict[str, Any] = json.loads(self._process.stdout.readline())
        return found

    def apply(self, env: dict[str, str], *words: str | Path) -> dict[str, Any]:
        """One apply that asks nobody and watches health only for a moment."""
        return self.run(env, "apply", *words, "--yes", "--watch", "0")

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(60)


if __name__ == "__main__":
    serve()
