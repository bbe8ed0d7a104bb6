"""Where in git (or in the Application) an edit makes the wanted changes: candidates, the best first.

Its border: it reads files and writes none; whether a candidate works is proven by rendering it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from whydrift.core.model.application import Application, Source
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.remedy import Change, Edit
from whydrift.core.model.sources import source_type
from whydrift.core.model.trouble import GitFiles, Tree
from whydrift.core.model.values import JsonObject
from whydrift.core.remedy.places.kustomize import kustomize_candidates
from whydrift.core.remedy.places.plain import plain_candidates


def candidates(
    application: Application, git: GitFiles, key: ObjectKey, target: JsonObject, changes: Sequence[Change]
) -> Iterator[Edit]:
    """Edits that may make changes in git's object, best first, each made only when it is asked for.

    Of several sources the last one wins (controller/state.go), so that it is looked at first.
    """
    if not changes:
        return
    for place in reversed(range(len(application.sources))):
        tree = git.trees[place] if place < len(git.trees) else Tree()
        yield from _candidates(application, place, tree, key, target, changes)


def _candidates(
    application: Application, place: int, tree: Tree, key: ObjectKey, target: JsonObject, changes: Sequence[Change]
) -> Iterator[Edit]:
    source: Source = application.sources[place]
    match source_type(application, place):
        case "directory":
            yield from plain_candidates(application, tree, source, key, changes)
        case "kustomize":
            yield from kustomize_candidates(application, place, tree, key, target, changes)
        case _:
            return
