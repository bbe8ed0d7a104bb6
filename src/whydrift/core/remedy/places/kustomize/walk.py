"""From the overlay down to the bases: every statement of a field, the last applied first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product
from posixpath import join, normpath

from whydrift.core.model.values import text
from whydrift.core.remedy.places.kustomize.charts import chart_values
from whydrift.core.remedy.places.kustomize.generators import generators
from whydrift.core.remedy.places.kustomize.layers import Layer, layer_of
from whydrift.core.remedy.places.kustomize.patches import json_patches, patches, stated_spot
from whydrift.core.remedy.places.kustomize.replacements import copied_from, is_copied
from whydrift.core.remedy.places.kustomize.sheets import Sheet
from whydrift.core.remedy.places.kustomize.spots import HASHED, Sought, Spot
from whydrift.core.remedy.places.kustomize.transformers import common_annotations, common_labels, counts, image_entries
from whydrift.core.remedy.places.stated import stated_in

AFTER_NAMES = (image_entries, counts, json_patches, common_annotations, common_labels)
"""What is applied after names got their prefix, the last one first."""
BEFORE_NAMES = (patches, generators, chart_values)
DEEPEST = 20
"""So many layers are followed; kustomize refuses cycles, and a reader must not follow one."""


def spots_of(layers: Sequence[Layer], sought: Sought, depth: int = 0) -> Iterator[Spot]:
    """The statements of a field in layers that act as one kustomization, and in those that the last one is built on."""
    if depth > DEEPEST:
        return
    inner = below_names(layers, sought)
    first = replace(inner, others=frozenset(_names_below(layers, inner, depth)))
    known = replace(sought, others=first.names)
    copied = [spot for layer in layers for spot in _copied(layer, known, depth)]
    if copied or any(is_copied(layer, known) for layer in layers):  # a replacement writes over whatever else states it
        yield from copied
        return
    for transformer, layer in product(AFTER_NAMES, layers):
        yield from transformer(layer, known)
    for transformer, layer in product(BEFORE_NAMES, layers):
        yield from transformer(layer, first)
    for layer, entry in _entries(layers):
        yield from _built_on(layer, entry, inner, depth)


def _copied(layer: Layer, sought: Sought, depth: int) -> Iterator[Spot]:
    """The statements of what a replacement of the layer copies over the field."""
    for source in copied_from(layer, sought):
        if isinstance(source, Spot):
            yield source
            continue
        for spot in spots_of((layer,), source, depth + 1):
            if spot.depth >= len(source.path):
                yield replace(spot, depth=len(sought.path))


def _entries(layers: Sequence[Layer]) -> Iterator[tuple[Layer, str]]:
    """What layers are built on, the last one first: components are applied to what resources state."""
    for layer, name in (*((layer, "components") for layer in layers), (layers[-1], "resources"), (layers[-1], "bases")):
        for _, entry in layer.list(name):
            yield layer, str(entry)


def _names_below(layers: Sequence[Layer], sought: Sought, depth: int) -> Iterator[str]:
    """The names that the object had before: patches and counts may select it by those, too (measured, 5.8.1)."""
    for layer, entry in _entries(layers) if depth <= DEEPEST else ():
        below = layer_of(layer.tree, normpath(join(layer.folder, entry)))
        if below is not None:
            inner = below_names((below,), sought)
            yield inner.name
            yield from _names_below((below,), inner, depth + 1)


def _built_on(layer: Layer, entry: str, sought: Sought, depth: int) -> Iterator[Spot]:
    """What a file of resources or another kustomization states."""
    sheet = layer.file(entry)
    below = layer_of(layer.tree, normpath(join(layer.folder, entry))) if sheet is None else None
    if sheet is not None:
        yield from _resources(layer, sheet, sought)
    elif below is not None:
        yield from spots_of((below,), sought, depth + 1)


def below_names(layers: Sequence[Layer], sought: Sought) -> Sought:
    """The object by the name that it has below the prefixes of some layers; an Application's prefix replaces git's."""
    prefix, suffix = (
        next((found for layer in layers if (found := text(layer.value, name))), "")
        for name in ("namePrefix", "nameSuffix")
    )
    return sought.below(prefix, suffix)


def _resources(layer: Layer, sheet: Sheet, sought: Sought) -> Iterator[Spot]:
    named = sought.kind in HASHED or sought.name in sheet.content
    for stated in reversed(list(stated_in(sheet.file, sheet.content)) if named else []):
        if sought.is_stated(stated.value):
            yield from stated_spot(layer, sheet, stated.document, stated.value, sought, stated.path)
