"""Where git states an Application itself: in the files of a parent, or as the template of a set there."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.adapters.render.repositories import Repository, git

from whydrift.adapters.builtin.schema import builtin_schemas
from whydrift.adapters.files.recording import Recording
from whydrift.adapters.git.bundles import RecordedRepositories
from whydrift.core.model.application import Application
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.remedy import Change
from whydrift.core.model.secrets import Masker
from whydrift.core.model.values import JsonObject, mapping
from whydrift.core.remedy.places.parent import ParentManifest
from whydrift.usecases.facts import FactReader
from whydrift.usecases.parents import Parents

STATED = """apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: child
spec:
  project: {project}
"""
SET = """apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata:
  name: many
spec:
  generators: []
  template:
    spec:
      project: old
"""
FILES = {
    "home/child.yaml": STATED.format(project="home"),
    "team/child.yaml": STATED.format(project="team"),
    "sets/many.yaml": SET,
}
TRACKING = "argocd.argoproj.io/tracking-id"
OLD = Change(("spec", "project"), "new")


@dataclass
class World:
    """A recording of some Applications and ApplicationSets, by the question that asks for each."""

    place: Path

    def parents(self, answers: Mapping[str, JsonObject]) -> Parents:
        """What finds where Applications come from, out of these answers alone."""
        for name, answer in {"applications": {"items": []}, **answers}.items():
            file = self.place / "recording/argocd/api/v1" / f"{name}.json"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(answer))
        git(self.repository.place, "bundle", "create", "--quiet", str(self.place / "recording/git.bundle"), "--all")
        source = Recording(self.place / "recording")
        repositories = RecordedRepositories(source.files)
        return Parents(FactReader(source, Masker(b"k" * 16), builtin_schemas(), "", repositories))

    @property
    def repository(self) -> Repository:
        """The repository that all of them are rendered from."""
        folder = self.place / "repository"
        return (
            Repository.of(folder, FILES)
            if not folder.exists()
            else Repository(folder, git(folder, "rev-parse", "HEAD"))
        )

    def root(self, path: str, namespace: str = "argocd") -> JsonObject:
        """A parent that is rendered from a folder."""
        made = self.repository.application("Directory", {"path": path}, name="root").raw
        destination: JsonObject = {"server": "https://kubernetes.default.svc", "namespace": namespace}
        spec: JsonObject = {**mapping(made, "spec"), "destination": destination}
        return {**made, "metadata": {**mapping(made, "metadata"), "namespace": namespace}, "spec": spec}


def child(tracked_by: str = "", namespace: str = "argocd", owner: str = "") -> Application:
    """An Application that a parent tracks, or that a set made."""
    annotations: JsonObject = {TRACKING: f"{tracked_by}:argoproj.io/Application:x/child"} if tracked_by else {}
    owners: JsonObject = {"ownerReferences": [{"kind": "ApplicationSet", "name": owner}]} if owner else {}
    metadata: JsonObject = {"name": "child", "namespace": namespace, "annotations": annotations, **owners}
    return Application({"metadata": metadata, "spec": {"project": "old"}, "status": {"controllerNamespace": "argocd"}})


def place(found: ParentManifest | None) -> str:
    """Where the project of what was found is stated; "" where nothing was found."""
    edit = next(found.edits([OLD]), None) if found is not None else None
    return edit.where if edit is not None else ""


@pytest.mark.parametrize(
    ("tracked_by", "namespace", "where"),
    [
        ("root", "argocd", "home/child.yaml:6"),
        ("team-a_root", "team-a", "team/child.yaml:6"),
        ("team-b_root", "team-b", ""),
        ("gone", "argocd", ""),
        ("", "argocd", ""),
    ],
    ids=["beside Argo CD", "in a namespace of its own", "not to be read", "gone", "tracked by nobody"],
)
def test_a_parent_is_the_application_that_tracks_it(
    tmp_path: Path, tracked_by: str, namespace: str, where: str
) -> None:
    """Two of one name are told apart by their namespace, which the mark of the one outside of Argo CD's names."""
    world = World(tmp_path)
    parents = world.parents(
        {
            "applications/root": world.root("home"),
            "applications/root@appNamespace=team-a": world.root("team", "team-a"),
        }
    )
    assert place(asyncio.run(parents.of(child(tracked_by, namespace)))) == where


@pytest.mark.parametrize(("namespace", "question"), [("argocd", "many"), ("team-a", "many@appsetNamespace=team-a")])
def test_what_a_set_made_is_stated_in_its_template(tmp_path: Path, namespace: str, question: str) -> None:
    """With all that the same edit changes; the set is in the namespace of what it makes."""
    world = World(tmp_path)
    made: JsonObject = {
        "metadata": {"name": "many", "namespace": namespace, "annotations": {TRACKING: "root:argoproj.io/x:y/many"}},
        "spec": {"generators": [], "template": {"spec": {"project": "old"}}},
        "status": {"resources": [{"name": "child"}, {"name": "twin"}]},
    }
    parents = world.parents({f"applicationsets/{question}": made, "applications/root": world.root("sets", namespace)})
    found = asyncio.run(parents.of(child(namespace=namespace, owner="many")))
    assert found is not None and found.also == ("twin",)
    assert found.key == ObjectKey("argoproj.io", "ApplicationSet", namespace, "many")
    assert place(found) == "sets/many.yaml:9"


def test_an_answer_is_asked_for_once(tmp_path: Path) -> None:
    """Many Applications have one parent."""
    world = World(tmp_path)
    parents = world.parents({"applications/root": world.root("home")})
    first = asyncio.run(parents.application("root"))
    (tmp_path / "recording/argocd/api/v1/applications/root.json").unlink()
    assert first is not None and asyncio.run(parents.application("root")) == first
