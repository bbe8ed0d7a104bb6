"""Where a user reaches a repository, and with which login: never in a URL, never in an argument."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from whydrift.adapters.git.command import GitFailed, git
from whydrift.adapters.git.repository import LOGIN, same_repository

LONG = 600
SETTINGS = ("user.useConfigOnly=true", "push.recurseSubmodules=no", "push.followTags=false", "core.attributesFile=")
HELPER = '!f() { test "$1" = get && echo "username=$WHYDRIFT_GIT_USER" && echo "password=$WHYDRIFT_GIT_PASSWORD"; }; f'
"""A credential helper that git runs after the user's own ones; it knows only what its environment holds."""
Login = Callable[[str], tuple[str, str] | None]
"""User and password for an https address, None where there are none."""


@dataclass(frozen=True)
class Remote:
    """One repository elsewhere. `settings` and `environment` go with every command that may ask it for something."""

    address: str
    settings: tuple[str, ...] = SETTINGS
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)

    async def git(self, place: Path | None, *arguments: str) -> bytes:
        """The output of a git command that talks to the remote. GitFailed where it fails."""
        return await git(place, *arguments, seconds=LONG, settings=self.settings, environment=self.environment)


async def remote_of(url: str, checkout: Path | None, login: Login) -> Remote:
    """Where a repository is reached: as the user's checkout of it says, else at the URL that Argo CD uses.

    GitFailed for what is no repository to write to.
    """
    address = _writable(await _own_address(url, checkout))
    known = login(address) if address.startswith(("https://", "http://")) else None
    if known is None:
        return Remote(address)
    parts = urlsplit(address)
    user, password = known
    helper = f"credential.{parts.scheme}://{parts.netloc}.helper={HELPER}"
    return Remote(address, (*SETTINGS, helper), {"WHYDRIFT_GIT_USER": user, "WHYDRIFT_GIT_PASSWORD": password})


async def _own_address(url: str, checkout: Path | None) -> str:
    remotes = "" if checkout is None else await configured(checkout, r"^remote\..*\.(url|pushurl)$")
    addresses = (line.partition(" ")[2] for line in remotes.splitlines())
    return next((own for own in addresses if own != url and same_repository(own) == same_repository(url)), url)


def _writable(url: str) -> str:
    """The URL without a login: the user's own credentials are meant, and none may show up in a process list."""
    if url.startswith("-") or "::" in url.split("/")[0]:
        raise GitFailed(f"{url!r} is no repository that may be written to")
    return LOGIN.sub("", url) if url.startswith(("http://", "https://")) else url


async def configured(place: Path, keys: str) -> str:
    """The lines of a checkout's own configuration whose keys match, "" where none does."""
    try:
        return (await git(place, "config", "--local", "--get-regexp", keys)).decode("utf-8", "replace")
    except GitFailed:
        return ""
