"""Places in a kustomization: what is applied last wins, and what others share is changed last.

Transformers act in a fixed order (api/internal/target/kusttarget_configplugin.go), each on what the layers below made.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from whydrift.core.model.application import Application
from whydrift.core.model.git_files import Tree
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.remedy import Change, Edit
from whydrift.core.model.values import JsonObject
from whydrift.core.remedy.places.kustomize.additions import new_merge, new_patch, new_transformers
from whydrift.core.remedy.places.kustomize.layers import layer_of, options_of, shared_folders
from whydrift.core.remedy.places.kustomize.replacements import is_copied
from whydrift.core.remedy.places.kustomize.spots import Sought, Spot
from whydrift.core.remedy.places.kustomize.walk import below_names, spots_of


def kustomize_candidates(
    application: Application, place: int, tree: Tree, key: ObjectKey, target: JsonObject, changes: Sequence[Change]
) -> Iterator[Edit]:
    """Edits of the layers that state a field, best first; of a layer that others share only after new ones above it."""
    overlay = layer_of(tree, tree.path)
    if overlay is None:
        return
    layers = (options_of(application, place, tree), overlay)
    sought = Sought(key.group, key.kind, key.name, target, tuple(changes))
    spots = _ordered(list(spots_of(layers, sought)), len(sought.path))
    if not spots and any(is_copied(layer, sought) for layer in layers):
        return  # what a layer would state anew is written over as well
    shared = shared_folders(tree)
    own = [spot for spot in spots if spot.folder not in shared]
    inner = below_names(layers, sought)
    generated = any(spot.generated for spot in spots)
    anew = new_merge(overlay, inner) if generated else new_patch(overlay, inner)
    if spots and spots[0] in own and not spots[0].risky:
        yield from _edits(own)
        yield from chain(new_transformers(overlay, inner), anew)
    else:
        yield from new_transformers(overlay, inner)
        yield from _edits([spot for spot in own if not spot.risky and spot.depth < len(sought.path)])
        yield from anew
        yield from _edits([spot for spot in own if spot.risky or spot.depth >= len(sought.path)])
    yield from _edits([spot for spot in spots if spot.folder in shared])


def _ordered(spots: list[Spot], depth: int) -> list[Spot]:
    """What states the whole path, the last applied first; then what states most of it, the first applied first."""
    whole = sorted((spot for spot in spots if spot.depth >= depth), key=lambda spot: not spot.agrees)
    if sum(not spot.nulls for spot in whole) == 1:  # nothing below states it: to drop it is enough
        whole = [spot for spot in whole if not spot.nulls]
    parts = [spot for spot in reversed(spots) if spot.depth < depth]
    return whole + sorted(parts, key=lambda spot: -spot.depth)


def _edits(spots: Sequence[Spot]) -> Iterator[Edit]:
    for spot in spots:
        yield from spot.edits()
