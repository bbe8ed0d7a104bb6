"""Who wrote a line, told by real histories: other changes of the file, blocks that move, branches, and a limit."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from tests.adapters.render.repositories import URL, Repository, git
from tests.usecases.test_pod_log import Answers

from whydrift.adapters.builtin.schema import builtin_schemas
from whydrift.adapters.git.repository import GitRepositories
from whydrift.core.model.fleet import Line
from whydrift.core.model.secrets import Masker
from whydrift.usecases.facts import FactReader
from whydrift.usecases.lines import MOST_COMMITS, Versions

FILE = "web.yaml"
BEGUN = "kind: Deployment\nspec:\n  replicas: 3\n  paused: false\n"


def committed(repository: Repository, content: str, message: str) -> str:
    """A commit that gives the file another content; its revision."""
    (repository.place / FILE).write_text(content)
    git(repository.place, "commit", "--quiet", "--all", "--message", message)
    return git(repository.place, "rev-parse", "HEAD")


def line_of(repository: Repository, number: int) -> Line | None:
    """The line with its commit at the newest revision."""
    repositories = GitRepositories({URL: repository.place}, repository.place, clone=False)
    reader = FactReader(Answers({}), Masker(b"k" * 16), builtin_schemas(), "", repositories)
    revision = git(repository.place, "rev-parse", "HEAD")
    return asyncio.run(Versions(reader, repositories).line(URL, revision, FILE, number))


HISTORIES = {
    "nobody changed it": (("  paused: false", "  paused: true", "pause"),),
    "its value was changed": (("replicas: 2", "replicas: 3", "WANTED"), ("  paused: false", "  paused: true", "pause")),
    "a block above it grew": (("replicas: 2", "replicas: 3", "WANTED"), ("spec:", "metadata: {}\nspec:", "name it")),
    "it was taken back": (
        ("replicas: 3", "replicas: 5", "five"),
        ("replicas: 5", "replicas: 3", "WANTED"),
        ("  paused: false", "  paused: true", "pause"),
    ),
}


@pytest.mark.parametrize("name", HISTORIES)
def test_the_commit_that_wrote_a_line(tmp_path: Path, name: str) -> None:
    """The newest one that changed it, not the newest one of its file; the first one where nobody did."""
    content = BEGUN.replace("replicas: 3", "replicas: 2") if "replicas: 2" in str(HISTORIES[name]) else BEGUN
    repository = Repository.of(tmp_path / "repository", {FILE: content})
    for old, new, message in HISTORIES[name]:
        content = content.replace(old, new)
        committed(repository, content, message)
    number = next(place for place, line in enumerate(content.split("\n"), 1) if "replicas" in line)
    line = line_of(repository, number)
    assert line is not None and line.commit is not None
    assert line.commit.message == ("all" if name == "nobody changed it" else "WANTED")


def test_a_branch_that_was_merged(tmp_path: Path) -> None:
    """A newer commit of another branch, whose version has the old line, did not write it."""
    repository = Repository.of(tmp_path / "repository", {FILE: BEGUN})
    git(repository.place, "checkout", "--quiet", "-b", "other")
    git(repository.place, "checkout", "--quiet", "main")
    wrote = committed(repository, BEGUN.replace("replicas: 3", "replicas: 4"), "four")
    git(repository.place, "checkout", "--quiet", "other")
    committed(repository, BEGUN.replace("paused: false", "paused: true"), "pause")
    git(repository.place, "checkout", "--quiet", "main")
    git(repository.place, "merge", "--quiet", "--no-edit", "-X", "ours", "other")
    line = line_of(repository, 3)
    assert line is not None and line.commit is not None and line.commit.revision == wrote


def test_it_looks_no_further_than_a_few_commits(tmp_path: Path) -> None:
    """What is older is said to be older."""
    repository = Repository.of(tmp_path / "repository", {FILE: BEGUN})
    for number in range(MOST_COMMITS):
        committed(repository, f"{BEGUN}# {number}\n", str(number))
    assert line_of(repository, 3) == Line(FILE, 3, None, MOST_COMMITS)
