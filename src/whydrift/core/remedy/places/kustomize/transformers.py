"""What transformers of a kustomization state: images, replicas, labels and annotations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from whydrift.core.model.paths import Path
from whydrift.core.model.remedy import Change
from whydrift.core.model.values import ABSENT, MaybeJson, child, is_object, mapping, same, text
from whydrift.core.remedy.places.kustomize.images import image_changes, image_of, is_image
from whydrift.core.remedy.places.kustomize.layers import Layer
from whydrift.core.remedy.places.kustomize.spots import Sought, Spot, all_at

SCALED = frozenset({"Deployment", "ReplicaSet", "ReplicationController", "StatefulSet"})
"""Kinds whose replicas the transformer sets (api/internal/konfig/builtinpluginconsts/replicas.go)."""


def image_entries(layer: Layer, sought: Sought) -> Iterator[Spot]:
    """`images:`: the entry that makes the image what it is."""
    if not all_at(sought.changes, is_image):
        return
    old, new = text(sought.target, *sought.path), sought.changes[0].value
    if not old or not isinstance(new, str):
        return
    for path, entry in layer.list("images"):
        changes = image_changes(path, entry, image_of(old), image_of(new))
        if changes:
            yield Spot(layer.folder, len(sought.path), partial(layer.sheet.edits, 0, changes))


def counts(layer: Layer, sought: Sought) -> Iterator[Spot]:
    """`replicas:`: the count of an object by name."""
    if sought.path != ("spec", "replicas") or sought.kind not in SCALED:
        return
    for path, entry in layer.list("replicas"):
        if text(entry, "name") in sought.names:
            value = sought.changes[0].value
            change = Change(path, ABSENT) if value is ABSENT else Change((*path, "count"), value)
            agrees = same(child(entry, "count"), child(sought.target, *sought.path))
            yield Spot(layer.folder, len(sought.path), partial(layer.sheet.edits, 0, [change]), agrees=agrees)


def common_annotations(layer: Layer, sought: Sought) -> Iterator[Spot]:
    """`commonAnnotations:`."""
    if sought.path[-3:-1] == ("metadata", "annotations"):
        yield from _pairs(layer, sought, (*layer.at, "commonAnnotations"), mapping(layer.value, "commonAnnotations"))


def common_labels(layer: Layer, sought: Sought) -> Iterator[Spot]:
    """`labels:` and `commonLabels:`; which labels an entry sets depends on what it includes."""
    for path, entry in layer.list("labels"):
        if _is_label(sought.path, child(entry, "includeTemplates"), child(entry, "includeSelectors")):
            yield from _pairs(layer, sought, (*path, "pairs"), child(entry, "pairs"))
    if _is_label(sought.path, True, True):
        pairs = _pairs(layer, sought, (*layer.at, "commonLabels"), child(layer.value, "commonLabels"))
        yield from (replace(spot, risky=_selects(sought)) for spot in pairs)


def _selects(sought: Sought) -> bool:
    """Whether the object selects pods by the label that is changed: most kinds refuse another selector."""
    selector = mapping(sought.target, "spec", "selector")
    return any(sought.path[-1] in part for part in (selector, mapping(selector, "matchLabels")))


def _is_label(path: Path, templates: MaybeJson, selectors: MaybeJson) -> bool:
    parents = path[:-1]
    if parents == ("metadata", "labels"):
        return True
    if parents[-2:] == ("metadata", "labels"):
        return templates is True or selectors is True
    return selectors is True and (parents[-1:] == ("matchLabels",) or parents == ("spec", "selector"))


def _pairs(layer: Layer, sought: Sought, path: Path, stated: MaybeJson) -> Iterator[Spot]:
    """A map whose entries all objects get: the entry of that key, if it is the reason for what target says."""
    key = sought.path[-1]
    if (
        not is_object(stated)
        or child(stated, key) is ABSENT
        or child(stated, key) != child(sought.target, *sought.path)
    ):
        return
    changes = [Change((*path, change.path[-1]), change.value) for change in sought.changes]
    yield Spot(layer.folder, len(sought.path), partial(layer.sheet.edits, 0, changes))
