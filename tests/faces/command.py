"""Runs whydrift: as a process of its own, from the start or forked, or in this one with what it prints caught."""

from __future__ import annotations

import atexit
import io
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from unittest import mock

from tests.small_fleet.mortal import ROOT, Runner
from whydrift import cli

WHYDRIFT = (sys.executable, "-m", "whydrift")
BARE = {"PATH": os.environ.get("PATH", ""), "HOME": "/nonexistent", "LC_ALL": "C.UTF-8"}


@dataclass(frozen=True)
class Said:
    """What a run printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def everything(self) -> str:
        """Both streams."""
        return self.out + self.err


def run(*words: str | Path, env: dict[str, str] | None = None, cwd: Path | None = None, seconds: float = 300) -> Said:
    """A process of its own, in an environment that knows no cluster."""
    command, environ = [*WHYDRIFT, *map(str, words)], {**BARE, **(env or {})}
    done = subprocess.run(command, capture_output=True, env=environ, cwd=cwd, timeout=seconds, check=False)
    return Said(done.returncode, done.stdout.decode(), done.stderr.decode())


@cache
def runner() -> Runner:
    """A process that runs whydrift many times, until this one ends."""
    running = Runner().__enter__()
    atexit.register(running.__exit__)
    return running


def forked(*words: str | Path, env: dict[str, str] | None = None, cwd: Path = ROOT) -> Said:
    """As `run`, forked from a process that has imported everything: Python's own start takes most of a short run."""
    said = runner().run({**BARE, **(env or {})}, *words, cwd=cwd)
    return Said(said["code"], said["out"], said["err"])


def inside(*words: str | Path) -> Said:
    """The same in this process: quick enough for hundreds of runs."""
    out, err = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err), mock.patch.object(sys, "argv", ["whydrift", *map(str, words)]):
        code = cli._run("whydrift")
        out.flush()
    raw = out.buffer
    assert isinstance(raw, io.BytesIO)
    return Said(code, raw.getvalue().decode(), err.getvalue())


@cache
def of_demo(*words: str) -> Said:
    """The same of the fleet that ships, which never changes: each command is run once for all tests of a process."""
    return inside(*words, "--from", "demo")


def lines_of(text: str) -> list[str]:
    """Lines that hold something."""
    return [line for line in text.splitlines() if line.strip()]
