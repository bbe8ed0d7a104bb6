"""jq, asked only for paths: in a worker process with a deadline, so that no document and no number passes through it.

The worker starts with the first program, is killed when a program does not end in time, and then starts again.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from threading import Event, Lock, Thread
from types import TracebackType
from typing import IO

from whydrift.adapters.jq.dialect import deletions
from whydrift.core.compare.ignore import JqFailed
from whydrift.core.model.values import Json
from whydrift.errors import NotComparable, SourceError

WORKER = "whydrift.adapters.jq.worker"
COMPILE_SECONDS = 30.0
"""How long the worker may take to start and to compile a program; the deadline of a rule does not count it."""
BUSY = 30
"""How many times its deadline a program may take where others use the processor: Argo CD's is not this machine."""


class JqWorker:
    """The paths that jq expressions name in documents (core.compare.ignore.JqPaths). One thread at a time is served."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._compiled: set[str] = set()
        self._steps: dict[str, tuple[str, ...]] = {}
        self._lock = Lock()

    def __enter__(self) -> JqWorker:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End the worker, if one runs."""
        with self._lock:
            self._stop()

    def steps(self, expression: str) -> tuple[str, ...]:
        """The path expressions that `del(expression)` deletes; NotComparable where it does not compile."""
        if expression not in self._steps:
            steps = deletions(expression)
            for step in steps:
                self._compile(expression, _program(step))
            self._steps[expression] = steps
        return self._steps[expression]

    def paths(self, step: str, document: Json, seconds: float) -> tuple[list[Json], ...] | JqFailed:
        """The paths that a step names in a document; keys are walked in their order, as gojq does."""
        program = _program(step)
        with self._lock:
            if program not in self._compiled:
                self._ask([program], COMPILE_SECONDS)
            word, text = self._ask([program, json.dumps(document, sort_keys=True)], seconds)
        return tuple(json.loads(text)) if word == "ok" else JqFailed(text)

    def _compile(self, expression: str, program: str) -> None:
        with self._lock:
            word, text = self._ask([program], COMPILE_SECONDS)
        if word != "ok":
            raise NotComparable(f"jq: '{expression}' does not compile: {text}")

    def _ask(self, request: list[str], seconds: float) -> tuple[str, str]:
        """One request; without an answer the worker is gone. SourceError where it cannot even start and compile."""
        requests, replies, process = self._started()
        late, done = Event(), Event()
        Thread(target=_watch, args=(process, seconds, late, done), daemon=True).start()
        try:
            requests.write(json.dumps(request) + "\n")
            requests.flush()
            line = replies.readline()
        except BrokenPipeError:
            line = ""
        finally:
            done.set()
        if line:
            self._compiled.add(request[0])
            word, text = json.loads(line)
            return word, text
        self._stop()
        if len(request) == 1:
            raise SourceError(f"the jq worker ({sys.executable} -m {WORKER}) does not answer")
        return "error", f"the program did not end within {seconds:g} s" if late.is_set() else "the program crashed"

    def _started(self) -> tuple[IO[str], IO[str], subprocess.Popen[str]]:
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", WORKER],  # -P: nothing is imported from the folder that the user stands in
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,  # where jq's `debug` writes
                text=True,
            )
        process = self._process
        if process.stdin is None or process.stdout is None:
            raise SourceError("the jq worker has no pipes")
        return process.stdin, process.stdout, process

    def _stop(self) -> None:
        process, self._process = self._process, None
        self._compiled.clear()
        if process is not None:
            process.kill()
            process.communicate()


def _watch(process: subprocess.Popen[str], seconds: float, late: Event, done: Event) -> None:
    """Kill a process that has not done its work when it had the processor for so long."""
    begun, had = time.monotonic(), _processor_seconds(process)
    left = seconds
    while not done.wait(left):
        has = _processor_seconds(process)
        left = 0.0 if had is None or has is None else seconds - (has - had)
        if left <= 0 or time.monotonic() - begun > BUSY * seconds:
            late.set()
            process.kill()
            return
        left = max(left, 0.01)


def _processor_seconds(process: subprocess.Popen[str]) -> float | None:
    """How long a process has had a processor (proc(5), utime and stime); None where the system does not say."""
    try:
        fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    except (OSError, IndexError, ValueError):
        return None


def _program(step: str) -> str:
    return f"[path({step})]"
