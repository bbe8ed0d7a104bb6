"""The law of places in kustomizations: the first edit, rendered by kustomize, makes exactly the wanted change."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from tests.adapters.render.tools import tools

from whydrift.core.model.application import Application
from whydrift.core.model.git_files import GitFiles, Tree
from whydrift.core.model.objects import ObjectKey, key_of
from whydrift.core.model.paths import Path as FieldPath
from whydrift.core.model.paths import pointer
from whydrift.core.model.remedy import Change
from whydrift.core.model.values import Json, JsonObject, is_object, same
from whydrift.core.remedy.places import candidates
from whydrift.core.remedy.text.reading import documents
from whydrift.core.remedy.text.wanted import changed

TREES = Path(__file__).parents[3] / "data" / "kustomizations"
OVERLAY = "overlays/prod"
EVERY = 4
"""Each so many-th place is changed: a render takes a fifth of a second."""
APPLICATION = Application(
    {
        "metadata": {"name": "shop", "namespace": "argocd"},
        "spec": {"source": {"repoURL": "repo", "path": OVERLAY}, "destination": {"namespace": "shop"}},
        "status": {"sourceType": "Kustomize"},
    }
)


@pytest.mark.parametrize("tree", sorted(TREES.iterdir()), ids=lambda tree: tree.name)
def test_the_first_edit_makes_exactly_the_wanted_change(tree: Path, tmp_path: Path) -> None:
    files = {str(file.relative_to(tree)): file.read_text() for file in tree.rglob("*") if file.is_file()}
    git = GitFiles(trees=(Tree("repo", "0" * 40, OVERLAY, files),))
    before = _rendered(files, tmp_path / "before")
    tried = 0
    for key, target in before.items():
        for path, value in list(_scalars(target))[::EVERY]:
            change = Change(path, _another(path, value))
            edit = next(candidates(APPLICATION, git, key, target, [change]))
            tried += 1
            after = _rendered({**files, edit.file: edit.after}, tmp_path / str(tried))
            assert same(after[key], changed(target, [change])), f"{key} {pointer(path)}: {edit.where}"
            assert all(same(after[other], before[other]) for other in before if other != key), edit.where
    assert tried


def _rendered(files: Mapping[str, str], folder: Path) -> dict[ObjectKey, JsonObject]:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
    tool = tools().kustomize
    assert tool, "tools() skips the test where there is none"
    command = [*tool, *(["build"] if len(tool) == 1 else []), str(folder / OVERLAY)]
    made = subprocess.run(command, capture_output=True, text=True, check=True)
    return {key_of(each.value): each.value for each in documents(made.stdout) if is_object(each.value)}


def _scalars(value: Json, path: FieldPath = ()) -> Iterator[tuple[FieldPath, Json]]:
    """The places that an edit may change alone: no names, no selectors, and no labels that all objects get."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key not in ("apiVersion", "kind", "name", "namespace", "labels", "annotations", "selector"):
                yield from _scalars(inner, (*path, key))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _scalars(inner, (*path, place))
    else:
        yield path, value


def _another(path: FieldPath, value: Json) -> Json:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    return "registry.example.com/other:9.9" if path[-1] == "image" else f"{value}0"


DIARY = """apiVersion: v1
kind: ConfigMap
metadata: {name: diary}
data:
  text: |
    one
    two
"""
SHARED = {
    "base/kustomization.yaml": "resources: [config.yaml]\n",
    "base/config.yaml": DIARY,
    "overlays/prod/kustomization.yaml": "resources: [../../base]\n",
}
BESIDE = {"overlays/eu/kustomization.yaml": "resources: [../../base]\n"}


@pytest.mark.parametrize("text", ["one\nthree\n", "one\n\n", "one\nthree", "x\n", "- op: x\n  path: /y\n", "one"])
def test_a_text_of_a_shared_base_is_said_anew_with_its_last_line_break(text: str, tmp_path: Path) -> None:
    """In a patch of the overlay, whose end kustomize trims."""
    git = GitFiles(trees=(Tree("repo", "0" * 40, OVERLAY, SHARED, BESIDE),))
    [(key, target)] = _rendered(SHARED, tmp_path / "before").items()
    edit = next(candidates(APPLICATION, git, key, target, [Change(("data", "text"), text)]))
    assert edit.file == f"{OVERLAY}/kustomization.yaml"
    after = _rendered({**SHARED, edit.file: edit.after}, tmp_path / "after")
    assert after[key]["data"] == {"text": text}
