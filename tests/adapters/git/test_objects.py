"""Repositories that stay open for the next question: few processes, right answers, nothing that stays behind."""

from __future__ import annotations

import asyncio
import os
import shutil
import stat
import subprocess
from functools import partial
from pathlib import Path

import pytest
from tests.adapters.render.repositories import URL, Link, Repository, git

from whydrift.adapters.git import command, objects, trees
from whydrift.adapters.git.objects import Objects, OpenObjects
from whydrift.adapters.git.repository import GitRepositories
from whydrift.ports import Blob, NotRead

MANY = {f"many/{number // 60}/{number}.yaml": f"n: {number}\n" for number in range(900)}


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """Files in folders, more of them than a pipe holds names, and a link. What tests add to it changes no other."""
    files: dict[str, str | bytes | Link] = {"web/a.yaml": "a: 1\n", "web/link": Link("a.yaml"), "b.yaml": "b: 1\n"}
    return Repository.of(tmp_path_factory.mktemp("asked") / "repository", {**files, **MANY})


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """The git processes that were started to be asked."""
    found: list[subprocess.Popen[bytes]] = []
    started = command.started

    def counted(*arguments: object, **named: object) -> subprocess.Popen[bytes]:
        found.append(started(*arguments, **named))  # type: ignore[arg-type]
        return found[-1]

    monkeypatch.setattr(objects, "started", counted)
    return found


def opened(repository: Repository) -> GitRepositories:
    """The repository as a checkout that the user named."""
    return GitRepositories({URL: repository.place}, repository.place, clone=False)


@pytest.fixture
def fake_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A script that stands in for git; what it does is written by the test."""
    place = tmp_path / "bin" / "git"
    place.parent.mkdir()
    place.write_text("#!/bin/sh\nexit 1\n")
    place.chmod(place.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{place.parent}{os.pathsep}{os.environ['PATH']}")
    return place


def test_many_questions_are_answered_by_few_processes(
    repository: Repository, begun: list[subprocess.Popen[bytes]]
) -> None:
    """Whole trees and single files, side by side and one after the other; each answer is that of its question."""
    of, revision = opened(repository), repository.revision

    async def all_of_them() -> None:
        names = list(MANY)[::30]
        for _ in range(2):
            found = await asyncio.gather(*(of.files(URL, revision, name) for name in names))
            assert found == [{name: MANY[name]} for name in names]
        everything = await of.tree(URL, revision, "many")
        assert everything == {name: Blob(content.encode()) for name, content in MANY.items()}
        assert await of.files(URL, revision, "web") == {"web/a.yaml": "a: 1\n"}

    asyncio.run(all_of_them())
    assert len(begun) <= 2 * objects.ANSWERING
    of.close()
    assert all(process.poll() is not None for process in begun)


def test_the_order_is_that_of_git(repository: Repository) -> None:
    """Folders stand among files where git sorts them."""
    found = asyncio.run(opened(repository).tree(URL, repository.revision, ""))
    listed = git(repository.place, "ls-tree", "-r", "--name-only", repository.revision).splitlines()
    assert not isinstance(found, NotRead) and list(found) == listed


@pytest.mark.parametrize("path", ["../etc", "web/../../etc", "web/link/more", "b.yaml/more", "a\nb", "we", "\udcff"])
def test_a_path_that_is_none_leads_to_nothing(repository: Repository, path: str) -> None:
    """No path is ever told to git, so that none can be another question."""
    found = asyncio.run(opened(repository).tree(URL, repository.revision, path))
    assert found == {} or isinstance(found, NotRead)


@pytest.mark.parametrize("path", ["web/", "/web", "./web", "other/../web", "web//a.yaml", "web/./a.yaml"])
def test_a_path_may_be_spelled_in_many_ways(repository: Repository, path: str) -> None:
    """As git itself takes them."""
    found = asyncio.run(opened(repository).files(URL, repository.revision, path))
    assert found == {"web/a.yaml": "a: 1\n"}


def test_modes_are_what_git_makes_of_them(repository: Repository) -> None:
    """Old repositories have 100664."""
    blob = git(repository.place, "hash-object", "-w", "--stdin", given=b"a: 1\n")
    entry = b"100664 a.yaml\0" + bytes.fromhex(blob)
    tree = git(repository.place, "hash-object", "-w", "-t", "tree", "--literally", "--stdin", given=entry)
    commit = git(repository.place, "commit-tree", tree, "-m", "old")
    assert asyncio.run(opened(repository).files(URL, commit, "")) == {"a.yaml": "a: 1\n"}


@pytest.mark.parametrize("entry", [b"100644 a", b"40000 a\0short", b"9 a\0" + bytes(20), b"a\0" + bytes(20)])
def test_a_damaged_folder_is_not_read(repository: Repository, entry: bytes) -> None:
    """With a reason, and the next question is answered."""
    tree = git(repository.place, "hash-object", "-w", "-t", "tree", "--literally", "--stdin", given=entry)
    commit = git(repository.place, "commit-tree", tree, "-m", "damaged")
    of = opened(repository)
    assert isinstance(asyncio.run(of.tree(URL, commit, "")), NotRead)
    assert asyncio.run(of.files(URL, repository.revision, "b.yaml")) == {"b.yaml": "b: 1\n"}


def test_folders_that_hold_themselves_many_times_over_are_not_read(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A few objects that come to billions of files."""
    monkeypatch.setattr(trees, "MOST_ENTRIES", 5_000)
    tree = git(repository.place, "rev-parse", f"{repository.revision}:web")
    for _ in range(12):
        lines = b"".join(b"040000 tree %s\t%d\n" % (tree.encode(), number) for number in range(10))
        tree = git(repository.place, "mktree", given=lines)
    commit = git(repository.place, "commit-tree", tree, "-m", "bomb")
    found = asyncio.run(opened(repository).files(URL, commit, ""))
    assert isinstance(found, NotRead) and "more than 5000" in found.why


@pytest.mark.parametrize("seconds", [0, 0.0005, 0.001, 0.002, 0.005, 0.02])
def test_a_question_that_is_given_up_leaves_no_answer_for_the_next_one(
    repository: Repository, begun: list[subprocess.Popen[bytes]], seconds: float
) -> None:
    """At whatever moment; its process ends."""
    of = opened(repository)

    async def asked() -> None:
        for _ in range(3):
            waiting = asyncio.create_task(of.tree(URL, repository.revision, ""))
            await asyncio.sleep(seconds)
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
        assert await of.files(URL, repository.revision, "b.yaml") == {"b.yaml": "b: 1\n"}
        of.close()

    asyncio.run(asyncio.wait_for(asked(), 50))
    assert all(process.poll() is not None for process in begun)


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("exec sleep 60", "took longer"),
        ("echo 'fatal: no such disk' >&2; exit 128", "fatal: no such disk"),
        ("read name; printf half", "failed"),
        ("read name; echo 'x tree 99999999999'", "more than 64 MiB"),
        ("read name; echo 'x tree 400'; echo short", "failed"),
        ("read name; echo $name missing; sleep 60", "missing"),
    ],
    ids=["hangs", "dies", "half a line", "endless", "half an object", "missing"],
)
def test_a_git_that_fails_is_a_reason(
    repository: Repository, fake_git: Path, monkeypatch: pytest.MonkeyPatch, script: str, why: str
) -> None:
    """And nothing waits for it."""
    fake_git.write_text(f"#!/bin/sh\n{script}\n")
    monkeypatch.setattr(objects, "SECONDS", 0.5)
    found = asyncio.run(asyncio.wait_for(opened(repository).files(URL, repository.revision, ""), 50))
    assert isinstance(found, NotRead) and why in found.why


def test_what_ended_meanwhile_is_started_anew(repository: Repository, begun: list[subprocess.Popen[bytes]]) -> None:
    """A git that somebody else ended is no reason to fail."""
    of = opened(repository)
    assert asyncio.run(of.files(URL, repository.revision, "b.yaml")) == {"b.yaml": "b: 1\n"}
    for process in begun:
        process.kill()
        process.wait()
    assert asyncio.run(of.files(URL, repository.revision, "b.yaml")) == {"b.yaml": "b: 1\n"}


def test_what_nobody_asks_is_let_go_of(
    repository: Repository, begun: list[subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that watches keeps no git for a repository that it asked once."""
    monkeypatch.setattr(objects, "IDLE", 0.05)

    async def asked() -> None:
        await opened(repository).files(URL, repository.revision, "b.yaml")
        assert any(process.poll() is None for process in begun)
        async with asyncio.timeout(60):
            while any(process.poll() is None for process in begun):
                await asyncio.sleep(0.01)

    asyncio.run(asked())


def test_no_more_repositories_are_held_open_than_are_asked_at_a_time(
    tmp_path: Path, begun: list[subprocess.Popen[bytes]]
) -> None:
    """Of many repositories the last ones."""
    several = [Repository.of(tmp_path / f"r{number}", {"a.yaml": str(number)}) for number in range(7)]
    held = OpenObjects()

    async def all_of_them() -> list[dict[str, str]]:
        return [
            await held.ask(each.place, partial(trees.texts_of, revision=each.revision, path="")) for each in several
        ]

    assert asyncio.run(all_of_them()) == [{"a.yaml": str(number)} for number in range(7)]
    assert sum(process.poll() is None for process in begun) == 2 * objects.ANSWERING
    held.close()


def test_a_forked_process_asks_its_own_git(repository: Repository, begun: list[subprocess.Popen[bytes]]) -> None:
    """Neither reads what the other one asked for, and the one that ends ends nothing of the other's."""
    of = opened(repository)
    expected = {"b.yaml": "b: 1\n"}
    assert asyncio.run(of.files(URL, repository.revision, "b.yaml")) == expected
    forked = os.fork()
    if not forked:
        code = 1
        try:
            found = asyncio.run(of.files(URL, repository.revision, "many/0"))
            of.close()
            code = 0 if not isinstance(found, NotRead) and len(found) == 60 else 2
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(forked, 0)[1]) == 0
    assert all(process.poll() is None for process in begun)
    assert asyncio.run(of.files(URL, repository.revision, "b.yaml")) == expected
    of.close()


def test_what_a_partial_clone_lacks_is_fetched(repository: Repository, tmp_path: Path) -> None:
    """Without its files at first; also a commit that came later."""
    served = Repository(tmp_path / "served", repository.revision)
    shutil.copytree(repository.place, served.place, symlinks=True)
    git(served.place, "config", "uploadpack.allowFilter", "true")
    git(served.place, "config", "uploadpack.allowAnySHA1InWant", "true")
    url = f"file://{served.place}"
    of = GitRepositories({}, tmp_path / "cache")
    assert asyncio.run(of.files(url, served.revision, "web")) == {"web/a.yaml": "a: 1\n"}
    (served.place / "b.yaml").write_text("b: 2\n")
    git(served.place, "commit", "--quiet", "--all", "-m", "later")
    later = git(served.place, "rev-parse", "HEAD")
    assert asyncio.run(of.files(url, later, "b.yaml")) == {"b.yaml": "b: 2\n"}
    assert asyncio.run(of.head(url, "main")) == later
    assert isinstance(asyncio.run(of.files(url, "f" * 40, "")), NotRead)
    of.close()


def test_nothing_is_started_once_it_was_ended(repository: Repository) -> None:
    """A question whose thread begins late."""
    given_up = Objects(repository.place)
    given_up.end()
    with pytest.raises(command.GitFailed, match="given up"):
        given_up.headers(["HEAD"])
