"""Charts that a kustomization renders (`helmCharts`): what of an object their values state, and their templates.

Source: kustomize, plugin/builtin/helmchartinflationgenerator (replaceValuesInline);
api/types/helmchartargs.go (AsHelmArgs).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache, partial
from posixpath import join, normpath

from whydrift.core.model.git_files import Tree
from whydrift.core.model.identity import Identity
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.paths import Path
from whydrift.core.model.remedy import Change, Edit
from whydrift.core.model.values import JsonObject, MaybeJson, child, items, mapping, same, text
from whydrift.core.remedy.places.helm import chart_candidates
from whydrift.core.remedy.places.helm.charts import CHART, VALUES, load
from whydrift.core.remedy.places.helm.layers import overridable, read_values, stated_tree
from whydrift.core.remedy.places.helm.rendering import KUBERNETES, Release, Rendering
from whydrift.core.remedy.places.helm.traced import Stated, Traced
from whydrift.core.remedy.places.kustomize.layers import Layer, chart_folder, layer_of
from whydrift.core.remedy.places.kustomize.spots import Sought, Spot
from whydrift.core.remedy.places.located import change_in, located

INLINE = "valuesInline"
KEPT = 16
"""How many charts are remembered."""
UNNAMED = "release-name"
"""What helm calls a release without a name (measured, 4.3.1: `--generate-name` changes nothing in a render)."""


def chart_values(layer: Layer, sought: Sought) -> Iterator[Spot]:
    """What charts print of an object, the last chart first: by the values of the kustomization, then by their own."""
    for at, entry in layer.list("helmCharts"):
        folder = chart_folder(layer, entry)
        if join(folder, CHART) not in layer.tree.files:
            continue
        chart = _chart(Identity(layer.tree), layer.folder, at, folder, _namespace(layer, entry, sought))
        key = ObjectKey(sought.group, sought.kind, chart.namespace, sought.name)
        printed = next((printed.value for _, _, printed in chart.rendered(chart.unedited).objects(key)), None)
        changes = [change_in(sought.target, change, printed) for change in sought.changes] if printed else []
        made = tuple(change for change in changes if change is not None)
        if printed is None or len(made) < len(sought.changes):
            continue
        place = located(sought.target, sought.path, printed)
        agrees = same(child(printed, *place), child(sought.target, *sought.path))
        edits = partial(_edits, chart, key, sought.target, made)
        yield Spot(layer.folder, len(place), partial(edits, False), agrees=agrees)
        yield Spot(folder, len(place), partial(edits, True), agrees=False)


def _edits(
    chart: KustomizedChart, key: ObjectKey, target: JsonObject, changes: Sequence[Change], own: bool
) -> Iterator[Edit]:
    """The edits of the chart's own files, or those of what states its values."""
    for edit in chart_candidates(chart, key, target, changes):
        if edit.file.startswith(f"{chart.folder}/") is own:
            yield edit


@lru_cache(KEPT)
def _chart(tree: Identity[Tree], layer: str, at: Path, folder: str, namespace: str) -> KustomizedChart:
    """A chart of the layer in a folder, the same one for all differences, so that its templates are followed once."""
    found = layer_of(tree.value, layer)
    assert found is not None, "its entry was read"
    return KustomizedChart(found, at, folder, namespace)


def _namespace(layer: Layer, entry: MaybeJson, sought: Sought) -> str:
    """The namespace of the release; an overlay's is taken over, and stands in what comes out then."""
    stated = text(entry, "namespace") or text(layer.value, "namespace")
    return stated or text(sought.target, "metadata", "namespace") or "default"


@dataclass(frozen=True)
class KustomizedChart:
    """A chart of a layer by its entry's place; `folder` is its own, `namespace` that of its release."""

    layer: Layer
    at: Path
    folder: str
    namespace: str

    @cached_property
    def unedited(self) -> Mapping[str, str]:
        """All files of the tree, those in packed subcharts too."""
        return {**self.layer.tree.files, **self.layer.tree.packed}

    @cached_property
    def _unedited_rendering(self) -> Rendering:
        return self._rendering(self.unedited)

    def rendered(self, files: Mapping[str, str]) -> Rendering:
        """What it renders to with these files; unedited ones only once."""
        return self._unedited_rendering if files is self.unedited else self._rendering(files)

    def place_of(self, file: str) -> tuple[str, str]:
        """Repository and path of a file."""
        return self.layer.tree.repo, file

    def is_vendored(self, file: str) -> bool:
        """Whether a file belongs to a subchart."""
        return file.startswith(f"{self.folder}/charts/")

    def stated(self) -> Iterator[Traced]:
        """The values that are stated, those that count first first."""
        yield from reversed(list(self._layers(self.unedited, self._entry(self.unedited))))
        yield self._file(self.unedited, join(self.folder, VALUES))

    def _entry(self, files: Mapping[str, str]) -> JsonObject:
        return mapping(read_values(files[self.layer.sheet.file]), *self.at)

    def _rendering(self, files: Mapping[str, str]) -> Rendering:
        entry = self._entry(files)
        kubernetes, apis = text(entry, "kubeVersion") or KUBERNETES, tuple(map(str, items(entry, "apiVersions")))
        release = Release(text(entry, "releaseName") or UNNAMED, self.namespace, kubernetes, apis)
        chart = load(files, self.folder, list(self._layers(files, entry)), (), self._above(entry))
        return Rendering(files, replace(chart, fetched=bool(text(entry, "repo"))), release)

    @property
    def _inline(self) -> Stated:
        return Stated(self.layer.sheet.file, (*self.at, INLINE))

    def _above(self, entry: JsonObject) -> Stated | None:
        """Where a value is stated that only the chart's own file states; nowhere where that one counts more."""
        if text(entry, "valuesMerge") == "merge":
            return None
        file = self._path(text(entry, "valuesFile"))
        alone = file and not entry.get(INLINE) and self._is_below(file)
        return Stated(file, ()) if alone else self._inline

    def _layers(self, files: Mapping[str, str], entry: JsonObject) -> Iterator[Traced]:
        """What is stated over the chart's own values, lowest first (replaceValuesInline; AsHelmArgs)."""
        inline = stated_tree(mapping(entry, INLINE), *self._inline)
        named, merge = text(entry, "valuesFile"), text(entry, "valuesMerge")
        both = [self._file(files, self._path(named)), inline] if named else [inline]
        if merge == "merge":
            both = [inline, both[0] if named else self._file(files, join(self.folder, VALUES))]
        yield from [inline] if merge == "replace" and entry.get(INLINE) else both
        for file in items(entry, "additionalValuesFiles"):
            yield self._file(files, self._path(str(file)))

    def _file(self, files: Mapping[str, str], path: str) -> Traced:
        """The values in a file; those of one that is not the layer's own can be stated in the layer as well."""
        found = stated_tree(read_values(files.get(path, "")), path)
        return found if self._is_below(path) else overridable(found, self._inline)

    def _path(self, stated: str) -> str:
        return normpath(join(self.layer.folder, stated)) if stated else ""

    def _is_below(self, path: str) -> bool:
        return path.startswith(f"{self.layer.folder}/" if self.layer.folder else "")
