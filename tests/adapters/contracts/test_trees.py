"""What every `Trees` promises: a local checkout and the bundle of a recording read the same."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from tests.adapters.render.repositories import URL, Link, Repository, git

from whydrift.adapters.files.recording import Files
from whydrift.adapters.git.bundles import RecordedRepositories
from whydrift.adapters.git.repository import GitRepositories
from whydrift.ports import Blob, NotRead, Trees

FILES: dict[str, str | bytes | Link] = {
    "app/a.yaml": "a: 1\n",
    "app/chart.tgz": b"\x1f\x8b\0\xff",
    "app/link": Link("../beside"),
    "app/out": Link("/etc/passwd"),
    "app/ü b.txt": "ä",
    ".gitattributes": "*.yaml text eol=crlf\n",
    "beside/b.yaml": "b: 1\n",
}


def checkout(repository: Repository, place: Path) -> Trees:
    """A work tree that the user named."""
    return GitRepositories({URL: repository.place}, place, clone=False)


def bundle(repository: Repository, place: Path) -> Trees:
    """The bundle of a recording."""
    (place / "recording").mkdir(parents=True)
    git(repository.place, "bundle", "create", "--quiet", str(place / "recording" / "git.bundle"), "--all")
    return RecordedRepositories(Files(place / "recording"))


TREES: dict[str, Callable[[Repository, Path], Trees]] = {"checkout": checkout, "bundle": bundle}


@pytest.fixture(params=list(TREES))
def asked(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[..., Mapping[str, Blob] | NotRead]:
    """Ask one implementation for a path of the same repository, at its commit unless another is given."""
    repository = Repository.of(tmp_path / "repository", FILES)
    trees = TREES[request.param](repository, tmp_path / "place")
    return lambda path, revision=repository.revision: asyncio.run(trees.tree(URL, revision, path))


Asked = Callable[..., Mapping[str, Blob] | NotRead]


def test_files_are_as_git_holds_them(asked: Asked) -> None:
    """Byte for byte: no line ends changed, no filter, links as links."""
    found = asked("app")
    assert found == {
        "app/a.yaml": Blob(b"a: 1\n"),
        "app/chart.tgz": Blob(b"\x1f\x8b\0\xff"),
        "app/link": Blob(b"../beside", link=True),
        "app/out": Blob(b"/etc/passwd", link=True),
        "app/ü b.txt": Blob("ä".encode()),
    }


@pytest.mark.parametrize(
    ("path", "names"),
    [("", len(FILES)), ("app/a.yaml", 1), ("none", 0), ("app/link", 1), ("/app/", 5)],
    ids=str,
)
def test_any_path_may_be_asked_for(asked: Asked, path: str, names: int) -> None:
    """Everything, one file, a link itself, and what does not exist."""
    found = asked(path)
    assert not isinstance(found, NotRead) and len(found) == names


@pytest.mark.parametrize("revision", ["f" * 40, "--output=x", "main..HEAD", "none"])
def test_what_is_no_commit_is_not_read(asked: Asked, revision: str) -> None:
    """Also what looks like an option or a range."""
    assert isinstance(asked("app", revision), NotRead)
