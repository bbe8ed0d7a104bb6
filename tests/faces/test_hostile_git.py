"""Repositories that mean harm: whatever a bundle holds is read as text or left out, and nothing in it is run."""

from __future__ import annotations

import asyncio
import os
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest

from tests.faces.command import inside, lines_of
from tests.fleet_builder import App, Fleet, config_map
from whydrift.adapters.files.recording import Files
from whydrift.adapters.git.bundles import RecordedRepositories
from whydrift.adapters.git.command import git as run_git
from whydrift.core.model.values import Json
from whydrift.ports import NotRead
from whydrift.usecases.decode import plain_json

URL = "https://git.example.com/apps.git"
MARKER = "Zq7planted"
AUTHOR = {
    "GIT_AUTHOR_NAME": "\x1b[31mbob", "GIT_AUTHOR_EMAIL": "b@x",
    "GIT_COMMITTER_NAME": "bob", "GIT_COMMITTER_EMAIL": "b@x",
    "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null",
}  # fmt: skip


def git(place: Path, *words: str) -> str:
    """One git command in a folder."""
    done = subprocess.run(["git", "-C", place, *words], capture_output=True, check=True, env={**os.environ, **AUTHOR})
    return done.stdout.decode().strip()


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, str, str]:
    """A bundle with hostile names and content, its first commit and its last."""
    place = tmp_path_factory.mktemp("repository")
    git(place, "init", "-q", "-b", "main")
    (place / "shop").mkdir()
    (place / "shop" / "config.yaml").write_text("kind: ConfigMap\n")
    git(place, "add", "-A")
    git(place, "commit", "-q", "-m", "first")
    first = git(place, "rev-parse", "HEAD")
    for name in ("--output=x", "-rf", "a\nb.yaml", "\x1b[31m.yaml", "=cmd()", "*", ":(glob)x", "\u202egnp.yaml"):
        (place / "shop" / name).write_text(f"password: {MARKER}\n")
    bomb = "".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]\n" for n in range(1, 30))
    (place / "shop" / "bomb.yaml").write_text(f"kind: ConfigMap\nl0: &l0 [x]\n{bomb}")
    (place / "shop" / "endless.yaml").write_text("kind: ConfigMap\na: &a [*a]\n1: 2\n")
    (place / "shop" / "huge.yaml").write_text("x" * 3_000_000)
    (place / "shop" / "binary").write_bytes(bytes(range(256)))
    (place / "shop" / "latin.yaml").write_bytes(b"name: caf\xe9\n")
    (place / "shop" / "passwd").symlink_to("/etc/passwd")
    (place / os.fsdecode(b"shop/\xff\xfe.yaml")).write_text("x")
    (place / ".gitattributes").write_text("* filter=evil diff=evil\n")
    (place / "hook").write_text("#!/bin/sh\ntouch /tmp/whydrift-evil\n")
    git(place, "add", "-A")
    git(place, "update-index", "--add", "--cacheinfo", f"160000,{first},shop/module")
    git(place, "commit", "-q", "-m", f"\x1b[31mred\x1b[0m\n\ntoken={MARKER}123456789")
    last = git(place, "rev-parse", "HEAD")
    git(place, "update-ref", "refs/heads/--upload-pack=touch", last)
    git(place, "bundle", "create", "-q", "out.bundle", "--all")
    return (place / "out.bundle").read_bytes(), first, last


def test_files_are_text_or_left_out(tmp_path: Path, bundle: tuple[bytes, str, str]) -> None:
    """Names as they are; no link is followed, no module entered, nothing binary or huge."""
    (tmp_path / "git.bundle").write_bytes(bundle[0])
    repositories = RecordedRepositories(Files(tmp_path))
    try:
        found = asyncio.run(repositories.files(URL, bundle[2], "shop"))
    finally:
        repositories.close()
    assert not isinstance(found, NotRead)
    assert {"shop/config.yaml", "shop/-rf", "shop/a\nb.yaml", "shop/--output=x", "shop/*"} <= set(found)
    assert not {"shop/passwd", "shop/module", "shop/huge.yaml", "shop/binary", "shop/latin.yaml"} & set(found)
    assert not Path("/tmp/whydrift-evil").exists()


@pytest.mark.parametrize(
    "revision", ["--output=x", "-1", "HEAD..main", "a b", "", "$(touch x)", "main:shop", "\n", "@{1}"]
)
def test_revisions_are_never_options(tmp_path: Path, bundle: tuple[bytes, str, str], revision: str) -> None:
    """What is no revision is not read, with a reason."""
    (tmp_path / "git.bundle").write_bytes(bundle[0])
    repositories = RecordedRepositories(Files(tmp_path))
    try:
        assert isinstance(asyncio.run(repositories.files(URL, revision, "")), NotRead)
        assert isinstance(asyncio.run(repositories.commits(URL, revision, bundle[2], "")), NotRead)
    finally:
        repositories.close()


@pytest.mark.parametrize("content", ["whole", "cut", "no bundle", ""])
def test_a_scan_survives_any_bundle(tmp_path: Path, bundle: tuple[bytes, str, str], content: str) -> None:
    """One that is cut, or none, is a fact that is missing; commit messages leave without escapes and secrets."""
    revision = (
        bundle[1] if content == "whole" else bundle[2]
    )  # the older one: then the newest files are read, bomb and all
    given = {"whole": bundle[0], "cut": bundle[0][: len(bundle[0]) // 2]}.get(content, content.encode())
    history: list[Json] = [{"id": 1, "revision": bundle[1], "deployedAt": "2026-11-01T00:00:00Z"}]
    app = App("shop", [(config_map(a="1"), config_map(a="2"))], status={"history": history})
    app.status |= {"sync": {"status": "OutOfSync", "revision": revision}, "sourceType": "Directory"}
    folder = Fleet([app], {"git.bundle": given}).folder(tmp_path)
    for output in ("text", "json", "md", "tsv"):
        said = inside("explain", "shop", "-o", output, "--from", folder)
        assert said.code in (1, 3) and not lines_of(said.err)
        assert MARKER not in said.out and "\x1b" not in said.out


def test_yaml_is_bounded_and_has_keys_of_text() -> None:
    """Aliases that double thirty times, a value inside itself; numbers as keys."""
    value: object = ["x"]
    for _ in range(30):
        value = [value, value]
    endless: list[object] = []
    endless.append(endless)
    for bomb in (value, endless):
        with pytest.raises(ValueError, match="larger than any manifest"):
            plain_json(bomb)
    assert plain_json({1: {True: [None, 1.5]}}) == {"1": {"True": [None, 1.5]}}


@pytest.mark.parametrize("seconds", [0, 0.0005, 0.001, 0.002, 0.005])
def test_a_git_that_is_given_up_is_let_go_of(seconds: float) -> None:
    """At whatever moment a scan ends early, also while git starts: nothing waits for it without end."""

    async def given_up() -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(run_git(None, "version"), seconds)

    asyncio.run(asyncio.wait_for(given_up(), 60))
