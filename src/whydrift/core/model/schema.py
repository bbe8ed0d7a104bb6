"""Structural types: what an object of a kind looks like to the API server, which lists have keys, what has a default.

Built-in kinds come from a table of OpenAPI definitions, custom ones from their CustomResourceDefinitions. Both are
OpenAPI schemas; nothing is compiled before somebody asks for it, because those of some operators are megabytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, Literal

from whydrift.core.model.definitions import Definitions
from whydrift.core.model.paths import Path
from whydrift.core.model.values import ABSENT, Json, JsonObject, MaybeJson, is_object, items, mapping, text

Kind = Literal["scalar", "list", "map", "struct", "any"]
ListType = Literal["atomic", "set", "map"]

OBJECT_META: Final = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
_OBJECT_FIELDS: Final[JsonObject] = {
    "apiVersion": {"type": "string"},
    "kind": {"type": "string"},
    "metadata": {"$ref": OBJECT_META},
}
_NOTHING_KNOWN: Final[JsonObject] = {"type": "object"}


class Type:
    """The type of one place in an object. Children are made on demand and kept."""

    __slots__ = ("_children", "_definitions", "schema", "type")

    def __init__(self, schema: JsonObject, definitions: Mapping[str, Json]) -> None:
        reference = text(schema, "$ref")
        self.schema: JsonObject = {**mapping(definitions.get(reference)), **schema} if reference else schema
        """The OpenAPI schema of this place, with a reference followed one step."""
        self.type = text(self.schema, "type")
        """The OpenAPI type, "" when none is stated (int-or-string, unknown)."""
        self._definitions = definitions
        self._children: dict[str, Type | None] = {}

    @property
    def kind(self) -> Kind:
        """What it is: a struct has named fields, a map has keys of any name, any is not said."""
        match self.type:
            case "array":
                return "list"
            case "object" | "":
                if self.schema.get("properties") or self.embedded_resource:
                    return "struct"
                return "map" if self.type else "any"
            case _:
                return "scalar"

    @property
    def format(self) -> str:
        """The OpenAPI format, "" when none is stated; built-in quantities have the format `quantity`."""
        return text(self.schema, "format")

    @property
    def enum(self) -> list[Json]:
        """The only values that the server takes; empty when any will do."""
        return items(self.schema, "enum")

    @property
    def default(self) -> MaybeJson:
        """The value that the server fills in where none is given; ABSENT when it fills in nothing."""
        return self.schema.get("default", ABSENT)

    @property
    def key_default(self) -> MaybeJson:
        """What a list key that is left out counts as: the default, in a built-in kind also the Go type's zero value."""
        return self.schema.get("default", self.schema.get("x-go-zero", ABSENT))

    @property
    def list_type(self) -> ListType:
        """How items of a list belong together; a list that does not say is atomic."""
        match self.schema.get("x-kubernetes-list-type"):
            case "set":
                return "set"
            case "map":
                return "map"
            case _:
                return "atomic"

    @property
    def list_keys(self) -> tuple[str, ...]:
        """The fields that tell items of a `map` list apart."""
        return tuple(key for key in items(self.schema, "x-kubernetes-list-map-keys") if isinstance(key, str))

    @property
    def is_atomic(self) -> bool:
        """Whether a list or map is written as a whole: one manager owns all of it."""
        if self.kind == "list":
            return self.list_type == "atomic"
        return self.schema.get("x-kubernetes-map-type") == "atomic"

    @property
    def preserve_unknown_fields(self) -> bool:
        """Whether the server keeps fields that the schema does not name."""
        return self.schema.get("x-kubernetes-preserve-unknown-fields") is True

    @property
    def int_or_string(self) -> bool:
        """Whether both `80` and `"80"` are allowed."""
        return self.schema.get("x-kubernetes-int-or-string") is True or self.format == "int-or-string"

    @property
    def embedded_resource(self) -> bool:
        """Whether a whole object (apiVersion, kind, metadata) stands here."""
        return self.schema.get("x-kubernetes-embedded-resource") is True

    @property
    def nullable(self) -> bool:
        """Whether null is kept instead of being dropped or defaulted."""
        return self.schema.get("nullable") is True

    @property
    def required(self) -> frozenset[str]:
        """The fields without which the server refuses the object."""
        return frozenset(name for name in items(self.schema, "required") if isinstance(name, str))

    @property
    def field_names(self) -> Iterable[str]:
        """The names of the fields of a struct."""
        own = mapping(self.schema, "properties")
        return own.keys() | _OBJECT_FIELDS.keys() if self.embedded_resource else own.keys()

    def field(self, name: str) -> Type | None:
        """The type of a named field of a struct, None when the struct has none of that name."""
        if name not in self._children:
            declared = mapping(self.schema, "properties").get(name)
            if self.embedded_resource:
                declared = _OBJECT_FIELDS.get(name, declared)
            self._children[name] = self._child(declared)
        return self._children[name]

    @property
    def items(self) -> Type | None:
        """The type of a list's items."""
        return self._anonymous("items")

    @property
    def additional_properties(self) -> Type | None:
        """The type of a map's values."""
        return self._anonymous("additionalProperties")

    def at(self, path: Path) -> Type | None:
        """The type of a place below, None where the schema says nothing."""
        here: Type | None = self
        for step in path:
            if here is None:
                return None
            here = here.items if isinstance(step, int) else here.field(step) or here.additional_properties
        return here

    def _anonymous(self, keyword: str) -> Type | None:
        # No field that a server accepts starts with a space, so the two kinds of children share one cache.
        key = " " + keyword
        if key not in self._children:
            self._children[key] = self._child(self.schema.get(keyword))
        return self._children[key]

    def _child(self, schema: MaybeJson) -> Type | None:
        return Type(schema, self._definitions) if is_object(schema) else None


class Schemas:
    """The types of every kind that a cluster serves, as far as they are known."""

    def __init__(self, builtin: JsonObject, custom: Definitions | None = None) -> None:
        """`builtin` has `definitions` (name to OpenAPI schema) and `kinds` ("apiVersion/kind" to name)."""
        self._builtin = builtin
        self._definitions = mapping(builtin, "definitions")
        self._custom = custom
        self._types: dict[str, Type | None] = {}

    def with_crds(self, crds: Definitions | Iterable[JsonObject]) -> Schemas:
        """The built-in schemas and those of CustomResourceDefinitions; of two for a kind the later one counts."""
        definitions = crds if isinstance(crds, Definitions) else Definitions(crds)
        return Schemas(self._builtin, definitions) if definitions else self

    def type_of(self, api_version: str, kind: str) -> Type | None:
        """The type of the objects of a kind, None when no schema for it is known."""
        name = f"{api_version}/{kind}"
        if name not in self._types:
            self._types[name] = self._compile(api_version, kind)
        return self._types[name]

    def _compile(self, api_version: str, kind: str) -> Type | None:
        group, _, version = api_version.rpartition("/")
        crd = self._custom.of(group, kind) if self._custom else None
        schema = None if crd is None else _served_schema(crd, version)
        if schema is not None:
            return Type(schema, self._definitions)
        definition = text(self._builtin, "kinds", f"{api_version}/{kind}")
        return Type({"$ref": definition}, self._definitions) if definition else None


def _served_schema(crd: JsonObject, version: str) -> JsonObject | None:
    """The schema of one version of a CustomResourceDefinition; None where it does not serve that version."""
    spec = mapping(crd, "spec")
    for stated in items(spec, "versions"):
        if is_object(stated) and stated.get("served") is not False and text(stated, "name") == version:
            schema = mapping(stated, "schema", "openAPIV3Schema")
            return _object_schema(schema, keeps_everything=spec.get("preserveUnknownFields") is True)
    return None


def _object_schema(schema: JsonObject, *, keeps_everything: bool) -> JsonObject:
    """The schema of a whole custom object: the server adds apiVersion, kind and metadata to what is declared."""
    if not schema:
        return _NOTHING_KNOWN
    declared: JsonObject = {**mapping(schema, "properties"), **_OBJECT_FIELDS}
    unknown: JsonObject = {"x-kubernetes-preserve-unknown-fields": True} if keeps_everything else {}
    return {**schema, **unknown, "properties": declared}
