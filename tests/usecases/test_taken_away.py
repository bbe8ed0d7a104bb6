"""What took an object out of git: told where a render showed it, on a recording and its repository."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from tests.adapters.render.repositories import Repository, config, git
from tests.scenarios.planned import planned_for

from whydrift.core.model.remedy import Choice
from whydrift.core.model.values import Json, JsonObject, mapping
from whydrift.core.remedy.text.diff import undone

KEPT = config("web", level="1")
BETWEEN = "---\n" + config("old", x="1")
VERSIONS = (
    ("web: all of it", {"app/web.yaml": f"{KEPT}{BETWEEN}", "app/gone.yaml": config("gone", x="1")}),
    ("web: nothing is old", {"app/web.yaml": KEPT, "app/gone.yaml": config("gone", x="1")}),
    ("web: louder", {"app/web.yaml": config("web", level="2"), "app/gone.yaml": config("gone", x="1")}),
    ("away with it", {"app/web.yaml": config("web", level="2")}),
    ("a note", {"app/web.yaml": config("web", level="2"), "other/readme.md": "x\n"}),
)
"""The commits of a folder: one takes a part of a file away, one a whole file, others neither."""


def recorded(place: Path) -> Path:
    """A recording of an application whose cluster still holds what two commits took out of git."""
    repository = place / "repository"
    repository.mkdir()
    git(repository, "init", "--quiet", "--initial-branch=main")
    for message, files in VERSIONS:
        git(repository, "rm", "-r", "--quiet", "--ignore-unmatch", ".")
        for name, content in files.items():
            (repository / name).parent.mkdir(parents=True, exist_ok=True)
            (repository / name).write_text(content)
        git(repository, "add", "--all")
        git(repository, "commit", "--quiet", "-m", message)
    made = Repository(repository, git(repository, "rev-parse", "HEAD")).application("Directory", {"path": "app"})
    rows: list[Json] = [
        {"version": "v1", "kind": "ConfigMap", "namespace": "web", "name": name, "status": "OutOfSync"}
        for name in ("old", "gone")
    ]
    status, sync = mapping(made.raw, "status"), mapping(made.raw, "status", "sync")
    raw: JsonObject = {**made.raw, "status": {**status, "sync": {**sync, "status": "OutOfSync"}, "resources": rows}}
    api = place / "recording/argocd/api/v1"
    (api / "applications/shop").mkdir(parents=True)
    (api / "account/can-i/applications/get").mkdir(parents=True)
    (api / "account/can-i/applications/get/%2A.json").write_text('{"value": "yes"}')
    (api / "settings.json").write_text('{"trackingMethod": "annotation"}')
    (api / "applications.json").write_text(json.dumps({"items": [raw]}))
    (api / "applications/shop.json").write_text(json.dumps(raw))
    items = [leftover(name) for name in ("old", "gone")]
    (api / "applications/shop/managed-resources.json").write_text(json.dumps({"items": items}))
    git(repository, "bundle", "create", "--quiet", str(place / "recording/git.bundle"), "--all")
    return place / "recording"


def leftover(name: str) -> JsonObject:
    """An object that only the cluster has, as Argo CD tells of it."""
    mark: JsonObject = {"argocd.argoproj.io/tracking-id": f"shop:/ConfigMap:web/{name}"}
    metadata: JsonObject = {"name": name, "namespace": "web", "annotations": mark}
    live = json.dumps({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"x": "1"}})
    sides: JsonObject = {
        "liveState": live,
        "normalizedLiveState": live,
        "targetState": "null",
        "predictedLiveState": "null",
    }
    return {"kind": "ConfigMap", "namespace": "web", "name": name, **sides}


def test_the_commit_and_the_line_of_each_object_are_named(tmp_path: Path) -> None:
    """Later commits that touched the same file are not blamed; a file that is gone has no line."""

    async def made() -> dict[str, Choice]:
        async with planned_for(recorded(tmp_path), hidden=False) as found:
            return {offer.item.key.name: offer.group.choice for offer in found.plan.offers}

    found = asyncio.run(made())
    assert {name: choice.place for name, choice in found.items()} == {"old": "app/web.yaml:6", "gone": "app/gone.yaml"}
    assert "took it out of git (web: nothing is old)" in found["old"].why
    assert "took it out of git (away with it)" in found["gone"].why


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        ("a: 1\nb: 1\n", "a: 1\nb: 2\n", [2]),
        ("a: 1\nx: 0\nb: 1\n", "a: 1\nb: 1\n", [1]),
        ("a: 1\nb: 1\nc: 1\n", "a: 2\nb: 1\nc: 2\n", [1, 3]),
        ("a: 1\n", "a: 1\n", []),
    ],
    ids=["changed", "taken away", "two places", "nothing"],
)
def test_each_change_of_a_file_is_taken_back_alone(before: str, after: str, lines: list[int]) -> None:
    """At the line where it stands now; all of them together give what was before."""
    found = list(undone(before, after))
    assert [line for line, _ in found] == lines
    assert len(found) != 1 or found[0][1] == before
