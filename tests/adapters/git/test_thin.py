"""Law: a thin bundle answers every question that was noted as the repository does; of any other it says that."""

from __future__ import annotations

import asyncio
import os
import subprocess
from pathlib import Path

import msgspec
import pytest

from whydrift.adapters.git import repository, thin
from whydrift.adapters.git.bundles import RecordedRepositories, write_bundles
from whydrift.adapters.git.noted import NotedRepositories
from whydrift.adapters.git.repository import GitRepositories
from whydrift.ports import NotRead

URL = "https://git.example.com/team/apps.git"
CLOCK = iter(range(1_700_000_000, 1_800_000_000, 3600))


def git(place: Path, *words: str) -> str:
    """What git prints; each commit an hour after the one before."""
    when = f"{next(CLOCK)} +0000"
    person = {f"GIT_{who}_{what}": "jo" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    environ = {**os.environ, **person, "GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when}
    done = subprocess.run(["git", "-C", str(place), *words], env=environ, capture_output=True, check=True, text=True)
    return done.stdout.strip()


def commit(place: Path, path: str, content: str) -> str:
    """Write a file and commit it; the hash."""
    (place / path).parent.mkdir(parents=True, exist_ok=True)
    (place / path).write_text(content)
    git(place, "add", "-A")
    git(place, "commit", "-q", "-m", f"{path}: {content}")
    return git(place, "rev-parse", "HEAD")


@pytest.fixture
def apps(tmp_path: Path) -> tuple[Path, list[str]]:
    """Twelve commits, one of them a merge of a branch that began early; a rename; a file that nobody reads."""
    place = tmp_path / "apps"
    place.mkdir()
    git(place, "init", "-q", "-b", "main")
    made = [commit(place, "shop/web.yaml", f"replicas: {number}") for number in range(3)]
    git(place, "checkout", "-q", "-b", "side")
    made += [commit(place, "shop/side.yaml", f"side {number}") for number in range(2)]
    git(place, "checkout", "-q", "main")
    made += [commit(place, f"other/{number}.yaml", "unread") for number in range(3)]
    git(place, "merge", "-q", "--no-ff", "-m", "merge", "side")
    git(place, "mv", "shop/web.yaml", "shop/renamed.yaml")
    made += [commit(place, "shop/config.yaml", f"days: {number}") for number in range(3)]
    return place, made


class Files:
    """The files of a recording that holds nothing but repositories."""

    def __init__(self, folder: Path, about: bytes) -> None:
        self._folder, self._about = folder, about

    def read(self, name: str) -> bytes | None:
        """One file."""
        place = self._folder / name
        return self._about if name == "recording.json" else place.read_bytes() if place.is_file() else None

    def names(self, folder: str) -> list[str]:
        """The files of a folder."""
        return sorted(path.name for path in (self._folder / folder).iterdir())


async def answers(of: NotedRepositories | RecordedRepositories, first: str, last: str) -> list[object]:
    """What is asked of a repository, also in vain."""
    return [
        await of.commits(URL, None, last, ""),
        await of.commits(URL, first, last, "shop"),
        await of.files(URL, last, "shop"),
        await of.files(URL, first, ""),
        await of.tree(URL, last, "shop"),
        await of.head(URL, "main"),
        await of.head(URL, "HEAD"),
        await of.head(URL, "v1.*"),
        await of.commits("ssh://git@git.example.com:22/team/apps", None, first, ""),
        await of.head("https://git.example.com/team/other.git", "main"),
    ]


async def recorded(
    noted: NotedRepositories, folder: Path, first: str, last: str
) -> tuple[list[object], RecordedRepositories]:
    """The answers, and the recording of what was asked."""
    said = await answers(noted, first, last)
    folder.mkdir()
    rows, failed = await write_bundles(noted, folder)
    assert not failed
    return said, RecordedRepositories(Files(folder, msgspec.json.encode({"git": rows})))


@pytest.mark.parametrize("most", [2, 4, 500])
@pytest.mark.parametrize("again", [False, True], ids=["once", "recorded-again"])
def test_it_answers_as_the_repository_does(
    apps: tuple[Path, list[str]], most: int, again: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Histories as deep as they are read, with and without a beginning, files and branches, and what failed."""
    monkeypatch.setattr(repository, "MOST_COMMITS", most)
    monkeypatch.setattr(thin, "MOST_COMMITS", most)
    place, made = apps
    first, last = made[1], made[-1]

    async def both() -> tuple[list[object], list[object], object]:
        said, copy = await recorded(
            NotedRepositories(GitRepositories({URL: place}, tmp_path, clone=False)), tmp_path / "recording", first, last
        )
        if again:
            _, copy = await recorded(NotedRepositories(copy), tmp_path / "another", first, last)
        try:
            return said, await answers(copy, first, last), await copy.files(URL, last, "other")
        finally:
            copy.close()

    live, copied, unread = asyncio.run(both())
    assert copied == live
    assert [isinstance(answer, NotRead) for answer in live] == [False] * 7 + [True, False, True]
    assert isinstance(unread, NotRead) and "read when it was recorded" in unread.why
