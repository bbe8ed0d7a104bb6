"""A real Argo CD with a cluster and a git server (WHYDRIFT_LIVE names their folder); applications made and removed.

The folder holds `env`, a shell script that sets what clients need: ARGO (Argo CD's URL, no login needed), ARGOCD_OPTS,
KUBECONFIG, GIT_ROOT and GIT_URL (bare repositories below GIT_ROOT/fleet are served at GIT_URL/fleet), and PATH.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from whydrift.core.model.values import Json, JsonObject, mapping, text

AUTHOR = ("-c", "user.name=Jo Doe", "-c", "user.email=jo@example.com")
HOME = "https://kubernetes.default.svc"
PATIENCE = 90.0


@dataclass(frozen=True)
class Ground:
    """The servers, as the environment of their clients."""

    environ: dict[str, str]

    @classmethod
    def at(cls, folder: Path) -> Ground:
        """The servers whose `env` stands in a folder."""
        script = f". '{folder}/env' && env -0"
        done = subprocess.run(["bash", "-c", script], capture_output=True, check=True)
        pairs = (row.partition("=") for row in done.stdout.decode().split("\0") if row)
        return cls({name: value for name, _, value in pairs})

    def run(self, *command: str, given: str = "", ok: tuple[int, ...] = (0,)) -> str:
        """What a command prints. AssertionError with what it said where its exit code is another one."""
        done = subprocess.run(command, env=self.environ, input=given, capture_output=True, text=True, timeout=PATIENCE)
        assert done.returncode in ok, f"{' '.join(command)}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def kubectl(self, *words: str, given: str = "") -> str:
        """What kubectl prints."""
        return self.run("kubectl", *words, given=given)

    def whydrift(self, *words: str, ok: tuple[int, ...] = (0, 1, 3)) -> str:
        """What whydrift prints, as the user of these servers."""
        return self.run(sys.executable, "-m", "whydrift", *words, ok=ok)

    def fails(self, *words: str) -> str:
        """What whydrift says on stderr when it cannot do its work."""
        command = (sys.executable, "-m", "whydrift", *words)
        done = subprocess.run(command, env=self.environ, capture_output=True, text=True, timeout=PATIENCE)
        assert done.returncode == 2 and not done.stdout, f"{done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stderr

    def argocd(self, method: str, path: str, body: Json = None) -> Json:
        """An answer of Argo CD's API."""
        request = urllib.request.Request(self.environ["ARGO"] + path, method=method)
        request.add_header("Content-Type", "application/json")
        request.data = None if body is None else json.dumps(body).encode()
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as reply:
                answered: Json = json.loads(reply.read() or b"null")
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.code} {error.read()[:500]!r}") from error
        return answered


@dataclass(frozen=True)
class Deployed:
    """One application of its own: a repository, an Application, a namespace, all with the same name."""

    ground: Ground
    name: str
    more: Mapping[str, Json] = field(default_factory=dict)
    """What its `spec` states beside source, destination and project."""

    @property
    def repository(self) -> str:
        """The URL of its repository."""
        return f"{self.ground.environ['GIT_URL']}/fleet/{self.name}.git"

    @property
    def _bare(self) -> Path:
        return Path(self.ground.environ["GIT_ROOT"], "fleet", f"{self.name}.git")

    @property
    def work(self) -> Path:
        """A checkout of its repository."""
        return Path(self.ground.environ["GIT_ROOT"], "work", self.name)

    def commit(self, files: Mapping[str, str], message: str = "a change") -> str:
        """Write files, commit and push them; the new revision."""
        git = ("git", "-C", str(self.work))
        if not self._bare.exists():
            self.ground.run("git", "init", "-q", "--bare", "-b", "main", str(self._bare))
            self.ground.run("git", "-C", str(self._bare), "config", "http.receivepack", "true")
            self.ground.run("git", "clone", "-q", str(self._bare), str(self.work))
            self.ground.run(*git, "checkout", "-q", "-B", "main")
        for path, content in files.items():
            (self.work / path).parent.mkdir(parents=True, exist_ok=True)
            (self.work / path).write_text(content)
        self.ground.run(*git, "add", "-A")
        self.ground.run(*git, *AUTHOR, "commit", "-q", "-m", message)
        self.ground.run(*git, "push", "-q", "origin", "main")
        return self.ground.run(*git, "rev-parse", "HEAD").strip()

    def create(self) -> None:
        """Put the Application there."""
        manifest: Json = {
            "apiVersion": "argoproj.io/v1alpha1",
            "kind": "Application",
            "metadata": {"name": self.name, "namespace": "argocd"},
            "spec": {
                "project": "default",
                "source": {"repoURL": self.repository, "path": "manifests", "targetRevision": "main"},
                "destination": {"server": HOME, "namespace": self.name},
                "syncPolicy": {"syncOptions": ["CreateNamespace=true"]},
                **self.more,
            },
        }
        self.ground.kubectl("create", "-f", "-", given=json.dumps(manifest))

    def sync(self) -> None:
        """Sync it, and wait until that succeeded."""
        self.refresh()
        self.ground.argocd("POST", f"/api/v1/applications/{self.name}/sync", {"name": self.name})
        self._until(
            lambda app: text(app, "status", "operationState", "phase") == "Succeeded" and "operation" not in app
        )
        self.refresh()

    def refresh(self) -> Json:
        """Let Argo CD compare again; what it says then."""
        return self.ground.argocd("GET", f"/api/v1/applications/{self.name}?refresh=normal")

    def until(self, verdict: str) -> None:
        """Wait until Argo CD says Synced, OutOfSync or Unknown, as is wanted."""
        self._until(lambda app: text(app, "status", "sync", "status") == verdict)

    def _until(self, holds: Callable[[JsonObject], bool]) -> None:
        end = time.monotonic() + PATIENCE
        while not holds(app := mapping(self.refresh())):
            assert time.monotonic() < end, json.dumps(app.get("status"))[:2000]
            time.sleep(0.5)

    def remove(self) -> None:
        """Take everything of it away again."""
        for kind, where in (("application", ("-n", "argocd")), ("namespace", ())):
            self.ground.kubectl("delete", kind, self.name, *where, "--ignore-not-found", "--wait=false")
        shutil.rmtree(self._bare, ignore_errors=True)
        shutil.rmtree(self.work, ignore_errors=True)
