"""One call of a user's tool on a temporary copy: an own empty home, no plugins, no network, bounded in every way.

Without a network means: no way to start git or a plugin (an empty PATH), proxies that lead nowhere, no credentials;
what would be fetched is refused before (see `helm` and `kustomize`).
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from whydrift.adapters.render.checkout import NotRendered

LAUNCHER = Path(__file__).with_name("launch.py")
SECONDS = 60
LARGEST_OUTPUT = 64 * 1024**2
MEMORY = 4 * 1024**3
"""Address space, of which Go reserves far more than it uses; GOMEMLIMIT bounds that, and garbage waits until then."""
NOWHERE = "http://127.0.0.1:9"
PREFIX = "whydrift-render-"
"""How temporary copies are called."""
PLACE = re.compile(rf"\S*{PREFIX}[^\s/:]*")
CHATTER = ("level=INFO", "level=WARN", "WARNING:", "I0", "W0")
"""How lines begin that are no complaints."""
WORDS = 600


@dataclass(frozen=True)
class Limits:
    """What one call may take: seconds, bytes of address space, bytes of output."""

    seconds: int = SECONDS
    memory: int = MEMORY
    output: int = LARGEST_OUTPUT


def environment(home: Path) -> dict[str, str]:
    """Everything that a tool sees of its surroundings; nothing of the user's comes through."""
    empty = str(home / "empty")
    proxies = {name: NOWHERE for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy")}
    helm = {f"HELM_{name}_HOME": str(home / name.lower()) for name in ("CACHE", "CONFIG", "DATA")}
    return {
        **proxies,
        **helm,
        "NO_PROXY": "",
        "PATH": empty,
        "HOME": str(home),
        "TMPDIR": str(home / "tmp"),
        "XDG_CACHE_HOME": str(home / "cache"),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_DATA_HOME": str(home / "data"),
        "HELM_PLUGINS": empty,
        "KUSTOMIZE_PLUGIN_HOME": empty,
        "KUBECONFIG": os.devnull,
        "KUBECTL_KUBERC": "false",
        "KUBERC": "off",
        "GOMEMLIMIT": "1GiB",
        "GOGC": "off",
        "GOMAXPROCS": "2",
        "LC_ALL": "C",
    }


def home_of(folder: Path) -> Path:
    """The home of a tool that runs in a folder: beside it, empty but for what a call puts there itself."""
    home = Path(str(folder) + ".home")
    for name in ("empty", "tmp"):  # other places that it is told of are made by tools that use them
        (home / name).mkdir(parents=True, exist_ok=True)
    return home


async def output_of(tool: tuple[str, ...], arguments: list[str], folder: Path, limits: Limits) -> bytes:
    """What a tool writes, run in `folder` with a home beside it. NotRendered with its complaint, or the limit met."""
    home = home_of(folder)
    command = [*tool, *arguments]
    process = _started(command, folder, home, limits)
    try:
        # in a thread, as for git: what waits for it may be cancelled at any time, and then it must not stay
        code = await asyncio.to_thread(process.wait, limits.seconds)
    except subprocess.TimeoutExpired as error:
        raise NotRendered(f"{_name(command)} took longer than {limits.seconds} s") from error
    finally:
        _end(process)
    if code:
        raise NotRendered(_complaint(command, code, (home / "stderr").read_bytes(), folder))
    if (home / "stdout").stat().st_size >= limits.output:
        raise NotRendered(f"{_name(command)} wrote more than {limits.output // 1024**2} MiB")
    return (home / "stdout").read_bytes()


def _started(command: list[str], folder: Path, home: Path, limits: Limits) -> subprocess.Popen[bytes]:
    bounds = [str(limits.seconds), str(limits.memory), str(limits.output)]
    with (home / "stdout").open("wb") as out, (home / "stderr").open("wb") as complaint:
        return subprocess.Popen(
            [sys.executable, "-I", "-S", str(LAUNCHER), *bounds, *command],
            cwd=folder,
            env=environment(home),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=complaint,
            start_new_session=True,
        )


def _end(process: subprocess.Popen[bytes]) -> None:
    """Nothing that was started stays."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _name(command: list[str]) -> str:
    return " ".join([Path(command[0]).name, *command[1:2]])


def _complaint(command: list[str], code: int, complaint: bytes, folder: Path) -> str:
    """Why it failed, in one line without paths of the temporary copy."""
    if code == -signal.SIGXFSZ:
        return f"{_name(command)} wrote too much"
    if code in (-signal.SIGXCPU, -signal.SIGKILL):
        return f"{_name(command)} took too much time or memory"
    text = PLACE.sub(".", complaint.decode("utf-8", "replace").replace(str(folder), "."))
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith(CHATTER)]
    words = " ".join(lines)
    return f"{_name(command)}: {words[:WORDS] or f'exit code {code}'}"
