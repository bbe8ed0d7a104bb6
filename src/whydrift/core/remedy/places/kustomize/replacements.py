"""`replacements:` of a kustomization: a field that is copied out of another object, after all else of its layer.

api/filters/replacement/replacement.go; docs: kubectl.docs.kubernetes.io, kustomization, replacements.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from whydrift.core.model.objects import group_of
from whydrift.core.model.paths import Path
from whydrift.core.model.remedy import Change
from whydrift.core.model.values import ABSENT, Absent, Json, JsonObject, child, is_object, items, text
from whydrift.core.remedy.places.kustomize.layers import Layer
from whydrift.core.remedy.places.kustomize.spots import Sought, Spot
from whydrift.core.remedy.places.stated import stated_in

STEP = re.compile(r"\[([^=\]]+)=([^\]]*)\]|((?:\\\.|[^.\[])+)")
"""A step of a field path: `[key=value]` selects an item of a list, `\\.` is a dot within a key."""
WHOLE = ("metadata", "name")


def copied_from(layer: Layer, sought: Sought) -> Iterator[Spot | Sought]:
    """Where what is copied over the whole field is stated: in the replacement itself, or in another object."""
    change = sought.changes[0]
    for path, entry in _entries(layer):
        writes = any(_writes(target, sought) for target in items(entry, "targets"))
        if not writes or len(sought.changes) > 1 or change.value is ABSENT:
            continue
        source = child(entry, "source")
        if path and text(entry, "sourceValue"):
            stated = [Change((*path, "sourceValue"), change.value)]
            yield Spot(layer.folder, len(sought.path), partial(layer.sheet.edits, 0, stated))
        elif is_object(source) and child(source, "options") is ABSENT:
            yield from _object(layer, source, sought)


def _entries(layer: Layer) -> Iterator[tuple[Path, Json]]:
    """Replacements, the last one first, those of files without a path in the layer."""
    for path, entry in layer.list("replacements"):
        sheet = layer.file(text(entry, "path")) if text(entry, "path") else None
        for value in sheet.values() if sheet is not None else ():
            stated = reversed(value) if isinstance(value, list) else [value]
            yield from (((), each) for each in stated if not isinstance(each, Absent))
        if sheet is None:
            yield path, entry


def _writes(target: Json, sought: Sought) -> bool:
    """Whether a target of a replacement is the whole of the field."""
    if not sought.is_selected(child(target, "select")) or text(target, "options", "delimiter"):
        return False
    return any(_leads_to(str(path), sought) for path in items(target, "fieldPaths"))


def _leads_to(written: str, sought: Sought) -> bool:
    """Whether a field path leads to the path that is sought."""
    steps = [match.groups() for match in STEP.finditer(written)]
    if len(steps) != len(sought.path):
        return False
    for place, (key, value, name) in enumerate(steps):
        own = sought.path[place]
        if key is not None and text(sought.target, *sought.path[: place + 1], key) != value:
            return False
        if key is None and name != "*" and name.replace("\\.", ".") != str(own):
            return False
    return True


def _object(layer: Layer, source: JsonObject, sought: Sought) -> Iterator[Sought]:
    """The object that a replacement copies from, with the change that makes it copy what is wanted."""
    steps = [match.groups() for match in STEP.finditer(text(source, "fieldPath"))]
    path = tuple(name.replace("\\.", ".") for _, _, name in steps if name) or WHOLE
    if path == WHOLE or len(path) < len(steps):
        return
    target: Json = text(sought.target, *sought.path)
    for step in reversed(path):
        target = {step: target}
    kind, name = text(source, "kind"), text(source, "name")
    group = text(source, "group") or _group(layer, kind, name)
    if is_object(target):
        yield Sought(group, kind, name, target, (Change(path, sought.changes[0].value),))


def _group(layer: Layer, kind: str, name: str) -> str:
    """The group of a kind by the manifest that states the object; that of ConfigMaps where none does."""
    for file, content in layer.tree.files.items():
        for stated in stated_in(file, content) if name in content else ():
            if (text(stated.value, "kind"), text(stated.value, "metadata", "name")) == (kind, name):
                return group_of(text(stated.value, "apiVersion"))
    return ""
