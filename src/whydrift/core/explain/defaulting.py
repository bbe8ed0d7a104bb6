"""What the API server does with the defaults of a schema, replayed on git's object."""

from __future__ import annotations

from whydrift.core.model.schema import Type
from whydrift.core.model.values import ABSENT, Json, MaybeJson


def with_defaults(value: Json, schema: Type | None) -> Json:
    """The value as the API server stores a custom resource: absent fields with a default filled in, at every depth.

    Structural defaulting (apiextensions-apiserver, schema/defaulting, `Default`): a default is set where a property is
    absent, and defaults apply inside it again; nulls that a schema does not allow are taken as absent.
    """
    if schema is None:
        return value
    if isinstance(value, dict):
        filled = {key: _part(part, schema.field(key) or schema.additional_properties) for key, part in value.items()}
        for name in schema.field_names:
            default = _default(schema.field(name))
            if default is not ABSENT and name not in filled:
                filled[name] = default
        return filled
    if isinstance(value, list):
        return [_part(item, schema.items) for item in value]
    return value


def _part(value: Json, schema: Type | None) -> Json:
    """A stated part with its defaults; a null that is not allowed becomes the default where there is one."""
    if value is None and schema is not None and not schema.nullable:
        default = _default(schema)
        return None if default is ABSENT else default
    return with_defaults(value, schema)


def _default(schema: Type | None) -> MaybeJson:
    if schema is None or schema.default is ABSENT:
        return ABSENT
    return with_defaults(schema.default, schema)
