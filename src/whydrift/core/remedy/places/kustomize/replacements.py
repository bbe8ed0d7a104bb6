"""`replacements:` of a kustomization: a field that is copied out of another object, after all else of its layer.

api/filters/replacement/replacement.go; docs: kubectl.docs.kubernetes.io, kustomization, replacements.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from whydrift.core.model.objects import group_of
from whydrift.core.model.paths import Path
from whydrift.core.model.remedy import Change
from whydrift.core.model.values import ABSENT, Absent, Json, JsonObject, MaybeJson, child, is_object, items, text
from whydrift.core.remedy.places.kustomize.layers import Layer
from whydrift.core.remedy.places.kustomize.spots import Sought, Spot
from whydrift.core.remedy.places.stated import stated_in

STEP = re.compile(r"\[([^=\]]+)=([^\]]*)\]|((?:\\\.|[^.\[])+)")
"""A step of a field path: `[key=value]` selects an item of a list, `\\.` is a dot within a key."""
WHOLE = ("metadata", "name")


@dataclass(frozen=True)
class Part:
    """What a replacement writes of a field: all of it, or a piece between delimiters; `after` is wanted there."""

    before: str
    after: MaybeJson


def copied_from(layer: Layer, sought: Sought) -> Iterator[Spot | Sought]:
    """Where what is copied over the field is stated: in the replacement itself, or in another object."""
    for path, entry in _entries(layer):
        part = _part(entry, sought)
        if part is None or len(sought.changes) > 1 or part.after is ABSENT:
            continue
        source = child(entry, "source")
        if path and text(entry, "sourceValue"):
            stated = [Change((*path, "sourceValue"), part.after)]
            yield Spot(layer.folder, len(sought.path), partial(layer.sheet.edits, 0, stated))
        elif is_object(source) and child(source, "options") is ABSENT:
            yield from _object(layer, source, part, sought)


def is_copied(layer: Layer, sought: Sought) -> bool:
    """Whether a replacement writes over what is to be changed: what is stated below it is of no use then."""
    return any(_part(entry, sought) is not None for _, entry in _entries(layer))


def _part(entry: Json, sought: Sought) -> Part | None:
    """What a replacement writes of the field; None where it leaves alone what is to be changed."""
    parts = (_written(target, sought) for target in items(entry, "targets") if _writes(target, sought))
    return next((part for part in parts if part is not None), None)


def _written(target: Json, sought: Sought) -> Part | None:
    """What one target gets of what is copied: with a delimiter the piece at its index, and nothing else.

    A change that is not of that piece alone has no place here: then nothing is wanted of the replacement.
    """
    whole, after = text(sought.target, *sought.path), sought.changes[0].value
    delimiter, index = text(target, "options", "delimiter"), child(target, "options", "index")
    if not delimiter:
        return Part(whole, after)
    old, new = whole.split(delimiter), after.split(delimiter) if isinstance(after, str) else []
    place = 0 if not isinstance(index, int) else index
    if len(old) != len(new) or not 0 <= place < len(old):
        return Part(whole, ABSENT)
    others = [at for at in range(len(old)) if old[at] != new[at] and at != place]
    if old[place] == new[place]:
        return None
    return Part(old[place], ABSENT if others else new[place])


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
    """Whether a target of a replacement is the field, or a piece of it."""
    return sought.is_selected(child(target, "select")) and any(
        _leads_to(str(path), sought) for path in items(target, "fieldPaths")
    )


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


def _object(layer: Layer, source: JsonObject, part: Part, sought: Sought) -> Iterator[Sought]:
    """The object that a replacement copies from, with the change that makes it copy what is wanted."""
    steps = [match.groups() for match in STEP.finditer(text(source, "fieldPath"))]
    path = tuple(name.replace("\\.", ".") for _, _, name in steps if name) or WHOLE
    if path == WHOLE or len(path) < len(steps):
        return
    target: Json = part.before
    for step in reversed(path):
        target = {step: target}
    kind, name = text(source, "kind"), text(source, "name")
    group = text(source, "group") or _group(layer, kind, name)
    if is_object(target):
        yield Sought(group, kind, name, target, (Change(path, part.after),))


def _group(layer: Layer, kind: str, name: str) -> str:
    """The group of a kind by the manifest that states the object; that of ConfigMaps where none does."""
    for file, content in layer.tree.files.items():
        for stated in stated_in(file, content) if name in content else ():
            if (text(stated.value, "kind"), text(stated.value, "metadata", "name")) == (kind, name):
                return group_of(text(stated.value, "apiVersion"))
    return ""
