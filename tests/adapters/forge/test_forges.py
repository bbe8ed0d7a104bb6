"""Pull and merge requests: opened once, found again, and tokens go to their own host only."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.adapters.forge.server import Forge, forge

from whydrift.adapters.forge import Forges
from whydrift.ports import Body, NotRead, Proposal, Refused, Unanswered

TOKEN = "tok-0123456789abcdef"


@pytest.fixture
def server() -> Iterator[Forge]:
    """A forge that listens."""
    with forge() as running:
        yield running


def github(server: Forge, token: str = TOKEN) -> dict[str, str]:
    """A job of GitHub Actions on that forge."""
    return {"GITHUB_SERVER_URL": server.url, "GITHUB_API_URL": f"{server.url}/api", "GITHUB_TOKEN": token}


def gitlab(server: Forge, token: str = TOKEN) -> dict[str, str]:
    """A job of GitLab CI on that forge."""
    return {"CI_SERVER_URL": server.url, "CI_API_V4_URL": f"{server.url}/api/v4", "GITLAB_TOKEN": token}


def proposal(url: str) -> Proposal:
    """A request for a branch of the repository."""
    return Proposal(url, "whydrift/pin", "main", "Pin 3 defaults", "why\n")


@pytest.mark.parametrize("job", [github, gitlab])
def test_a_request_is_opened_once_and_found_again(server: Forge, tmp_path: Path, job: type) -> None:
    """The forge knows branch, base, title and text; a second one for the branch is refused in its words."""
    forges, wanted = Forges(job(server), tmp_path), proposal(f"{server.url}/team/sub/apps.git")
    assert asyncio.run(forges.proposed(wanted)) == ""
    assert asyncio.run(forges.propose(wanted)) == Body(f"{server.url}/requests/1".encode())
    assert asyncio.run(forges.proposed(wanted)) == f"{server.url}/requests/1"
    assert isinstance(asyncio.run(forges.propose(wanted)), Refused)
    [opened] = server.opened
    assert opened["project"] == "team/sub/apps"
    assert opened["title"] == "Pin 3 defaults"
    assert "main" in (opened.get("base"), opened.get("target_branch"))


@pytest.mark.parametrize("job", [github, gitlab])
def test_a_lost_answer_is_neither_done_nor_refused(server: Forge, tmp_path: Path, job: type) -> None:
    """The forge opened it and the connection broke: looking again finds it."""
    forges, wanted = Forges(job(server), tmp_path), proposal(f"{server.url}/team/apps")
    server.break_off = True
    assert isinstance(asyncio.run(forges.propose(wanted)), Unanswered)
    assert asyncio.run(forges.proposed(wanted)) == f"{server.url}/requests/1"


@pytest.mark.parametrize(
    ("status", "outcome"), [(401, Refused), (403, Refused), (404, Refused), (429, Refused), (500, Unanswered)]
)
def test_a_refusal_never_shows_the_token(server: Forge, tmp_path: Path, status: int, outcome: type) -> None:
    """Even where the forge repeats it."""
    server.refuse = status
    got = asyncio.run(Forges(github(server), tmp_path).propose(proposal(f"{server.url}/team/apps")))
    assert isinstance(got, outcome)
    assert str(status) in repr(got)
    assert TOKEN not in repr(got)


def test_without_a_token_nothing_is_asked_and_the_page_is_known(server: Forge, tmp_path: Path) -> None:
    """The push was the last thing that could be done; a person opens the request."""
    forges, wanted = Forges({"GH_HOST": server.host, "PATH": ""}, tmp_path), proposal(f"{server.url}/team/apps")
    got = asyncio.run(forges.propose(wanted))
    assert isinstance(got, Refused)
    assert "GITHUB_TOKEN" in got.why
    assert forges.page(wanted) == f"{server.url}/team/apps/compare/main...whydrift/pin?expand=1"
    assert server.headers == []


@pytest.mark.parametrize(
    "url",
    [
        "https://github.evil.example.com/a/b",
        "https://gitlab.evil.example.com/a/b",
        "https://evil.example.com/github.com/b",
        "https://github.com.evil.example.com/a/b",
        "https://github.com@evil.example.com/a/b",
        "file:///srv/apps.git",
        "/srv/apps.git",
    ],
)
def test_a_token_goes_to_its_own_host_only(url: str, tmp_path: Path) -> None:
    """Whoever writes an Application chooses the repository's URL, and must not choose where tokens go."""
    environ = {
        "GITHUB_TOKEN": TOKEN,
        "GH_TOKEN": TOKEN,
        "GITLAB_TOKEN": TOKEN,
        "GH_ENTERPRISE_TOKEN": TOKEN,
        "PATH": "",
    }
    forges = Forges(environ, tmp_path)
    assert isinstance(asyncio.run(forges.propose(proposal(url))), Refused)
    assert isinstance(asyncio.run(forges.proposed(proposal(url))), NotRead)


@pytest.mark.parametrize(
    ("url", "page"),
    [
        ("git@github.com:team/apps.git", "https://github.com/team/apps/compare/main...whydrift/pin?expand=1"),
        ("ssh://git@codeberg.org:22/team/apps.git", "https://codeberg.org/team/apps/compare/main...whydrift/pin"),
        ("https://user:pw@git.example.com/team/apps", "https://git.example.com/team/apps/compare/main...whydrift/pin"),
        (
            "https://bitbucket.org/team/apps.git",
            "https://bitbucket.org/team/apps/pull-requests/new?source=whydrift%2Fpin&dest=main",
        ),
        ("file:///srv/apps.git", ""),
    ],
)
def test_every_forge_has_a_page(url: str, page: str, tmp_path: Path) -> None:
    """By host, however the repository is spelled, and without the login in its URL."""
    assert Forges({}, tmp_path).page(proposal(url)) == page


def test_the_logins_of_gh_and_glab_are_used(server: Forge, tmp_path: Path) -> None:
    """gh says its token when asked for the host, glab keeps it in a file; the token is in no argument."""
    commands = tmp_path / "bin"
    commands.mkdir()
    (commands / "gh").write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/asked\necho {TOKEN}\n')
    (commands / "gh").chmod(0o755)
    wanted = proposal(f"{server.url}/team/apps")
    hub = {"GH_HOST": server.host, "PATH": f"{commands}:/bin:/usr/bin"}
    asyncio.run(Forges(hub, tmp_path).proposed(wanted))
    assert (tmp_path / "asked").read_text() == f"auth token --hostname {server.host}\n"
    assert server.headers[-1]["authorization"] == f"Bearer {TOKEN}"
    (tmp_path / "glab").mkdir()
    (tmp_path / "glab" / "config.yml").write_text(f"hosts:\n  {server.host}:\n    token: {TOKEN}\n")
    asyncio.run(Forges({"GLAB_CONFIG_DIR": str(tmp_path / "glab")}, tmp_path).proposed(wanted))
    assert server.headers[-1]["private-token"] == TOKEN


def test_a_gh_that_hangs_or_is_missing_is_no_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for a prompt of another program."""

    def hang(*words: object, **how: object) -> None:
        raise subprocess.TimeoutExpired("gh", 10)

    monkeypatch.setattr(subprocess, "run", hang)
    got = asyncio.run(Forges({}, tmp_path).propose(proposal("https://github.com/team/apps")))
    assert isinstance(got, Refused)
