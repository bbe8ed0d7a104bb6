"""What an overlay may say anew about an object that it has from a base, where the base is not its own to change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from whydrift.core.model.paths import Path, pointer
from whydrift.core.model.remedy import Change, Edit
from whydrift.core.model.values import ABSENT, Json, JsonObject, MaybeJson, child, items, text
from whydrift.core.remedy.places.kustomize.generators import GENERATORS
from whydrift.core.remedy.places.kustomize.images import image_entry, image_of, is_image
from whydrift.core.remedy.places.kustomize.layers import FOLDERS, Layer
from whydrift.core.remedy.places.kustomize.spots import Sought, all_at
from whydrift.core.remedy.places.kustomize.transformers import SCALED
from whydrift.core.remedy.text.lines import line_of
from whydrift.core.remedy.text.reading import documents
from whydrift.core.remedy.text.splices import Text
from whydrift.core.remedy.text.writing import Style, block_lines


def new_transformers(overlay: Layer, sought: Sought) -> Iterator[Edit]:
    """A new entry of `images:` or `replicas:`, where that is what changes."""
    value = sought.changes[0].value
    old = text(sought.target, *sought.path)
    if all_at(sought.changes, is_image) and old and isinstance(value, str):
        yield from _appended(overlay, "images", image_entry(image_of(old), image_of(value)))
    elif sought.path == ("spec", "replicas") and sought.kind in SCALED and isinstance(value, int):
        yield from _appended(overlay, "replicas", {"name": sought.name, "count": value})


def new_merge(overlay: Layer, sought: Sought) -> Iterator[Edit]:
    """A new entry of a generator that merges into what the base generates."""
    key, value = sought.path[-1], sought.changes[0].value
    if len(sought.changes) == 1 and isinstance(value, str) and "\n" not in value:
        literals: list[Json] = [f"{key}={value}"]
        entry: JsonObject = {"name": sought.name, "behavior": "merge", "literals": literals}
        yield from _appended(overlay, GENERATORS[sought.kind], entry)


def new_patch(overlay: Layer, sought: Sought) -> Iterator[Edit]:
    """A new patch that stands in the overlay itself."""
    operations = [_operation(sought.target, change.path, change.value) for change in sought.changes]
    if isinstance(ended := operations[-1].get("value"), str) and ended.endswith("\n"):
        # kustomize cuts white space off the end of a patch: the end of a text must not be the end of it
        operations[-1] = {"op": operations[-1]["op"], "value": ended, "path": operations[-1]["path"]}
    written = "\n".join(block_lines(list[Json](operations), Style())) + "\n"
    target: JsonObject = {"kind": sought.kind, "name": sought.name}
    yield from _appended(overlay, "patches", {"target": target, "patch": written})


def _operation(target: JsonObject, path: Path, value: MaybeJson) -> JsonObject:
    """One operation of a JSON patch (RFC 6902); what lacks on the way to a new value is made with it."""
    if value is ABSENT:
        return {"op": "remove", "path": pointer(path)}
    if child(target, *path) is not ABSENT:
        return {"op": "replace", "path": pointer(path), "value": value}
    there = next(n for n in range(len(path) - 1, -1, -1) if child(target, *path[:n]) is not ABSENT)
    made: Json = value
    for step in reversed(path[there + 1 :]):
        made = [made] if isinstance(step, int) else {step: made}
    last = "-" if isinstance(path[there], int) else path[there]
    return {"op": "add", "path": pointer((*path[:there], last)), "value": made}


def _appended(overlay: Layer, name: str, entry: JsonObject) -> Iterator[Edit]:
    """The edit that appends an entry; a list that is new acts on what the overlay is built on: that is its line."""
    place = len(items(overlay.value, name))
    for edit in overlay.sheet.edits(0, [Change((*overlay.at, name, place), entry)]):
        around = next((key for key in FOLDERS if items(overlay.value, key)), None)
        if child(overlay.value, name) is ABSENT and around is not None:
            line = line_of(Text(edit.before, Style()), documents(edit.before)[0], (*overlay.at, around))
            yield replace(edit, line=line)
        else:
            yield edit
