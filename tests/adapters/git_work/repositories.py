"""A remote repository on this disk, and a user with a global git configuration of their own."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

BARE = ("PATH", "TMPDIR", "LANG")


def user(home: Path, more: str = "") -> dict[str, str]:
    """The environment of a user who has said who they are."""
    home.mkdir(parents=True, exist_ok=True)
    (home / ".gitconfig").write_text(f"[user]\n\tname = Jo Doe\n\temail = jo@example.com\n{more}")
    known = {name: os.environ[name] for name in BARE if name in os.environ}
    return {**known, "HOME": str(home), "GIT_CONFIG_NOSYSTEM": "1"}


def git(place: Path, *words: str, env: Mapping[str, str], given: bytes = b"") -> str:
    """What a git command says; it must succeed."""
    done = subprocess.run(
        ["git", "-C", str(place), *words], env=dict(env), input=given, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode().strip()


def remote(folder: Path, files: Mapping[str, str], env: Mapping[str, str]) -> str:
    """A bare repository with one commit on `main`; its URL."""
    work, bare = folder / "seed", folder / "apps.git"
    work.mkdir(parents=True)
    git(work, "init", "--quiet", "--initial-branch=main", env=env)
    for name, content in files.items():
        place = work / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content.encode())
        place.chmod(0o755 if name.endswith(".sh") else 0o644)
    git(work, "add", "--all", env=env)
    git(work, "commit", "--quiet", "-m", "first", env=env)
    git(folder, "clone", "--quiet", "--bare", str(work), str(bare), env=env)
    for setting in ("uploadpack.allowFilter", "uploadpack.allowAnySHA1InWant", "http.receivepack"):
        git(bare, "config", setting, "true", env=env)
    return bare.as_uri()


def bare(url: str) -> Path:
    """Where a remote lies."""
    return Path(url.removeprefix("file://"))
