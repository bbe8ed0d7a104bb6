"""A folder of plain manifests, as Argo CD reads it.

Source: reposerver/repository/repository.go :: findManifests, getPotentiallyValidManifests, getObjsFromYAMLOrJSON.
Jsonnet is a program of the repository, and is not run here.
"""

from __future__ import annotations

from collections.abc import Iterator

from whydrift.adapters.render.checkout import Checkout, NotRendered
from whydrift.adapters.render.manifests import json_manifests, yaml_manifests
from whydrift.core.compare.globs import glob_matches
from whydrift.core.model.values import JsonObject, child, text

YAML, JSON, JSONNET = (".yaml", ".yml"), ".json", ".jsonnet"
SKIPPED = b"+argocd:skip-file-rendering"
RESOURCE = (b"apiVersion:", b"kind:", b"metadata:")
"""What a YAML file that cannot be read must contain to count as a manifest; any other is left out."""


def plain_manifests(checkout: Checkout, path: str, directory: JsonObject) -> list[JsonObject]:
    """The manifests of a folder in the order in which Argo CD reads them; `directory` is `source.directory`."""
    return [manifest for name in _chosen(checkout, path, directory) for manifest in _manifests(checkout, name)]


def _chosen(checkout: Checkout, path: str, directory: JsonObject) -> Iterator[str]:
    recurse = child(directory, "recurse") is True
    include, exclude = text(directory, "include"), text(directory, "exclude")
    for name in checkout.below(path):
        relative = name.removeprefix(f"{path}/") if path else name
        if not name.endswith((*YAML, JSON, JSONNET)) or ("/" in relative and not recurse):
            continue
        if exclude and glob_matches(exclude, relative):
            continue
        if not include or glob_matches(include, relative):
            yield name


def _manifests(checkout: Checkout, name: str) -> tuple[JsonObject, ...]:
    content = checkout.file(name)
    if content is None or SKIPPED in content:
        return ()
    if name.endswith(JSONNET):
        raise NotRendered(f"{name}: Jsonnet is not run here")
    if name.endswith(JSON):
        return json_manifests(content, name)
    try:
        return yaml_manifests(content, name)
    except NotRendered:
        if all(word in content for word in RESOURCE):
            raise
        return ()
