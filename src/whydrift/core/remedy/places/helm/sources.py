"""A Helm source of an Application: its files and settings, and what they render to, now or edited."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from whydrift.core.model.application import Application
from whydrift.core.model.git_files import GitFiles, Tree
from whydrift.core.model.paths import Path
from whydrift.core.model.remedy import APPLICATION
from whydrift.core.model.values import JsonObject, items, mapping, text
from whydrift.core.remedy.places.application import application_text
from whydrift.core.remedy.places.helm.charts import VALUES, Chart, inside, load
from whydrift.core.remedy.places.helm.layers import (
    EMPTY,
    Own,
    own_layer,
    parameters,
    read_values,
    stated_tree,
    value_files,
    with_parameter,
)
from whydrift.core.remedy.places.helm.rendering import KUBERNETES, Release, Rendering
from whydrift.core.remedy.places.helm.traced import Stated, Traced


class ChartSource(Protocol):
    """A chart with all that it is rendered from: of a Helm source, or one that a kustomization renders."""

    @property
    def unedited(self) -> Mapping[str, str]:
        """All files by name, as they are before any edit."""

    def rendered(self, files: Mapping[str, str]) -> Rendering:
        """What it renders to with these files; unedited ones only once."""

    def stated(self) -> Iterator[Traced]:
        """The values that are stated, those that count first first."""

    def place_of(self, file: str) -> tuple[str, str]:
        """Repository and path of a key of the files."""

    def is_vendored(self, file: str) -> bool:
        """Whether a file belongs to a subchart."""


@dataclass(frozen=True)
class HelmSource:
    """One source, by its place among the Application's. Files of a source that is referred to are `$ref/path`."""

    application: Application
    git: GitFiles
    place: int

    @cached_property
    def tree(self) -> Tree:
        """The files that the source itself names."""
        return self.git.trees[self.place] if self.place < len(self.git.trees) else Tree()

    @cached_property
    def _referred(self) -> dict[str, Tree]:
        named = zip(self.application.sources, self.git.trees, strict=False)
        return {f"${source.ref}/": tree for source, tree in named if source.ref}

    @cached_property
    def files(self) -> dict[str, str]:
        """All files: those of the own tree by path, those of others as `$ref/path`."""
        others = {f"{ref}{path}": text for ref, tree in self._referred.items() for path, text in tree.files.items()}
        return {**self.tree.files, **self.tree.packed, **others}

    @cached_property
    def unedited(self) -> dict[str, str]:
        """The files with the Application itself among them, as they are before any edit."""
        return {**self.files, APPLICATION: application_text(self.application)}

    @cached_property
    def _unedited_rendering(self) -> Rendering:
        return self._rendering(self.unedited)

    def rendered(self, files: Mapping[str, str]) -> Rendering:
        """What it renders to with these files, the Application's settings among them; unedited ones only once."""
        return self._unedited_rendering if files is self.unedited else self._rendering(files)

    def _rendering(self, files: Mapping[str, str]) -> Rendering:
        return self.rendering(files, mapping(read_values(files[APPLICATION]), *self.pointer, "helm"))

    def place_of(self, file: str) -> tuple[str, str]:
        """Repository and path of a key of `files`."""
        for ref, tree in self._referred.items():
            if file.startswith(ref):
                return tree.repo, file.removeprefix(ref)
        return self.tree.repo, file

    def is_vendored(self, file: str) -> bool:
        """Whether a file belongs to a subchart."""
        return "/charts/" in f"/{file.removeprefix(self.tree.path)}"

    @cached_property
    def pointer(self) -> Path:
        """Where the source stands in the Application."""
        several = items(self.application.raw, "spec", "sources")
        return ("spec", "sources", self.place) if several else ("spec", "source")

    @cached_property
    def settings(self) -> JsonObject:
        """`helm` of the source."""
        return mapping(self.application.sources[self.place].raw, "helm")

    def rendering(self, files: Mapping[str, str] | None = None, settings: JsonObject | None = None) -> Rendering:
        """What it renders to, with other files or settings if they are given."""
        given = self.files if files is None else files
        helm = self.settings if settings is None else settings
        release = Release(
            text(helm, "releaseName") or self.application.name,
            text(helm, "namespace") or self.application.destination_namespace,
            text(helm, "kubeVersion") or KUBERNETES,
            tuple(str(api) for api in items(helm, "apiVersions")),
        )
        return Rendering(given, self._chart(given, helm), release)

    @cached_property
    def own(self) -> Own:
        """Where the Application states its settings, and what stands for what in them."""
        source = self.application.sources[self.place]
        environment = {
            "ARGOCD_APP_NAME": self.application.name,
            "ARGOCD_APP_NAMESPACE": self.application.destination_namespace,
            "ARGOCD_APP_PROJECT_NAME": self.application.project,
            "ARGOCD_APP_REVISION": self.tree.revision,
            "ARGOCD_APP_REVISION_SHORT": self.tree.revision[:7],
            "ARGOCD_APP_REVISION_SHORT_8": self.tree.revision[:8],
            "ARGOCD_APP_SOURCE_PATH": source.path,
            "ARGOCD_APP_SOURCE_REPO_URL": source.repo,
            "ARGOCD_APP_SOURCE_TARGET_REVISION": source.target_revision,
        }
        return Own(APPLICATION, (*self.pointer, "helm"), self.tree.path, tuple(self._referred), environment)

    def _chart(self, files: Mapping[str, str], helm: JsonObject) -> Chart:
        named = value_files(helm, self.own, files)
        above = Stated(named[-1], ()) if named and self._is_shared(named) else None
        return load(files, self.tree.path, self._layers(files, helm), parameters(helm, self.own, files), above)

    def _layers(self, files: Mapping[str, str], helm: JsonObject) -> list[Traced]:
        layers = [stated_tree(read_values(files[file]), file) for file in value_files(helm, self.own, files)]
        return [*layers, *own_layer(helm, self.own, bare=not self.tree.files)]

    def stated(self) -> Iterator[Traced]:
        """What this application states, the chart's own values last: what counts first comes first."""
        set_last = EMPTY
        for steps, value in parameters(self.settings, self.own, self.files):
            set_last = with_parameter(set_last, steps, value)
        yield set_last
        yield from reversed(self._layers(self.files, self.settings))
        file = inside(self.tree.path, VALUES)
        if file in self.files:
            yield stated_tree(read_values(self.files[file]), file)

    def _is_shared(self, named: list[str]) -> bool:
        """Whether others seem to render the chart as well: value files beside those that this application names."""
        own = inside(self.tree.path, "")
        if named[-1] == f"{own}values.yaml":
            return False
        folder = named[-1].rpartition("/")[0]
        beside = {path for path in self.files if path.rpartition("/")[0] == folder and path.endswith((".yaml", ".yml"))}
        others = {path for path in beside - {*named, f"{own}values.yaml"} if "values" in path.rpartition("/")[2]}
        return bool(others) or not named[-1].startswith(own)


def helm_source(application: Application, git: GitFiles, place: int) -> HelmSource:
    """A source of an application; the same one for all of its differences, so that its charts are followed once."""
    known = git.memo.get(("helm", place))
    if isinstance(known, HelmSource) and known.application is application:
        return known
    source = HelmSource(application, git, place)
    git.memo["helm", place] = source
    return source
