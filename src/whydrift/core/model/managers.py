"""Who wrote which field of an object, as its `metadata.managedFields` tell it.

Only what the server wrote down is known: who removed a field is not, and `scale` entries carry no time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from whydrift.core.model.fieldsets import (
    EMPTY,
    FieldSet,
    PathElement,
    field_element,
    index_element,
    key_fields,
    value_element,
)
from whydrift.core.model.paths import Path
from whydrift.core.model.values import ABSENT, Json, JsonObject, MaybeJson, child, is_empty, items, same, text


@dataclass(frozen=True)
class Entry:
    """One manager's part: everything that it wrote with one operation, in one API version, through one subresource."""

    manager: str
    operation: str
    """Apply (server-side apply) or Update (every other way of writing)."""
    subresource: str
    api_version: str
    time: str | None
    """When it last wrote, RFC 3339; None for `scale`."""
    fields_v1: Json = field(repr=False, compare=False)
    fields_type: str = field(default="FieldsV1", repr=False)

    @cached_property
    def fields(self) -> FieldSet:
        """The fields that it owns; raises ValueError when they cannot be read."""
        return FieldSet.parse(self.fields_v1)


@dataclass(frozen=True)
class ManagedFields:
    """The entries of one object, in the server's order."""

    entries: tuple[Entry, ...] = ()

    @staticmethod
    def parse(obj: JsonObject) -> ManagedFields:
        """The managed fields of an object; empty for one that carries none."""
        raw = items(obj, "metadata", "managedFields")
        return ManagedFields(tuple(_entry(item) for item in raw if isinstance(item, dict)))

    def owners(self, path: Path, obj: JsonObject) -> tuple[Entry, ...]:
        """The entries that own this path of `obj`: by name, by an atomic parent, or by owning every value below it.

        A parent that one entry holds as a leaf while another names the place itself is not atomic: its holder lost what
        stood below it (the server keeps the emptied parent in the set).
        """
        owning = tuple(entry for entry in self.entries if _owns(entry.fields, path, obj))
        naming = tuple(entry for entry in owning if _find(entry.fields, path, obj).depth == len(path))
        return naming or owning

    def holders(self, path: Path, obj: JsonObject) -> tuple[Entry, ...]:
        """The entries that hold this path of `obj` as one value, with everything that it holds."""
        places = ((entry, _find(entry.fields, path, obj)) for entry in self.entries)
        return tuple(entry for entry, place in places if place.owned and not place.below)

    def owners_within(self, path: Path, obj: JsonObject) -> tuple[Entry, ...]:
        """The entries that own this path of `obj` or anything that lies below it."""
        return tuple(entry for entry in self.entries if _touches(entry.fields, path, obj))


def owned_paths(entry: Entry, obj: JsonObject) -> set[Path]:
    """The leaves of `obj` (scalars, empty lists and maps) that an entry owns."""
    return set(_owned(entry.fields, obj, ()))


def _entry(raw: JsonObject) -> Entry:
    return Entry(
        manager=text(raw, "manager"),
        operation=text(raw, "operation"),
        subresource=text(raw, "subresource"),
        api_version=text(raw, "apiVersion"),
        time=text(raw, "time") or None,
        fields_v1=raw.get("fieldsV1"),
        fields_type=text(raw, "fieldsType"),
    )


@dataclass(frozen=True)
class _Place:
    """Where a path ends in a field set: whether it, or an atomic ancestor, is owned; how deep; what lies below."""

    owned: bool
    depth: int
    below: FieldSet
    value: MaybeJson


def _find(fields: FieldSet, path: Path, obj: JsonObject) -> _Place:
    here: MaybeJson = obj
    owned = False
    for depth, step in enumerate(path, start=1):
        element = _element(fields, step, here)
        here = child(here, step)
        owned = element is not None and element in fields.members
        fields = fields.children.get(element, EMPTY) if element is not None else EMPTY
        if owned and not fields:
            return _Place(True, depth, EMPTY, here)
    return _Place(owned, len(path), fields, here)


def _owns(fields: FieldSet, path: Path, obj: JsonObject) -> bool:
    place = _find(fields, path, obj)
    if place.owned:
        return True
    if not place.below or place.value is ABSENT:
        return False
    return set(leaves(place.value, path)) == set(_owned(place.below, place.value, path))


def _touches(fields: FieldSet, path: Path, obj: JsonObject) -> bool:
    place = _find(fields, path, obj)
    return place.owned or bool(place.below)


def _element(fields: FieldSet, step: str | int, parent: MaybeJson) -> PathElement | None:
    """The element by which this set names a step; a list item is looked up among the elements that the set has."""
    if isinstance(step, str):
        return field_element(step)
    item = child(parent, step)
    candidates = fields.members | fields.children.keys()
    if index_element(step) in candidates:
        return index_element(step)
    if item is not ABSENT and not isinstance(item, dict | list):
        return value_element(item) if value_element(item) in candidates else None
    matches = [element for element in candidates if _is_keyed_by(item, element)]
    return matches[0] if len(matches) == 1 else _exact(matches, item)


def _is_keyed_by(item: MaybeJson, element: PathElement) -> bool:
    """Whether an item fits a `k:` element; a key that the item leaves out may have a default."""
    keys = key_fields(element)
    if not keys or not isinstance(item, dict) or not keys.keys() & item.keys():
        return False
    return all(name not in item or same(item[name], value) for name, value in keys.items())


def _exact(matches: list[PathElement], item: MaybeJson) -> PathElement | None:
    whole = [
        element for element in matches if isinstance(item, dict) and (key_fields(element) or {}).keys() <= item.keys()
    ]
    return max(whole, key=len, default=None)


def _owned(fields: FieldSet, value: MaybeJson, path: Path) -> list[Path]:
    found: list[Path] = []
    steps = value.keys() if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for step in steps:
        element = _element(fields, step, value)
        here = child(value, step)
        below = fields.children.get(element, EMPTY) if element is not None else EMPTY
        if below and not is_empty(here):
            found += _owned(below, here, (*path, step))
        elif element in fields.members:
            found += leaves(here, (*path, step))
    return found


def leaves(value: MaybeJson, path: Path) -> list[Path]:
    """The paths of all scalars, empty lists and empty maps below a value that stands at `path`."""
    if not isinstance(value, dict | list) or not value:
        return [path]
    steps = value.items() if isinstance(value, dict) else enumerate(value)
    return [leaf for step, below in steps for leaf in leaves(below, (*path, step))]
