"""Places in a folder of plain manifests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from whydrift.core.compare.globs import glob_matches
from whydrift.core.model.application import Application, Source
from whydrift.core.model.git_files import Tree
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.remedy import Change, Edit
from whydrift.core.model.values import child, text
from whydrift.core.remedy.places.stated import Stated, edit_of, stated_in
from whydrift.core.remedy.text.lines import first_difference
from whydrift.core.remedy.text.reading import documents
from whydrift.core.remedy.text.splices import Text
from whydrift.core.remedy.text.writing import Style

MANIFESTS = (".yaml", ".yml", ".json")
SKIPPED = "+argocd:skip-file-rendering"
"""A file that says so is left out (reposerver/repository/repository.go :: findManifests)."""


def plain_candidates(
    application: Application, tree: Tree, source: Source, key: ObjectKey, changes: Sequence[Change]
) -> Iterator[Edit]:
    """Edits of the manifest that states an object; of several the last one, which wins.

    Where the whole object shall go, the first of several goes first: nobody misses it. Source: controller/state.go ::
    DeduplicateTargetObjects.
    """
    found = [
        stated
        for file in _files(tree, source)
        for stated in (stated_in(file, tree.files[file]) if key.name in tree.files[file] else ())
        if stated.is_named(key, application.destination_namespace)
    ]
    if len(found) > 1 and not changes[0].path:
        for stated in found:
            for edit in edit_of(tree, stated, changes):
                yield replace(edit, line=_contradicting(edit, stated, found[-1]))
        return
    for stated in reversed(found):
        yield from edit_of(tree, stated, changes)


def _contradicting(edit: Edit, stated: Stated, winner: Stated) -> int:
    """The line of the first thing that a manifest says otherwise than the one that wins."""
    root = documents(edit.before)[stated.document]
    return first_difference(Text(edit.before, Style()), root, stated.path, winner.value)


def _files(tree: Tree, source: Source) -> Iterator[str]:
    """The files that Argo CD reads, in its order (reposerver/repository.go :: getPotentiallyValidManifests)."""
    recurse = child(source.raw, "directory", "recurse") is True
    include, exclude = text(source.raw, "directory", "include"), text(source.raw, "directory", "exclude")
    inside = f"{tree.path}/" if tree.path else ""
    for file in sorted(tree.files, key=lambda name: name.split("/")):
        relative = file.removeprefix(inside)
        if not file.startswith(inside) or not file.endswith(MANIFESTS) or SKIPPED in tree.files[file]:
            continue
        if "/" in relative and not recurse:
            continue
        if not (exclude and glob_matches(exclude, relative)) and (not include or glob_matches(include, relative)):
            yield file
