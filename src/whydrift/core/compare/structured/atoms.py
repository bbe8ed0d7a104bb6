"""Types as structured merge sees them: each place is an atom that may be a scalar, a list, a map, or several of these.

Argo CD compiles the OpenAPI v2 document that the cluster publishes, in which custom types have lost detail (nullable
and preserve-unknown-fields places are untyped). Rules: kube-openapi pkg/schemaconv/smd.go and proto_models.go;
apiextensions-apiserver pkg/controller/openapi/v2/conversion.go.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final, Literal

from whydrift.core.model.schema import Schemas, Type
from whydrift.core.model.values import ABSENT, MaybeJson

Scalar = Literal["numeric", "string", "boolean", "untyped"]


@dataclass(frozen=True, eq=False)
class ListAtom:
    """A list: atomic, or associative by key fields, or (without keys) a set of scalars."""

    atomic: bool
    keys: tuple[str, ...]
    element_of: Callable[[], Atom]

    @cached_property
    def element(self) -> Atom:
        """The type of the items."""
        return self.element_of()


@dataclass(frozen=True, eq=False)
class MapAtom:
    """A map or struct: fields with names, and one type for all other keys (None: no others are allowed)."""

    atomic: bool
    source: Type | None
    element_of: Callable[[], Atom] | None

    @cached_property
    def element(self) -> Atom | None:
        """The type of the values under keys that are no named fields."""
        return self.element_of() if self.element_of else None

    @cached_property
    def _named(self) -> dict[str, Atom]:
        return {}

    def field(self, name: str) -> Atom | None:
        """The type of a named field, None when there is no field of that name."""
        if name not in self._named:
            declared = self.source.field(name) if self.source else None
            if declared is None:
                return None
            self._named[name] = atom_of(declared)
        return self._named[name]

    def below(self, name: str) -> Atom:
        """The type under any key; NOTHING under a key that the schema does not allow."""
        return self.field(name) or self.element or NOTHING

    def key_default(self, name: str) -> MaybeJson:
        """What a named field counts as where it is a list key and left out."""
        declared = self.source.field(name) if self.source else None
        return declared.key_default if declared else ABSENT


@dataclass(frozen=True)
class Atom:
    """What may stand at one place."""

    scalar: Scalar | None = None
    list: ListAtom | None = None
    map: MapAtom | None = None

    @cached_property
    def _as_map(self) -> Atom:
        return Atom(map=self.map)

    @cached_property
    def _as_list(self) -> Atom:
        return Atom(list=self.list)

    @cached_property
    def _as_scalar(self) -> Atom:
        return Atom(scalar=self.scalar)

    def for_value(self, value: MaybeJson) -> Atom:
        """The one form that a value has; the whole atom for null, ABSENT and what fits no form (Go: deduceAtom)."""
        if isinstance(value, dict):
            return self._as_map if self.map else self
        if isinstance(value, list):
            return self._as_list if self.list else self
        if value is None or value is ABSENT:
            return self
        return self._as_scalar if self.scalar else self


NOTHING: Final = Atom()
"""The type under a key that the schema does not allow: nothing can be done with a value there."""

UNTYPED: Final[Atom] = Atom(
    scalar="untyped",
    list=ListAtom(atomic=True, keys=(), element_of=lambda: UNTYPED),
    map=MapAtom(atomic=True, source=None, element_of=lambda: UNTYPED),
)
"""Anything, written as a whole."""

DEDUCED: Final[Atom] = Atom(
    scalar="untyped",
    list=ListAtom(atomic=True, keys=(), element_of=lambda: UNTYPED),
    map=MapAtom(atomic=False, source=None, element_of=lambda: DEDUCED),
)
"""Anything: maps key by key, lists as a whole."""

_FREE_FORM: Final = Atom(map=MapAtom(atomic=False, source=None, element_of=lambda: DEDUCED))


def root_atom(schemas: Schemas, api_version: str, kind: str) -> Atom | None:
    """The type of a whole object, None when the cluster serves no such kind."""
    found = schemas.type_of(api_version, kind)
    if found is None:
        return None
    return _FREE_FORM if found.preserve_unknown_fields else _whole(found)


@lru_cache(512)
def _whole(source: Type) -> Atom:
    """The atom of a whole object; each kind is compiled once, as far as its objects go."""
    return atom_of(source)


def atom_of(source: Type) -> Atom:
    """The atom that Argo CD compiles for a type."""
    if source.nullable or source.preserve_unknown_fields:
        return DEDUCED
    match source.kind:
        case "struct":
            return Atom(map=MapAtom(source.is_atomic, source, None))
        case "map":
            values = source.additional_properties
            return Atom(map=MapAtom(source.is_atomic, None, (lambda: atom_of(values)) if values else lambda: DEDUCED))
        case "list":
            return _list_atom(source)
        case "scalar":
            return Atom(scalar=_scalar(source))
        case _:
            return DEDUCED


def _list_atom(source: Type) -> Atom:
    items = source.items
    if items is None:
        return DEDUCED
    keys = source.list_keys if source.list_type == "map" else ()
    return Atom(list=ListAtom(source.list_type == "atomic", keys, lambda: atom_of(items)))


def _scalar(source: Type) -> Scalar:
    match source.type:
        case "integer" | "number":
            return "numeric"
        case "boolean":
            return "boolean"
        case "string" if source.format in ("", "byte"):
            return "string"
        case _:
            return "untyped"
