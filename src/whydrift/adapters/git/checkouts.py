"""Which local checkout holds which repository: as the user names them, and by the remotes of the current folder."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from pathlib import Path

from whydrift.adapters.git.command import ENVIRONMENT
from whydrift.errors import UsageError


def named_checkouts(stated: Iterable[str]) -> dict[str, Path]:
    """`URL=PATH` each → checkouts by URL. UsageError where one is not of that form, or PATH is no repository."""
    found = {}
    for pair in stated:
        url, equals, place = pair.rpartition("=")
        if not equals or not url or not place:
            raise UsageError(f"--repo {pair}: give URL=PATH, a repository's URL and a local checkout of it")
        found[url] = checked(Path(place).expanduser(), f"--repo {pair}")
    return found


def checked(place: Path, what: str) -> Path:
    """A path that holds a git repository: a work tree or a bare one. UsageError otherwise."""
    if not place.is_dir():
        raise UsageError(f"{what}: {place} is no folder")
    if not (place / ".git").exists() and not ((place / "HEAD").is_file() and (place / "objects").is_dir()):
        raise UsageError(f"{what}: {place} holds no git repository")
    return place


def checkouts_of(folder: Path, environ: dict[str, str]) -> dict[str, Path]:
    """The repositories that the folder's remotes name, all held by its work tree; none where it is in none."""
    try:
        top = _git(folder, environ, "rev-parse", "--show-toplevel")
        urls = _git(folder, environ, "config", "--get-regexp", r"^remote\..*\.url$")
    except (OSError, subprocess.SubprocessError):
        return {}
    return {line.partition(" ")[2]: Path(top.strip()) for line in urls.splitlines() if " " in line}


def _git(folder: Path, environ: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(folder), *arguments],
        env={**environ, **ENVIRONMENT},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
        timeout=10,
        text=True,
        errors="replace",
    )
    return done.stdout
