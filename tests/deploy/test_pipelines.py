"""`guard` in pipelines: the script and the comment of the GitHub action, run as a runner runs them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.from_yaml import all_from_yaml, from_yaml

ROOT = Path(__file__).parents[2]
SAFE, UNSAFE = "cert-manager", "sympozium"


def _guard(folder: Path, **variables: str) -> tuple[int, dict[str, str], str]:
    """Exit code, outputs and what the script printed; whydrift is this checkout, and reads the demo."""
    installed = folder / "whydrift-guard" / "venv" / "bin" / "whydrift"
    installed.parent.mkdir(parents=True, exist_ok=True)
    installed.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m whydrift "$@"\n')
    installed.chmod(0o755)
    outputs = folder / "outputs"
    outputs.touch()
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "RUNNER_TEMP": str(folder),
        "GITHUB_OUTPUT": str(outputs),
        "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
        "WHYDRIFT_FROM": "demo",
        **variables,
    }
    ran = subprocess.run(
        ["sh", str(ROOT / "deploy" / "guard.sh")], env=environ, cwd=folder, capture_output=True, text=True, check=False
    )
    said = dict(line.split("=", 1) for line in outputs.read_text().splitlines())
    return ran.returncode, said, ran.stdout + ran.stderr


def test_a_sync_that_is_not_safe_fails_the_job_and_is_told(tmp_path: Path) -> None:
    code, outputs, said = _guard(tmp_path, APPLICATIONS=UNSAFE)
    assert (code, outputs["verdict"]) == (1, "unsafe")
    assert Path(outputs["report"]).read_text() in said
    assert (tmp_path / "summary.md").read_text() == Path(outputs["report"]).read_text()


def test_several_applications_and_options_are_words_of_their_own(tmp_path: Path) -> None:
    code, _, said = _guard(tmp_path, APPLICATIONS="sympozium vict*", OPTIONS="--no-git\n--no-kubernetes\n")
    assert code == 1, said
    assert "victoria-metrics" in said


@pytest.mark.parametrize("name", ["$(touch ran)", "`touch ran`", "; touch ran", "--help", "--from=/etc/passwd"])
def test_words_of_a_pull_request_are_never_run_nor_become_options(tmp_path: Path, name: str) -> None:
    code, outputs, said = _guard(tmp_path, APPLICATIONS=name, REVISION="")
    assert code == 2, said
    assert outputs == {}
    assert not (tmp_path / "ran").exists()


def test_what_is_not_known_passes_only_where_that_was_asked_for(tmp_path: Path) -> None:
    broken = tmp_path / "recording" / "argocd" / "api" / "v1"
    broken.mkdir(parents=True)
    listed = {"items": [{"metadata": {"name": "shop", "namespace": "argocd"}, "spec": {}, "status": {}}]}
    (broken / "applications.json").write_text(json.dumps(listed))
    recorded = {"WHYDRIFT_FROM": str(tmp_path / "recording"), "APPLICATIONS": "shop"}
    assert _guard(tmp_path / "a", **recorded)[0] == 3
    code, outputs, said = _guard(tmp_path / "b", UNKNOWN="pass", **recorded)
    assert (code, outputs["verdict"]) == (0, "unknown"), said


class _GitHub(BaseHTTPRequestHandler):
    """As much of GitHub's API as comments take; `kept` are the comments, by number."""

    kept: Mapping[int, str]
    refuses: bool

    def do_GET(self) -> None:
        self._answer(200, [{"url": f"{self._base()}/comments/{n}", "body": body} for n, body in self.kept.items()])

    def do_POST(self) -> None:
        self._write(len(self.kept) + 1)

    def do_PATCH(self) -> None:
        self._write(int(self.path.rpartition("/")[2]))

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def _base(self) -> str:
        return f"http://{self.headers['Host']}"

    def _write(self, number: int) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["body"]
        if self.refuses:
            self._answer(403, {"message": "Resource not accessible by integration"})
            return
        assert isinstance(self.kept, dict)
        self.kept[number] = body
        self._answer(201, {})

    def _answer(self, status: int, content: object) -> None:
        encoded = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(encoded)))
        self.end_headers()
        self.wfile.write(encoded)


@pytest.fixture
def github() -> Iterator[tuple[str, type[_GitHub]]]:
    """The address of a GitHub of our own, and its comments."""

    class Handler(_GitHub):
        kept: Mapping[int, str] = {}
        refuses = False

    Handler.kept = {}
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", Handler
    server.shutdown()
    server.server_close()


def _comment(folder: Path, api: str, report: str, event: object) -> subprocess.CompletedProcess[str]:
    (folder / "report.md").write_text(report)
    (folder / "event.json").write_text(json.dumps(event))
    environ = {
        "PATH": os.environ["PATH"],
        "TOKEN": "t",
        "REPORT": str(folder / "report.md"),
        "EVENT": str(folder / "event.json"),
        "API": api,
        "REPOSITORY": "shop/infra",
    }
    script = str(ROOT / "deploy" / "comment.py")
    return subprocess.run([sys.executable, script], env=environ, capture_output=True, text=True, check=False)


PULL = {"pull_request": {"number": 7}}


def test_a_comment_is_written_once_and_then_kept_up_to_date(tmp_path: Path, github: tuple[str, type[_GitHub]]) -> None:
    api, there = github
    for text in ("first", "second"):
        ran = _comment(tmp_path, api, f"<!-- whydrift: guard -->\n{text}", PULL)
        assert ran.returncode == 0, ran.stderr
    assert there.kept == {1: "<!-- whydrift: guard -->\nsecond"}


def test_the_comments_of_others_are_left_alone(tmp_path: Path, github: tuple[str, type[_GitHub]]) -> None:
    api, there = github
    assert isinstance(there.kept, dict)
    there.kept[1] = "> <!-- whydrift: guard --> quoted by somebody"
    assert _comment(tmp_path, api, "<!-- whydrift: guard -->\nnew", PULL).returncode == 0
    assert there.kept == {1: "> <!-- whydrift: guard --> quoted by somebody", 2: "<!-- whydrift: guard -->\nnew"}


def test_a_refused_comment_is_a_warning_and_no_pull_request_is_none(
    tmp_path: Path, github: tuple[str, type[_GitHub]]
) -> None:
    api, there = github
    there.refuses = True
    ran = _comment(tmp_path, api, "<!-- whydrift: guard -->\nnew", PULL)
    assert ran.returncode == 0
    assert "::warning::the comment was not written: HTTP Error 403" in ran.stdout
    assert "no pull request" in _comment(tmp_path, api, "x", {"ref": "main"}).stdout


def test_the_component_and_the_action_run_the_same_script() -> None:
    _, component = all_from_yaml((ROOT / "deploy" / "gitlab" / "guard.yml").read_text())
    (script,) = component["whydrift-guard"]["script"]
    assert script == (ROOT / "deploy" / "guard.sh").read_text()
    action = from_yaml((ROOT / "action.yml").read_text())
    runs = [step["run"] for step in action["runs"]["steps"]]
    assert all("${{" not in run for run in runs), "what a pull request says may not stand in a script"
