"""What a branch stands for: in a named checkout what was fetched from its origin, never what is not pushed."""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path

import pytest

from whydrift.adapters.git.repository import GitRepositories
from whydrift.ports import NotRead

URL = "https://git.example.com/fleet/apps.git"


def run(place: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=Kim", "-c", "user.email=kim@example.com")
    done = subprocess.run(["git", *identity, *arguments], cwd=place, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def commit(place: Path, content: str) -> str:
    (place / "web.yaml").write_text(content)
    run(place, "add", "web.yaml")
    run(place, "commit", "--quiet", "-m", content)
    return run(place, "rev-parse", "HEAD")


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    place = tmp_path / "origin"
    place.mkdir()
    run(place, "init", "--quiet", "--initial-branch=main")
    commit(place, "a: 1")
    return place


def head(place: Path, name: str) -> str | NotRead:
    return asyncio.run(GitRepositories({URL: place}, place, clone=False).head(URL, name))


def test_a_branch_stands_for_its_newest_commit(origin: Path) -> None:
    newest = commit(origin, "a: 2")
    assert head(origin, "main") == newest
    assert head(origin, "HEAD") == newest
    assert head(origin, newest) == newest


def test_a_tag_stands_for_its_commit(origin: Path) -> None:
    released = run(origin, "rev-parse", "HEAD")
    run(origin, "tag", "-a", "v1", "-m", "v1")
    commit(origin, "a: 2")
    assert head(origin, "v1") == released


def test_what_is_not_pushed_does_not_count(origin: Path, tmp_path: Path) -> None:
    run(tmp_path, "clone", "--quiet", str(origin), "checkout")
    pushed = run(origin, "rev-parse", "HEAD")
    commit(tmp_path / "checkout", "a: 2")
    assert head(tmp_path / "checkout", "main") == pushed


@pytest.mark.parametrize("name", ["nothing", "1.*", "--upload-pack=x", "a..b"])
def test_what_is_no_branch_is_said_to_be_none(origin: Path, name: str) -> None:
    assert isinstance(head(origin, name), NotRead)
