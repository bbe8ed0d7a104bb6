"""Where edits belong, as situations: every candidate in its order, and what the first one writes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.from_yaml import from_yaml

from whydrift.core.model.application import Application
from whydrift.core.model.git_files import GitFiles, Tree
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.paths import parse_pointer
from whydrift.core.model.remedy import Change
from whydrift.core.model.values import ABSENT
from whydrift.core.remedy.places import candidates

SITUATIONS: list[dict[str, Any]] = from_yaml(Path(__file__).with_name("places.yaml").read_text())
REPO = "https://git.example.com/apps.git"


def _application(situation: dict[str, Any]) -> Application:
    source = {"repoURL": REPO, "path": situation["path"], **situation.get("source", {})}
    kustomized = any(name.endswith("kustomization.yaml") for name in situation["files"])
    return Application(
        {
            "metadata": {"name": "shop", "namespace": "argocd"},
            "spec": {"source": source, "destination": {"namespace": "shop"}},
            "status": {"sourceType": "Kustomize" if kustomized else "Directory"},
        }
    )


@pytest.mark.parametrize("situation", SITUATIONS, ids=[situation["what"] for situation in SITUATIONS])
def test_the_places_of_a_change(situation: dict[str, Any]) -> None:
    path = "" if situation["path"] == "." else situation["path"]
    tree = Tree(REPO, "0" * 40, path, situation["files"], situation.get("beside", {}))
    group, kind, name = situation["object"].split("/")
    changes = [
        Change(tuple(int(s) if s.isdigit() else s for s in parse_pointer(where)), *(value or [ABSENT]))
        for where, *value in situation["changes"]
    ]
    target = {"kind": kind, "metadata": {"name": name}, **situation.get("target", {})}
    found = list(
        candidates(
            _application(situation),
            GitFiles(trees=(tree,)),
            ObjectKey(group, kind, "shop", name),
            target,
            changes,
        )
    )
    assert [edit.where for edit in found] == situation["places"]
    if "after" in situation:
        gone = set(found[0].before.splitlines())
        assert situation["after"] in [line for line in found[0].after.splitlines() if line not in gone]
