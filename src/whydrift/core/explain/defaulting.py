"""What the API server does with a schema's defaults, replayed on a target."""

from __future__ import annotations

from whydrift.core.model.schema import Type
from whydrift.core.model.values import ABSENT, Json, MaybeJson


def with_defaults(value: Json, schema: Type | None) -> Json:
    """The value as the API server stores it: absent fields that have a default filled in, at every depth.

    Structural defaulting (apiextensions-apiserver, schema/defaulting, `Default`): a default is set where a
    property is absent, and defaults apply inside it again; nulls that a schema does not allow are taken as absent.
    """
    if schema is None:
        return value
    if isinstance(value, dict):
        filled = {key: with_defaults(part, schema.field(key)) for key, part in value.items()}
        for name in schema.field_names:
            default = _default(schema.field(name))
            if default is not ABSENT and (name not in filled or (filled[name] is None and not _nullable(schema, name))):
                filled[name] = default
        return filled
    if isinstance(value, list):
        return [with_defaults(item, schema.items) for item in value]
    return value


def _default(schema: Type | None) -> MaybeJson:
    if schema is None or schema.default is ABSENT:
        return ABSENT
    return with_defaults(schema.default, schema)


def _nullable(schema: Type, name: str) -> bool:
    field = schema.field(name)
    return field is not None and field.nullable
