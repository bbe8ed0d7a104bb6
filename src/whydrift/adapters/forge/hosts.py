"""Which forge hosts a repository, where its API is, and the page at which a person opens a request."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote, urlencode, urlsplit

from whydrift.ports import Proposal

SCP_LIKE = re.compile(r"(?:[\w.+-]+@)?(?P<host>[\w.-]+):(?!//)(?P<path>.+)")


class Software(StrEnum):
    """What runs on a host."""

    GITHUB = "GitHub"
    GITLAB = "GitLab"
    OTHER = "another forge"


SERVERS = {
    Software.GITHUB: ("GITHUB_SERVER_URL", "GH_HOST"),
    Software.GITLAB: ("CI_SERVER_URL", "GITLAB_HOST", "GL_HOST"),
}
"""Variables that name a user's server: those of a job, and those of gh and glab."""


@dataclass(frozen=True, slots=True)
class Place:
    """One repository on one host. `web` is the address of the host's pages, `path` the repository's (`team/apps`)."""

    host: str
    web: str
    path: str


def place_of(url: str) -> Place | None:
    """The host and path in a repository's URL, however it is spelled; None for a path on a disk."""
    found = SCP_LIKE.fullmatch(url) if "://" not in url else None
    if found:
        return _place(found["host"], f"https://{found['host']}", found["path"])
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https", "ssh", "git") or not parts.hostname:
        return None
    host = parts.netloc.rpartition("@")[2] if parts.scheme.startswith("http") else parts.hostname
    scheme = parts.scheme if parts.scheme.startswith("http") else "https"
    return _place(host, f"{scheme}://{host}", parts.path)


def _place(host: str, web: str, path: str) -> Place:
    return Place(host.lower(), web, path.strip("/").removesuffix(".git"))


def software(host: str, environ: Mapping[str, str], gitlab_logins: Collection[str]) -> Software:
    """What runs on a host, by what its users and its CI say: gh's and glab's variables, those of a job, the name."""
    if host in named(environ, *SERVERS[Software.GITHUB]) or host.startswith("github."):
        return Software.GITHUB
    if host in named(environ, *SERVERS[Software.GITLAB]) or host in gitlab_logins or host.startswith("gitlab."):
        return Software.GITLAB
    return Software.OTHER


def named(environ: Mapping[str, str], *variables: str) -> set[str]:
    """The hosts that variables name, as URL or host."""
    stated = (environ.get(variable, "") for variable in variables)
    return {(urlsplit(value).netloc if "://" in value else value).lower() for value in stated if value}


def api_of(place: Place, kind: Software, environ: Mapping[str, str]) -> str:
    """The base URL of a forge's API; in a job of its own CI, the one that the job is told."""
    if kind is Software.GITHUB:
        told = environ.get("GITHUB_API_URL", "") if place.host in named(environ, "GITHUB_SERVER_URL") else ""
        return told or ("https://api.github.com" if place.host == "github.com" else f"{place.web}/api/v3")
    told = environ.get("CI_API_V4_URL", "") if place.host in named(environ, "CI_SERVER_URL") else ""
    return told or f"{place.web}/api/v4"


def page_of(place: Place, kind: Software, proposal: Proposal) -> str:
    """The page at which a person opens the request. Most other forges (Gitea, Forgejo, Gogs) know GitHub's."""
    root = f"{place.web}/{quote(place.path)}"
    if kind is Software.GITLAB:
        query = {
            "merge_request[source_branch]": proposal.branch,
            "merge_request[target_branch]": proposal.base,
            "merge_request[title]": proposal.title,
        }
        return f"{root}/-/merge_requests/new?{urlencode(query)}"
    if place.host == "bitbucket.org":
        return f"{root}/pull-requests/new?{urlencode({'source': proposal.branch, 'dest': proposal.base})}"
    page = f"{root}/compare/{quote(proposal.base)}...{quote(proposal.branch)}"
    return f"{page}?expand=1" if kind is Software.GITHUB else page
