"""Kustomizations as layers, from the overlay down to the bases: which files they are made of, and what they share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from posixpath import dirname, join, normpath

from whydrift.core.model.application import Application
from whydrift.core.model.git_files import Tree
from whydrift.core.model.paths import Path
from whydrift.core.model.remedy import APPLICATION
from whydrift.core.model.values import Json, JsonObject, is_object, items, mapping, text
from whydrift.core.remedy.places.application import application_tree
from whydrift.core.remedy.places.kustomize.sheets import Sheet

NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")
"""What kustomize looks for, in its order (api/konfig/general.go)."""
FOLDERS = ("resources", "bases", "components")


@dataclass(frozen=True, slots=True)
class Layer:
    """One kustomization: `at` is its place in the first document of its sheet, `folder` what its files stand in.

    The options of an Application are a layer, too: kustomize reads them as if they stood in the overlay
    (reposerver, util/kustomize/kustomize.go :: Build).
    """

    tree: Tree
    sheet: Sheet
    at: Path
    folder: str
    value: JsonObject

    def list(self, name: str) -> Iterator[tuple[Path, Json]]:
        """The entries of one of its lists with their paths, the last one first."""
        stated = items(self.value, name)
        for place in reversed(range(len(stated))):
            yield (*self.at, name, place), stated[place]

    def file(self, name: str) -> Sheet | None:
        """A file that it names; None where it is not there (or comes from elsewhere)."""
        path = normpath(join(self.folder, name))
        return Sheet(self.tree, path) if path in self.tree.files else None


def layer_of(tree: Tree, folder: str) -> Layer | None:
    """The kustomization of a folder; None where it has none that can be read."""
    for name in NAMES:
        file = normpath(join(folder, name))
        if file in tree.files:
            sheet = Sheet(tree, file)
            value = next(iter(sheet.values()), None)
            return Layer(tree, sheet, (), folder, value) if is_object(value) else None
    return None


def options_of(application: Application, place: int, tree: Tree) -> Layer:
    """What the Application itself states for kustomize in one of its sources."""
    several = items(application.raw, "spec", "sources")
    at: Path = ("spec", "sources", place, "kustomize") if several else ("spec", "source", "kustomize")
    sheet = Sheet(application_tree(application), APPLICATION)
    return Layer(tree, sheet, at, tree.path, mapping(application.sources[place].raw, "kustomize"))


def chart_folder(layer: Layer, entry: Json) -> str:
    """The folder of a chart that a kustomization renders (HelmChartInflationGenerator.go :: absChartHome)."""
    home, name, version = text(layer.value, "helmGlobals", "chartHome") or "charts", text(entry, "name"), ""
    if text(entry, "version") and text(entry, "repo"):
        version = f"{name}-{text(entry, 'version')}"
    return normpath(join(layer.folder, home, version, name))


def shared_folders(tree: Tree) -> frozenset[str]:
    """The folders below a tree's own that other overlays beside it are built on, too."""
    own = frozenset(_reached(tree, tree.path))
    beside = Tree(tree.repo, tree.revision, tree.path, {**tree.files, **tree.beside})
    others = (dirname(file) for file in tree.beside if dirname(file) not in own)
    return frozenset(folder for other in others for folder in _reached(beside, other)) & own


def _reached(tree: Tree, folder: str, depth: int = 0) -> Iterator[str]:
    """A folder and those that its kustomization is built on, its charts' too."""
    yield folder
    layer = layer_of(tree, folder) if depth < 20 else None  # kustomize refuses cycles; a reader must not follow one
    if layer is not None:
        yield from (chart_folder(layer, entry) for _, entry in layer.list("helmCharts"))
    for name in FOLDERS if layer is not None else ():
        for entry in items(layer.value if layer else {}, name):
            path = normpath(join(folder, str(entry)))
            if path not in tree.files:
                yield from _reached(tree, path, depth + 1)
