"""The repository of the shipped fleet, checked out, and git as somebody who commits uses it."""

from __future__ import annotations

import subprocess
import zipfile
from pathlib import Path

from whydrift.demo import FLEET

IDENTITY = ("-c", "user.name=Jo", "-c", "user.email=jo@example.com", "-c", "commit.gpgsign=false")


def git(place: Path, *words: str, given: bytes | None = None) -> str:
    """What git prints in a folder. AssertionError with what it said where it fails."""
    done = subprocess.run(["git", *IDENTITY, *words], cwd=place, input=given, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def demo_repository(place: Path) -> Path:
    """The work tree, cloned into a folder."""
    with zipfile.ZipFile(FLEET) as archive:
        (place / "git.bundle").write_bytes(archive.read("git.bundle"))
    git(place, "clone", "--quiet", "git.bundle", "work")
    return place / "work"
