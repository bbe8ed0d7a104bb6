"""What the API server does with the defaults of a schema, replayed on git's object."""

from __future__ import annotations

from functools import lru_cache

from whydrift.core.model.schema import Type
from whydrift.core.model.values import ABSENT, Json, JsonObject, MaybeJson


def with_defaults(value: Json, schema: Type | None) -> Json:
    """The value as the API server stores a custom resource: absent fields with a default filled in, at every depth.

    Structural defaulting (apiextensions-apiserver, schema/defaulting, `Default`): a default is set where a property is
    absent, and defaults apply inside it again; nulls that a schema does not allow are taken as absent.
    """
    if schema is None:
        return value
    if isinstance(value, dict):
        rest = schema.additional_properties
        filled = {key: _part(part, schema.field(key) or rest) for key, part in value.items()}
        return filled | {name: part for name, part in _defaults(schema).items() if name not in filled}
    if isinstance(value, list):
        return [_part(item, schema.items) for item in value]
    return value


def _part(value: Json, schema: Type | None) -> Json:
    """A stated part with its defaults; a null that is not allowed becomes the default where there is one."""
    if value is None and schema is not None and not schema.nullable:
        default = _default(schema)
        return None if default is ABSENT else default
    return with_defaults(value, schema) if isinstance(value, dict | list) else value


@lru_cache(4096)
def _defaults(schema: Type) -> JsonObject:
    """The fields of a struct that have defaults, each with its own; the same few structs are filled in many objects."""
    found = {name: _default(schema.field(name)) for name in schema.field_names}
    return {name: part for name, part in found.items() if part is not ABSENT}


def _default(schema: Type | None) -> MaybeJson:
    if schema is None or schema.default is ABSENT:
        return ABSENT
    return with_defaults(schema.default, schema)
