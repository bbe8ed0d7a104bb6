"""An edit that changes other applications too: nothing of it is carried out before somebody looked there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.faces.command import inside
from tests.replay.recorded import RECORDINGS, unpack

NAME = "d-inventory-three-people"
[RECORDING] = [path for path in RECORDINGS if path.stem == NAME]


def planned(folder: Path, *more: str) -> list[dict[str, object]]:
    """The steps for a recording."""
    steps: list[dict[str, object]] = json.loads(inside("plan", NAME, "--from", str(folder), "-o", "json", *more).out)[
        "steps"
    ]
    return steps


def with_twin(folder: Path, status: str) -> None:
    """Adds an application of the same files, in a namespace of its own."""
    place = folder / "argocd/api/v1/applications.json"
    listed = json.loads(place.read_text())
    twin = json.loads(
        json.dumps(listed["items"][0]).replace(NAME, "twin").replace("fleet/twin.git", f"fleet/{NAME}.git")
    )
    twin["metadata"]["uid"] = "twin"
    twin["status"]["sync"]["status"] = status
    listed["items"].append(twin)
    place.write_text(json.dumps(listed))
    (place.parent / "applications" / "twin.json").write_text(json.dumps(twin))


def with_twins_own(folder: Path) -> None:
    """In the twin nobody scaled; the image and the memory were changed there as well."""
    answers = folder / "argocd/api/v1/applications"
    for answer in ("managed-resources.json", "manifests.json"):
        held = (answers / NAME / answer).read_text().replace(NAME, "twin")
        place = answers / "twin" / answer
        place.parent.mkdir(exist_ok=True)
        place.write_text(held)
    place = answers / "twin" / "managed-resources.json"
    managed = json.loads(place.read_text())
    for item in managed["items"]:
        for side in ("liveState", "normalizedLiveState") if item["kind"] == "Deployment" else ():
            state = json.loads(item[side])
            state["spec"]["replicas"] = 2
            item[side] = json.dumps(state)
    place.write_text(json.dumps(managed))


def test_an_application_with_edits_of_its_own_in_the_same_file_is_looked_at_too(tmp_path: Path) -> None:
    """It wants what is changed in both; the number of pods it does not want."""
    folder = unpack(RECORDING, tmp_path / "fleet")
    with_twin(folder, "OutOfSync")
    with_twins_own(folder)
    steps = planned(folder, "twin")
    fields = {(f["application"], f["path"]): s["safety"] for s in steps for f in s["fields"]}  # type: ignore[attr-defined]
    assert {path: safety for (app, path), safety in fields.items() if app == f"argocd/{NAME}"} == {
        "/spec/replicas": "unsafe",
        "/spec/template/spec/containers/0/image": "safe",
        "/spec/template/spec/containers/0/resources/limits/memory": "safe",
    }, fields
    assert ("argocd/twin", "/spec/replicas") not in fields and len(fields) == 5


def test_an_edit_that_changes_another_application_is_not_safe(tmp_path: Path) -> None:
    """The same edit alone is: in the other application nothing was compared, and a sync there brings it."""
    folder = unpack(RECORDING, tmp_path / "fleet")
    [alone] = planned(folder)
    assert (alone["kind"], alone["safety"]) == ("commit", "safe")
    with_twin(folder, "Synced")
    [step] = planned(folder)
    assert step["proof"]["wider"] == ["Application argocd/twin: Deployment twin/inventory"]  # type: ignore[index]
    assert (step["kind"], step["safety"]) == ("commit", "unsafe")
    assert str(step["why"]).startswith("the same edit changes Application argocd/twin")


CELLS = Path(__file__).parents[1] / "data" / "played" / "cells-of-a-set.zip"


@pytest.mark.parametrize(
    ("names", "safety", "wider"),
    [
        (("w-cell-east", "w-cell-west"), "safe", []),
        (("w-cell-east",), "unsafe", ["Application w-cell-west"]),
    ],
)
def test_an_edit_that_all_whom_it_changes_want_is_safe(names: tuple[str, ...], safety: str, wider: list[str]) -> None:
    """Of a set's template: both of its applications need the same rule; for one alone the other was not looked at."""
    steps = json.loads(inside("plan", *names, "--from", CELLS, "-o", "json").out)["steps"]
    [step] = [step for step in steps if step["remedy"] == "ignore"]
    assert (step["where"], step["safety"], step["proof"].get("wider", [])) == ("appsets/cells.yaml:10", safety, wider)
