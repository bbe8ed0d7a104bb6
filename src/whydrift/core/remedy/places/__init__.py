"""Where in git (or in the Application) an edit makes the wanted changes: candidates, the best first.

Its border: it reads files and writes none; whether a candidate works is proven by rendering it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from posixpath import join, normpath

from whydrift.core.model.application import Application
from whydrift.core.model.git_files import GitFiles, Tree
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.remedy import Change, Edit
from whydrift.core.model.sources import source_type
from whydrift.core.model.values import JsonObject
from whydrift.core.remedy.places.helm import helm_candidates
from whydrift.core.remedy.places.kustomize import kustomize_candidates
from whydrift.core.remedy.places.kustomize.layers import layer_of
from whydrift.core.remedy.places.plain import plain_candidates


def candidates(
    application: Application, git: GitFiles, key: ObjectKey, target: JsonObject, changes: Sequence[Change]
) -> Iterator[Edit]:
    """Edits that may make changes in git's object, best first, each made only when it is asked for.

    Of several sources the last one wins (controller/state.go), so that it is looked at first.
    """
    for place in reversed(range(len(application.sources) if changes else 0)):
        tree = git.trees[place] if place < len(git.trees) else Tree()
        match source_type(application, place) or _type_of(tree):
            case "directory":
                yield from plain_candidates(application, tree, application.sources[place], key, changes)
            case "kustomize":
                yield from kustomize_candidates(application, place, tree, key, target, changes)
            case "helm" | "chart" | "oci":
                yield from helm_candidates(application, git, place, key, target, changes)
            case _:
                pass


def _type_of(tree: Tree) -> str:
    """What Argo CD takes a folder for that it did not render yet (reposerver, util/app/discovery/discovery.go)."""
    if normpath(join(tree.path, "Chart.yaml")) in tree.files:
        return "helm"
    return "kustomize" if layer_of(tree, tree.path) is not None else "directory" if tree.files else ""
