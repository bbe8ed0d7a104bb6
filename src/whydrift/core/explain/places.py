"""Places in objects of built-in kinds: which Go type and field a path leads to."""

from __future__ import annotations

from dataclasses import dataclass

from whydrift.core.compare.typed.table import GoField, TypeTable
from whydrift.core.model.paths import Path
from whydrift.core.model.values import MaybeJson


@dataclass(frozen=True, slots=True)
class Place:
    """Where a path leads in the Go types: the type there, and the struct with the field that it ends in, if it does."""

    type: str
    struct: str = ""
    field: GoField | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """A path that leaves the Go types: the struct without such a field, the names of its fields, the known part."""

    struct: str
    fields: tuple[str, ...]
    known: Path


def place_of(obj: MaybeJson, path: Path, types: TypeTable) -> Place | Unknown | None:
    """What a path leads to; None where the kind is not built in or the path enters a value without a type.

    Names are taken exactly, as the API server does (Argo CD takes `imagepullpolicy` for `imagePullPolicy`).
    """
    kind = types.of(obj)
    if kind is None:
        return None
    here = Place(kind)
    for depth, step in enumerate(path):
        name = _without_pointers(here.type, types)
        holder = types[name]
        if holder.kind == "struct" and isinstance(step, str):
            field = holder.fields.get(step)
            if field is None:
                return Unknown(name, tuple(holder.fields), path[:depth])
            here = Place(field.type, name, field)
        elif (holder.kind == "list" and isinstance(step, int)) or (holder.kind == "map" and isinstance(step, str)):
            here = Place(holder.elem)
        else:
            return None
    return here


def _without_pointers(name: str, types: TypeTable) -> str:
    while types[name].kind == "pointer":
        name = types[name].elem
    return name


def scalar_type(place: Place, types: TypeTable) -> str:
    """The kind of the value there, through pointers: string, int32, Quantity, list …"""
    return types[_without_pointers(place.type, types)].kind


def struct_name(place: Place) -> str:
    """The struct's name without its package: `Container`."""
    return place.struct.rpartition("/")[2]
