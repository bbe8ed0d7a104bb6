"""What an application is rendered from, and where an edit belongs: said in the answer and in `explain`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.faces.command import inside, lines_of, run
from tests.fleet_builder import App, Fleet, scaled
from tests.replay import Replay
from whydrift.core.model.values import Json, JsonObject, items, text

GIT = "https://git.example.com/apps.git"
HYDRATOR: JsonObject = {
    "drySource": {"repoURL": GIT, "path": "dry/shop", "targetRevision": "main"},
    "syncSource": {"targetBranch": "env/prod", "path": "shop"},
}
STATUS: JsonObject = {"sourceHydrator": {"lastSuccessfulOperation": {"drySHA": "d" * 40, "hydratedSHA": "a" * 40}}}


def said(place: Path, spec: JsonObject, status: JsonObject) -> tuple[str, str, JsonObject]:
    """The first source's type, the notes, and the application; the notes also stand in `explain`."""
    app = App("shop", scaled().pairs, spec=spec, status=status)
    folder = Fleet([app]).folder(place)
    found = items(json.loads(inside("scan", "--no-git", "-o", "json", "--from", folder).out), "applications")[0]
    assert isinstance(found, dict)
    notes = " ".join(str(note) for note in items(found, "notes"))
    shown = " ".join(inside("explain", "shop", "--no-git", "--from", folder).out.split())
    assert notes in shown
    return text(items(found, "sources")[0], "type"), notes, found


SOURCES: list[tuple[JsonObject, JsonObject, str, str]] = [
    ({"repoURL": GIT, "path": "shop"}, {"sourceType": "Directory"}, "directory", ""),
    ({"repoURL": GIT, "path": "shop"}, {"sourceType": "Kustomize"}, "kustomize", ""),
    ({"repoURL": GIT, "path": "shop"}, {"sourceType": "Plugin"}, "plugin", "no edit can be derived"),
    ({"repoURL": GIT, "path": "shop", "plugin": {"name": "cdk8s"}}, {}, "plugin", f"{GIT} shop is rendered"),
    ({"repoURL": "https://charts.example.com", "chart": "shop"}, {"sourceType": "Helm"}, "chart", "comes from no git"),
    ({"repoURL": "ghcr.io/example", "chart": "shop"}, {"sourceType": "Helm"}, "oci", "ghcr.io/example shop"),
    ({"repoURL": "oci://ghcr.io/example/shop", "path": "."}, {"sourceType": "Directory"}, "oci", "comes from no git"),
]


@pytest.mark.parametrize(("source", "status", "kind", "says"), SOURCES)
def test_a_kind_of_source(tmp_path: Path, source: JsonObject, status: JsonObject, kind: str, says: str) -> None:
    """The type, and a note only where the files are not the place of an edit."""
    found, notes, _ = said(tmp_path, {"source": source}, status)
    assert found == kind
    assert says in notes and bool(notes) is bool(says)


def test_a_repository_that_cannot_be_cloned_is_told(tmp_path: Path) -> None:
    """Without it a fix has no place, and nothing else would say why; its login stays out of it."""
    url = f"file://me:hunter2@{tmp_path}/none.git"
    app = App("shop", scaled().pairs, spec={"source": {"repoURL": url, "path": "shop"}}, status={})
    env = {"ARGOCD_AUTH_TOKEN": "t", "XDG_CACHE_HOME": str(tmp_path / "cache")}
    with Replay(Fleet([app]).folder(tmp_path / "fleet")) as replay:
        for command in ("explain", "scan"):
            told = run(command, "shop", "--server", replay.url, "--no-kubernetes", env=env)
            assert told.code == 3 and "hunter2" not in told.everything
            notes = [line for line in lines_of(told.out) if line.startswith("note: git ")]
            assert len(notes) == 1 and f"--repo file://{tmp_path}/none.git=PATH" in notes[0], told
        without = run("explain", "shop", "--server", replay.url, "--no-kubernetes", "--no-git", env=env)
        assert "note: git " not in without.out


def test_each_of_several_sources_has_its_type(tmp_path: Path) -> None:
    """`status.sourceTypes` goes by place."""
    sources: list[Json] = [{"repoURL": GIT, "path": "a"}, {"repoURL": GIT, "path": "b"}]
    spec: JsonObject = {"source": None, "sources": sources}
    _, notes, found = said(tmp_path, spec, {"sourceTypes": ["Helm", "Plugin"]})
    assert [text(row, "type") for row in items(found, "sources")] == ["helm", "plugin"]
    assert f"{GIT} b is rendered by a config management plugin" in notes


def test_a_hydrated_source_names_the_dry_one(tmp_path: Path) -> None:
    """The edit belongs to the dry source, which is named with its revision and the commit that was rendered."""
    kind, notes, found = said(tmp_path, {"source": None, "sourceHydrator": HYDRATOR}, STATUS)
    assert kind == "hydrated"
    assert f"dry source {GIT} dry/shop at main (rendered from commit {'d' * 40})" in notes
    assert (text(items(found, "sources")[0], "repo"), text(items(found, "sources")[0], "path")) == (GIT, "shop")
