"""The known-types normaliser: fields of custom resources that the settings declare to hold a built-in type.

Source: util/argo/normalizers/knowntypes_normalizer.go. Argo CD itself declares one: the pod spec of a Rollout.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from whydrift.core.compare.rules import KnownField, Override
from whydrift.core.compare.typed.remarshal import remarshal_value
from whydrift.core.compare.typed.table import TypeTable
from whydrift.core.model.objects import group_of
from whydrift.core.model.values import ABSENT, Json, JsonObject, child, text
from whydrift.errors import NotComparable

ROLLOUT = ("argoproj.io", "Rollout")
POD_SPEC = KnownField(("spec", "template", "spec"), "core/v1/PodSpec")


@dataclass(frozen=True, slots=True)
class Reencoded:
    """An object with its known fields re-encoded, up to the first that holds no such value; `error` says why."""

    document: JsonObject
    error: str = ""


def known_types(obj: JsonObject, overrides: Iterable[Override], types: TypeTable) -> Reencoded:
    """The object with every known field replaced by what its Go type makes of it."""
    document = obj
    for field in _fields_of((group_of(text(obj, "apiVersion")), text(obj, "kind")), overrides, types):
        try:
            document = _in_object(document, field.path, field.type, types)
        except NotComparable as error:
            return Reencoded(document, str(error))
    return Reencoded(document)


def _fields_of(kind: tuple[str, str], overrides: Iterable[Override], types: TypeTable) -> list[KnownField]:
    declared = [field for override in overrides if override.group_kind == kind for field in override.known_fields]
    known = [field for field in declared if types.is_known_type(field.type)]
    return known or ([POD_SPEC] if kind == ROLLOUT else [])


def _in_object(holder: JsonObject, path: tuple[str, ...], type_name: str, types: TypeTable) -> JsonObject:
    """The first list on the way is walked through; without one the value at the end of the path is re-encoded."""
    for length in range(1, len(path) + 1):
        found = child(holder, *path[:length])
        if isinstance(found, list):
            items = [_in_item(item, path[length:], type_name, types) for item in found]
            return _replaced(holder, path[:length], items)
    found = child(holder, *path)
    if found is ABSENT:
        return holder
    return _replaced(holder, path, remarshal_value(found, type_name, types))


def _in_item(item: Json, path: tuple[str, ...], type_name: str, types: TypeTable) -> Json:
    if not isinstance(item, dict):
        return item
    return _in_object(item, path, type_name, types) if path else remarshal_value(item, type_name, types)


def _replaced(holder: JsonObject, path: tuple[str, ...], value: Json) -> JsonObject:
    inner = holder[path[0]]
    below = _replaced(inner, path[1:], value) if len(path) > 1 and isinstance(inner, dict) else value
    return {**holder, path[0]: below}
