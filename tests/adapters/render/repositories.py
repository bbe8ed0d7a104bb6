"""Real repositories, small ones, and the Applications that are rendered from them."""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from tests.adapters.render.tools import tools

from whydrift.adapters.git.repository import GitRepositories
from whydrift.adapters.render.command import Limits
from whydrift.adapters.render.renderer import ToolRenderer
from whydrift.core.model.application import Application
from whydrift.core.model.values import Json, JsonObject
from whydrift.ports import NotRead, Rendering

URL = "https://git.example.com/apps.git"
WHO = {
    "GIT_AUTHOR_NAME": "t",
    "GIT_AUTHOR_EMAIL": "t@example.com",
    "GIT_COMMITTER_NAME": "t",
    "GIT_COMMITTER_EMAIL": "t@example.com",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
}


class Link(NamedTuple):
    """A symbolic link."""

    to: str


def git(place: Path, *arguments: str, given: bytes = b"") -> str:
    """What a git command answers."""
    command = ["git", "-C", str(place), *arguments]
    done = subprocess.run(command, input=given, capture_output=True, check=True, env={**os.environ, **WHO})
    return done.stdout.decode().strip()


@dataclass(frozen=True)
class Repository:
    """A repository with one commit."""

    place: Path
    revision: str

    @classmethod
    def of(cls, place: Path, files: Mapping[str, str | bytes | Link]) -> Repository:
        """Write files, commit them."""
        place.mkdir(parents=True)
        git(place, "init", "--quiet", "--initial-branch=main")
        for name, content in files.items():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, Link):
                (place / name).symlink_to(content.to)
            else:
                (place / name).write_bytes(content.encode() if isinstance(content, str) else content)
        git(place, "add", "--all")
        git(place, "commit", "--quiet", "--allow-empty", "-m", "all")
        return cls(place, git(place, "rev-parse", "HEAD"))

    def renderer(self, limits: Limits | None = None) -> ToolRenderer:
        """A renderer that reads this repository under URL."""
        return ToolRenderer(GitRepositories({URL: self.place}, self.place, clone=False), tools(), limits)

    def application(self, kind: str, *sources: JsonObject, name: str = "shop") -> Application:
        """An Application of one or several sources of this repository at its commit."""
        stated: list[Json] = [{"repoURL": URL, "targetRevision": "main", **source} for source in sources]
        several = len(stated) > 1
        compared: JsonObject = {"sources": stated} if several else {"source": stated[0]}
        revisions: JsonObject = {"revisions": [self.revision] * len(stated)} if several else {"revision": self.revision}
        each: list[Json] = [kind if "path" in source else "" for source in sources]
        kinds: JsonObject = {"sourceTypes": each} if several else {"sourceType": kind}
        destination: JsonObject = {"server": "https://kubernetes.default.svc", "namespace": "web"}
        return Application(
            {
                "metadata": {"name": name, "namespace": "argocd"},
                "spec": {"project": "default", "destination": destination, **compared},
                "status": {**kinds, "sync": {**revisions, "comparedTo": compared}, "controllerNamespace": "argocd"},
            }
        )


def made(
    place: Path,
    kind: str,
    files: Mapping[str, str | bytes | Link],
    *sources: JsonObject,
    edits: Mapping[str, str] | None = None,
    limits: Limits | None = None,
    options: str = "",
) -> dict[str, JsonObject] | str:
    """What files of a new repository render to, by `Kind/name`; the reason where they are not rendered."""
    repository = Repository.of(place / "repository", files)
    application = repository.application(kind, *(sources or ({"path": "app"},)))
    edited = {(URL, name): content for name, content in (edits or {}).items()}
    rendering = Rendering(application, edited, build_options={"": options})
    found = asyncio.run(repository.renderer(limits).render(rendering))
    if isinstance(found, NotRead):
        return found.why
    return {f"{key.kind}/{key.name}": obj for key, obj in found.items()}


def rendered(
    place: Path,
    kind: str,
    files: Mapping[str, str | bytes | Link],
    *sources: JsonObject,
    edits: Mapping[str, str] | None = None,
    options: str = "",
) -> dict[str, JsonObject]:
    """The same where it must be rendered."""
    found = made(place, kind, files, *sources, edits=edits, options=options)
    assert not isinstance(found, str), found
    return found


def config(name: str, **data: str) -> str:
    """The text of a ConfigMap."""
    lines = [f"  {key}: {value}" for key, value in data.items()]
    return "\n".join(["apiVersion: v1", "kind: ConfigMap", "metadata:", f"  name: {name}", "data:", *lines, ""])


def data_of(found: Mapping[str, JsonObject], name: str) -> Json:
    """The data of a ConfigMap."""
    return found[f"ConfigMap/{name}"]["data"]


def names(found: Mapping[str, JsonObject]) -> Sequence[str]:
    """The objects, in order."""
    return sorted(found)
