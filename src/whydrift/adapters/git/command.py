"""One git command: no shell, no prompt, no hooks, a deadline, a limit on its output."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from subprocess import PIPE
from typing import IO

ENVIRONMENT = {
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_ASKPASS": "true",
    "GCM_INTERACTIVE": "never",
}
SETTINGS = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.untrackedCache=false",
    "protocol.ext.allow=never",
    "gc.auto=0",
    "maintenance.auto=false",
)
OF_ANOTHER_REPOSITORY = frozenset(
    {
        "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY", "GIT_NAMESPACE",
        "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_PREFIX", "GIT_SHALLOW_FILE", "GIT_GRAFT_FILE", "GIT_REPLACE_REF_BASE",
    }
)  # fmt: skip
"""What git sets for its hooks (`git rev-parse --local-env-vars`): whydrift may be called in one."""
REVISION = re.compile(r"[0-9A-Za-z][0-9A-Za-z._/+-]*")
CREDENTIALS = re.compile(r"(?<=://)[^/@\s]+@")
LARGEST_OUTPUT = 64 * 1024**2


class GitFailed(Exception):
    """git said no; the message is one line without credentials."""


def checked_revision(revision: str) -> str:
    """A revision that cannot be taken for an option or a range; GitFailed otherwise."""
    if not REVISION.fullmatch(revision) or ".." in revision:
        raise GitFailed(f"{revision!r} is no revision")
    return revision


def started(
    place: Path | None,
    *arguments: str,
    settings: Iterable[str] = (),
    environment: Mapping[str, str] | None = None,
    complaint: int | IO[bytes] = PIPE,
) -> subprocess.Popen[bytes]:
    """A git command that runs in `place`. GitFailed where there is no git.

    `settings` (KEY=VALUE) and `environment` are added to those of every command.
    """
    options = [part for setting in (*SETTINGS, *settings) for part in ("-c", setting)]
    where = ["-C", str(place)] if place else []
    inherited = {name: value for name, value in os.environ.items() if name not in OF_ANOTHER_REPOSITORY}
    env = {**inherited, **ENVIRONMENT, **(environment or {})}
    try:
        return subprocess.Popen(
            ["git", *options, *where, *arguments], stdin=PIPE, stdout=PIPE, stderr=complaint, env=env
        )
    except FileNotFoundError as error:
        raise GitFailed("git is not installed") from error


async def git(
    place: Path | None,
    *arguments: str,
    given: bytes = b"",
    seconds: float = 60,
    settings: Iterable[str] = (),
    environment: Mapping[str, str] | None = None,
) -> bytes:
    """The output of a git command run in `place`, as `started`. GitFailed with its first line of complaint."""
    process = started(place, *arguments, settings=settings, environment=environment)
    try:
        # in a thread: a subprocess of asyncio that is cancelled while it starts is waited for without end (Python 3.11)
        out, complaint = await asyncio.to_thread(process.communicate, given, seconds)
    except subprocess.TimeoutExpired as error:
        raise GitFailed(f"git {arguments[0]} took longer than {seconds:.0f} s") from error
    finally:
        if process.poll() is None:
            process.kill()
    if process.returncode:
        raise GitFailed(f"git {arguments[0]}: {first_line(complaint)}")
    if len(out) > LARGEST_OUTPUT:
        raise GitFailed(f"git {arguments[0]}: more than {LARGEST_OUTPUT // 1024**2} MiB")
    return out


def first_line(complaint: bytes) -> str:
    """What git complains of in one line, without credentials."""
    lines = [line.strip() for line in complaint.decode("utf-8", "replace").splitlines() if line.strip()]
    rejected = [line for line in lines if line.startswith("! [")]  # a push that the remote did not take
    said = [*rejected, *(line for line in lines if line.startswith(("fatal:", "error:"))), *lines, "failed"]
    return CREDENTIALS.sub("", said[0])[:300]
