"""A watcher as a process of its own, over a living fleet that tests change."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from tests.adapters.kubernetes.clusters import kubeconfig
from tests.faces.command import runner
from tests.fleet_builder import App, Fleet, clean, config_map, deployment, scaled
from tests.replay import Fault, Replay
from tests.serving import free_port
from tests.small_fleet.mortal import Beside
from whydrift.adapters.store.store import SqlStore
from whydrift.core.model.values import JsonObject
from whydrift.usecases.watch.loop import note_of

SECONDS = 300.0
"""More than any of what is waited for takes on a busy machine."""


def fleet() -> Fleet:
    """Three applications: one that drifts, two that do not."""
    quiet = App("quiet", [(config_map("quiet", a="1"), config_map("quiet", a="1"))])
    return Fleet([scaled(), clean(), quiet])


def drifting(name: str, replicas: int = 7) -> App:
    """An application whose Deployment was scaled by hand."""
    live = deployment(name, replicas=replicas)
    return App(name, [(deployment(name), live)], status={"reconciledAt": "2026-11-20T11:00:00Z"})


def settled(name: str) -> App:
    """The same, Synced."""
    return App(name, [(deployment(name), deployment(name))])


@dataclass
class Watched:
    """A folder with a recording, a server of it, and a watcher."""

    folder: Path
    kubernetes: bool = True
    faults: list[Fault] = field(default_factory=list)
    start: Fleet = field(default_factory=fleet)
    replay: Replay = field(init=False)
    process: subprocess.Popen[bytes] | Beside | None = None

    def __post_init__(self) -> None:
        self.recording = self.start.folder(self.folder / "recording")
        self.replay = self.served()
        self.port = int(self.replay.host.rpartition(":")[2])

    def served(self, port: int = 0) -> Replay:
        """A server of the recording."""
        served = Replay(self.recording, living=True, port=port or free_port(), faults=self.faults)
        return served.__enter__()

    def put(self, app: App) -> None:
        """Change an application, or add one."""
        assert self.replay.living is not None
        self.replay.living.put(app.resource(), app.managed())

    @property
    def environ(self) -> dict[str, str]:
        """Where the watcher finds its servers and its state."""
        found = {
            "PATH": os.environ.get("PATH", ""),
            "HOME": str(self.folder),
            "ARGOCD_SERVER": self.replay.host,
            "ARGOCD_OPTS": "--plaintext",
            "ARGOCD_AUTH_TOKEN": "t",
            "WHYDRIFT_STATE": str(self.folder / "state"),
        }
        if self.kubernetes:
            place = kubeconfig(self.folder / "kubeconfig", self.replay.kubernetes_url)
            found["KUBECONFIG"] = str(place)
        return found

    def run(self, *words: str, fresh: bool = False) -> Watched:
        """Start a watcher: forked from a process that has imported everything, or as a `fresh` one."""
        command, out, err = ["watch", "-o", "jsonl", "--no-git", *words], self.folder / "out", self.folder / "err"
        if not fresh:
            self.process = runner().start(self.environ, *command, cwd=self.folder, out=out, err=err)
            return self
        with out.open("ab") as told, err.open("ab") as said:
            command = [sys.executable, "-m", "whydrift", *command]
            self.process = subprocess.Popen(command, stdout=told, stderr=said, env=self.environ, cwd=self.folder)
        return self

    @property
    def stands(self) -> str:
        """Where a watch in Kubernetes stands that heard of everything."""
        assert self.replay.living is not None
        return str(self.replay.living.version)

    def heard(self) -> bool:
        """Whether all that changed was looked at, and where the watch stands was noted."""
        with closing(SqlStore("", self.folder / "state")) as store:
            return store.recall(note_of("")).rpartition("=")[2] == self.stands  # NAMESPACE=VERSION, where that is one

    def looked(self) -> bool:
        """Whether everything was looked at once."""
        with closing(SqlStore("", self.folder / "state")) as store:
            return len(store.applications()) == len(self.start.apps)

    def kill(self, how: signal.Signals = signal.SIGKILL) -> int:
        """End the watcher; its exit code."""
        assert self.process is not None
        self.process.send_signal(how)
        code = self.process.wait(SECONDS)
        self.process = None
        return code

    def end(self) -> None:
        """End everything."""
        if self.process is not None:
            self.kill()
        self.replay.stop()

    def events(self) -> list[JsonObject]:
        """What was told so far."""
        lines = (self.folder / "out").read_bytes().splitlines()
        return [cast(JsonObject, json.loads(line)) for line in lines]

    def told(self) -> list[tuple[str, str, str]]:
        """(what, application, field or object) of each event, in order."""
        return [
            (str(e["what"]), str(cast(JsonObject, e["application"])["name"]), str(e["field"] or e["object"]))
            for e in self.events()
        ]

    @property
    def said(self) -> str:
        """What was said on stderr."""
        return (self.folder / "err").read_text()

    def until(self, holds: Callable[[], object], seconds: float = SECONDS) -> float:
        """Wait until something holds; how long that took. AssertionError after `seconds`, with what was told."""
        began = time.monotonic()
        while not holds():
            if self.process is not None and self.process.poll() is not None:
                raise AssertionError(f"the watcher ended ({self.process.returncode}): {self.said}")
            assert time.monotonic() - began < seconds, f"told {self.told()}; said {self.said}"
            time.sleep(0.05)
        return time.monotonic() - began

    def until_told(self, what: str, name: str, path: str = "spec.replicas", times: int = 1) -> float:
        """Wait until something was told so often."""
        return self.until(lambda: self.told().count((what, name, path)) >= times)

    def quiet(self, seconds: float = 1.5) -> None:
        """Wait a moment in which nothing should happen."""
        time.sleep(seconds)
