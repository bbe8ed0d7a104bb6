"""What patches state: strategic merges and JSON patches, in files and inline."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from whydrift.core.model.paths import Path, parse_pointer
from whydrift.core.model.remedy import Change
from whydrift.core.model.values import ABSENT, Json, JsonObject, MaybeJson, child, is_object, same, text
from whydrift.core.remedy.places.kustomize.layers import Layer
from whydrift.core.remedy.places.kustomize.sheets import Sheet
from whydrift.core.remedy.places.kustomize.spots import Sought, Spot
from whydrift.core.remedy.places.located import change_in, located
from whydrift.core.remedy.places.stated import as_stated


def patches(layer: Layer, sought: Sought) -> Iterator[Spot]:
    """`patches:` and `patchesStrategicMerge:`, the last one first."""
    for path, entry in layer.list("patches"):
        target = child(entry, "target")
        sheet = _sheet(layer, path, entry)
        if sheet is not None and (target is ABSENT or sought.is_selected(target)):
            yield from _in_sheet(layer, sheet, sought, targeted=target is not ABSENT)
    for path, entry in layer.list("patchesStrategicMerge"):
        file = layer.file(entry) if isinstance(entry, str) and "\n" not in entry else None
        sheet = file or (Sheet(layer.sheet.tree, layer.sheet.file, path) if isinstance(entry, str) else None)
        if sheet is not None:
            yield from _in_sheet(layer, sheet, sought, targeted=False)


def json_patches(layer: Layer, sought: Sought) -> Iterator[Spot]:
    """`patchesJson6902:`, the last one first."""
    for path, entry in layer.list("patchesJson6902"):
        sheet = _sheet(layer, path, entry)
        if sheet is not None and sought.is_selected(child(entry, "target")):
            yield from _in_sheet(layer, sheet, sought, targeted=True)


def _sheet(layer: Layer, path: Path, entry: Json) -> Sheet | None:
    if text(entry, "patch"):
        return Sheet(layer.sheet.tree, layer.sheet.file, (*path, "patch"))
    return layer.file(text(entry, "path")) if text(entry, "path") else None


def _in_sheet(layer: Layer, sheet: Sheet, sought: Sought, targeted: bool) -> Iterator[Spot]:
    values = sheet.values()
    for number in reversed(range(len(values))):
        value = values[number]
        if isinstance(value, list):
            yield from _operations(layer, sheet, number, value, sought)
        elif is_object(value) and (targeted or sought.is_stated(value)):
            for spot in stated_spot(layer, sheet, number, value, sought):
                yield from _nulled(layer, sheet, number, value, sought) if spot.depth == len(sought.path) else ()
                yield spot


def _nulled(layer: Layer, sheet: Sheet, number: int, value: JsonObject, sought: Sought) -> Iterator[Spot]:
    """A strategic merge patch that takes away what it states, and what is stated below it, by null."""
    if all(change.value is ABSENT for change in sought.changes):
        nulls = replace(sought, changes=tuple(Change(change.path, None) for change in sought.changes))
        yield from (replace(spot, nulls=True) for spot in stated_spot(layer, sheet, number, value, nulls))


def stated_spot(
    layer: Layer, sheet: Sheet, number: int, value: JsonObject, sought: Sought, at: Path = ()
) -> Iterator[Spot]:
    """What a manifest or a strategic merge patch states of the object; `at` is its place in the document."""
    changes = [change_in(sought.target, as_stated(value, change), value) for change in sought.changes]
    made = [Change((*at, *change.path), change.value) for change in changes if change is not None]
    if len(made) == len(changes):
        depth = len(located(sought.target, as_stated(value, sought.changes[0]).path, value))
        stated = child(value, *located(sought.target, sought.path, value))
        agrees = same(stated, child(sought.target, *sought.path))
        yield Spot(layer.folder, depth, partial(sheet.edits, number, made), agrees=agrees)


def _operations(layer: Layer, sheet: Sheet, number: int, operations: list[Json], sought: Sought) -> Iterator[Spot]:
    """The operations of a JSON patch (RFC 6902) that write the path or something around it, the last one first."""
    for place in reversed(range(len(operations))):
        operation = operations[place]
        steps = parse_pointer(text(operation, "path"))
        if not steps or not _leads_to(steps, child(operation, "value"), sought):
            continue
        changes = _operation_changes(place, operation, len(steps), sought)
        if changes:
            around, rest = child(sought.target, *sought.path[: len(steps)]), sought.path[len(steps) :]
            stated = located(around, rest, child(operation, "value"))
            agrees = same(child(operation, "value", *stated), child(sought.target, *sought.path))
            edits = partial(sheet.edits, number, changes)
            yield Spot(layer.folder, len(steps) + len(stated), edits, agrees=agrees)


def _leads_to(steps: tuple[str, ...], value: MaybeJson, sought: Sought) -> bool:
    """Whether an operation writes the path or something around it; `-` is the item that it appends."""
    around = sought.path[: len(steps)]
    if len(steps) == len(around) and steps[-1] == "-" and same(child(sought.target, *around), value):
        steps = (*steps[:-1], str(around[-1]))
    return len(steps) == len(around) and all(str(own) == step for own, step in zip(around, steps, strict=True))


def _operation_changes(place: int, operation: Json, depth: int, sought: Sought) -> list[Change]:
    """What must change in one operation; [] where it cannot make what is wanted."""
    found: list[Change] = []
    kind = text(operation, "op")
    around = child(sought.target, *sought.path[:depth])
    for change in sought.changes:
        rest = change.path[depth:]
        if kind == "remove" and not rest and change.value is not ABSENT:
            found += [Change((place, "op"), "add"), Change((place, "value"), change.value)]
        elif kind in ("add", "replace") and not rest:
            found.append(Change((place,) if change.value is ABSENT else (place, "value"), change.value))
        elif kind in ("add", "replace"):
            inner = change_in(around, Change(rest, change.value), child(operation, "value"))
            found += [Change((place, "value", *inner.path), inner.value)] if inner is not None else []
    return found if len(found) >= len(sought.changes) else []
