"""`whydrift serve` as people start it: a process that shows the demo, stops quietly, and refuses what would be open."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from tests.faces.command import BARE, WHYDRIFT, forked, run
from tests.serving import free_port

SECONDS = 180
"""More than any of what is waited for takes on a busy machine."""


def got(port: int, path: str, **headers: str) -> tuple[int, str]:
    """Status and body; 0 while nobody answers."""
    try:
        with urlopen(Request(f"http://127.0.0.1:{port}{path}", headers=headers), timeout=SECONDS) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        return error.code, error.read().decode()
    except OSError:
        return 0, ""


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """A process that shows the demo, when it has looked at all of it."""
    port = free_port()
    command = [*WHYDRIFT, "serve", "--from", "demo", "--port", str(port)]
    environ = {**BARE, "HOME": str(tmp_path)}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environ)
    end = time.monotonic() + SECONDS
    while "ignoreDifferences" not in got(port, "/ignores")[1]:  # the audit comes last
        assert process.poll() is None and time.monotonic() < end
        time.sleep(0.5)
    yield port, process
    process.kill()
    process.communicate()


def test_the_demo_is_shown_until_it_is_stopped(demo: tuple[int, subprocess.Popen[bytes]]) -> None:
    """The numbers of `scan --from demo`; one application as `explain -o json` tells it.

    SIGTERM: what is open is ended, exit 0, nothing but the first line was said.
    """
    port, process = demo
    assert "<strong>52 applications</strong>, 20 OutOfSync" in got(port, "/")[1]
    answer = json.loads(got(port, "/api/v1/applications/-/argocd/paperclip")[1])
    assert answer["schema"] == "whydrift.answer/1"
    assert answer["applications"][0]["name"] == "paperclip"
    assert got(port, "/readyz") == (200, "ready\n")
    assert "whydrift_watch_looks_total" in got(port, "/metrics")[1]

    with socket.create_connection(("127.0.0.1", port)) as stream:
        stream.sendall(b"GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert stream.recv(4_096).startswith(b"HTTP/1.1 200")
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=SECONDS)
    assert process.returncode == 0
    assert out.decode().startswith(f"whydrift shows demo at http://127.0.0.1:{port}/ (on this machine only")
    assert [line for line in err.decode().splitlines() if "looked at" not in line] == []


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--host", "0.0.0.0"), "would show the fleet to everybody"),
        (("--host", "::"), "would show the fleet to everybody"),
        (("--user-header", "X-User"), "needs --trusted-proxy"),
        (("--trusted-proxy", "10.0.0.0/8"), "needs --user-header"),
        (("--user-header", "X-User", "--trusted-proxy", "nowhere"), "no address and no network"),
        (("--token-file", "/nowhere/tokens"), "/nowhere/tokens"),
        (("--token-file", "x", "--rbac", "argocd"), "one way to know who asks"),
        (("--rbac", "argocd"), "asks live Argo CDs"),
        (("--base-url", "drift.example.com"), "not an address"),
        (("--metrics-token-file", "/nowhere/token"), "/nowhere/token"),
        (("--store", "nonsense://x"), "error: "),
    ],
)
def test_what_cannot_be_is_an_error_of_one_line(options: tuple[str, ...], says: str, tmp_path: Path) -> None:
    """Exit 2, and what to do."""
    said = forked("serve", "--from", "demo", "--port", str(free_port()), *options, env={"HOME": str(tmp_path)})
    assert said.code == 2
    assert says in said.err
    assert said.err.count("\n") == 1


def test_a_port_in_use_is_an_error(tmp_path: Path) -> None:
    """Not a traceback."""
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = str(taken.getsockname()[1])
        said = run("serve", "--from", "demo", "--port", port, env={"HOME": str(tmp_path)})
    assert (said.code, said.err.count("\n")) == (2, 1)
    assert f"--port {port}" in said.err


def test_without_its_extra_it_says_how_to_install_it(tmp_path: Path) -> None:
    """One line; nothing else needs it."""
    hidden = tmp_path / "sitecustomize.py"
    hidden.write_text("import sys\nsys.modules['starlette'] = None\n")
    said = run("serve", "--from", "demo", env={"HOME": str(tmp_path), "PYTHONPATH": str(tmp_path)})
    assert (said.code, said.err) == (
        2,
        "error: serve needs whydrift[serve]: pip install 'whydrift[serve]'. Try 'whydrift --help'.\n",
    )
