"""Local checkouts: as they are named, by the remotes of a folder, and only where they hold what is asked for."""

from __future__ import annotations

import asyncio
import os
import subprocess
from pathlib import Path

import pytest

from whydrift.adapters.git.checkouts import checkouts_of, named_checkouts
from whydrift.adapters.git.repository import GitRepositories
from whydrift.errors import UsageError
from whydrift.ports import NotRead

URL = "https://git.example.com/apps.git"
ENVIRON = {**os.environ, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}


def git(folder: Path, *arguments: str) -> str:
    """Run git in a folder."""
    author = ["-c", "user.name=jo", "-c", "user.email=jo@example.com", "-c", "init.defaultBranch=main"]
    done = subprocess.run(
        ["git", *author, *arguments], cwd=folder, env=ENVIRON, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    """A repository with one commit."""
    folder = tmp_path / "origin"
    folder.mkdir()
    git(folder, "init", "-q")
    commit(folder, "one")
    return folder


def commit(folder: Path, content: str) -> str:
    """Commit a file; the revision."""
    (folder / "web.yaml").write_text(content)
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", content)
    return git(folder, "rev-parse", "HEAD")


def test_takes_checkouts_as_they_are_named(origin: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    git(tmp_path, "clone", "-q", "--bare", str(origin), str(bare))
    odd = "https://git.example.com/a=b.git"
    assert named_checkouts([f"{URL}={origin}", f"{odd}={bare}"]) == {URL: origin, odd: bare}


@pytest.mark.parametrize(
    ("stated", "says"),
    [
        (URL, "give URL=PATH"),
        (f"{URL}=", "give URL=PATH"),
        ("=x", "give URL=PATH"),
        (f"{URL}=/no/such/folder", "/no/such/folder is no folder"),
        (f"{URL}=/usr", "/usr holds no git repository"),
    ],
)
def test_says_what_is_wrong_with_a_name(stated: str, says: str) -> None:
    with pytest.raises(UsageError) as raised:
        named_checkouts([stated])
    assert str(raised.value).startswith(f"--repo {stated}: ")
    assert says in str(raised.value)


def test_finds_the_repositories_that_a_folders_remotes_name(origin: Path, tmp_path: Path) -> None:
    git(origin, "remote", "add", "origin", URL)
    git(origin, "remote", "add", "fork", "git@git.example.com:jo/apps.git")
    inside = origin / "deep" / "down"
    inside.mkdir(parents=True)
    assert checkouts_of(inside, ENVIRON) == {URL: origin, "git@git.example.com:jo/apps.git": origin}
    assert checkouts_of(tmp_path, ENVIRON) == {}


def test_clones_where_a_checkout_is_behind(origin: Path, tmp_path: Path) -> None:
    behind = tmp_path / "behind"
    url = f"file://{origin}"
    git(tmp_path, "clone", "-q", str(origin), str(behind))
    first, second = git(origin, "rev-parse", "HEAD"), commit(origin, "two")
    found = asyncio.run(GitRepositories({url: behind}, tmp_path / "cache").files(url, second, ""))
    assert found == {"web.yaml": "two"}
    assert (tmp_path / "cache").exists()
    known = asyncio.run(GitRepositories({url: behind}, tmp_path / "unused").files(url, first, ""))
    assert known == {"web.yaml": "one"}
    assert not (tmp_path / "unused").exists()
    assert isinstance(asyncio.run(GitRepositories({}, tmp_path / "c", clone=False).files(url, second, "")), NotRead)


def test_says_whether_a_repository_can_be_read_without_cloning_it(origin: Path, tmp_path: Path) -> None:
    repositories = GitRepositories({URL: origin}, tmp_path / "cache")
    assert asyncio.run(repositories.reachable(URL)) == ""
    assert asyncio.run(repositories.reachable(f"file://{origin}")) == ""
    assert "does not" in asyncio.run(repositories.reachable(f"file://{tmp_path}/gone"))
    assert "no repository that may be cloned" in asyncio.run(repositories.reachable("ext::sh -c id"))
    assert "no repository that may be cloned" in asyncio.run(repositories.reachable("--upload-pack=id"))
    assert not (tmp_path / "cache").exists()
