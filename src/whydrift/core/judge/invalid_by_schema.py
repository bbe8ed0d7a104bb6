"""Values of a custom resource that its structural schema refuses (apiextensions-apiserver, apiserver/validation).

Only what is plain: types, enumerations, bounds, lengths, simple patterns and required fields. Alternatives (anyOf and
its like), CEL rules and formats say nothing here. What is the same as before is not looked at again
(CRDValidationRatcheting), and a list item that was there before counts as the same wherever it stands now.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from whydrift.core.explain.evidence import quoted
from whydrift.core.model.paths import Path, pointer
from whydrift.core.model.schema import Type
from whydrift.core.model.secrets import masked
from whydrift.core.model.values import ABSENT, Json, JsonObject, MaybeJson, child, same

NOT_LOOKED_AT = frozenset({"apiVersion", "kind", "metadata", "status"})
TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int, float),
    "number": (int, float),
    "object": (dict,),
    "array": (list,),
}
OTHERWISE = re.compile(r"\(\?|\[\[:|\\[pPzZQECx<>b]|[^ -~]|\)[*+{]")
"""What of a pattern Go reads otherwise than Python, or may, and what may take Python for ever."""
OPEN_ENDED = re.compile(r"[*+]|,\}")
MOST_OPEN_ENDED, LONGEST_MATCHED = 3, 200


def against_schema(obj: JsonObject, live: JsonObject | None, schema: Type | None) -> Iterator[str]:
    """Every value that the schema refuses, with its field, beside what live has too."""
    if schema is None:
        return
    for name, part in obj.items():
        if name not in NOT_LOOKED_AT:
            yield from _refused(part, child(live, name) if live else ABSENT, schema.field(name), (name,))
    yield from (_lacks((), name) for name in sorted(schema.required - obj.keys() - NOT_LOOKED_AT))


def _refused(value: Json, before: MaybeJson, schema: Type | None, path: Path) -> Iterator[str]:
    if schema is None or value is None or masked(value) or (before is not ABSENT and same(value, before)):
        return
    if not _is_of_type(value, schema):
        yield f"{pointer(path)}: {quoted(value)} is no {schema.type}"
        return
    yield from (f"{pointer(path)}: {said}" for said in _limits(value, schema))
    if isinstance(value, dict):
        yield from _in_map(value, before, schema, path)
    elif isinstance(value, list):
        for place, item in enumerate(value):
            if not _was_there(item, before):
                yield from _refused(item, ABSENT, schema.items, (*path, place))


def _in_map(value: JsonObject, before: MaybeJson, schema: Type, path: Path) -> Iterator[str]:
    if schema.embedded_resource:
        return
    rest = schema.additional_properties
    for name, part in value.items():
        yield from _refused(part, child(before, name), schema.field(name) or rest, (*path, name))
    yield from (_lacks(path, name) for name in sorted(schema.required - value.keys()))


def _was_there(item: Json, before: MaybeJson) -> bool:
    return isinstance(before, list) and any(same(item, other) for other in before)


def _lacks(path: Path, name: str) -> str:
    return f"{pointer((*path, name))}: is required"


def _is_of_type(value: Json, schema: Type) -> bool:
    """Whether a value has the type; a whole number may be spelled as a float."""
    allowed = TYPES.get(schema.type)
    if allowed is None or schema.int_or_string:
        return True
    if isinstance(value, bool):
        return bool in allowed
    if schema.type == "integer" and isinstance(value, float):
        return value.is_integer()
    return isinstance(value, allowed)


def _limits(value: Json, schema: Type) -> Iterator[str]:
    stated = schema.schema
    if schema.enum and not any(same(value, allowed) for allowed in schema.enum):
        yield f"{quoted(value)} is none of {', '.join(map(quoted, schema.enum))}"
    if isinstance(value, int | float) and not isinstance(value, bool):
        yield from _bounds(value, stated)
    if isinstance(value, str):
        yield from _size(len(value), stated, "Length", "characters")
        pattern = stated.get("pattern")
        found = _compiled(pattern) if isinstance(pattern, str) and len(value) <= LONGEST_MATCHED else None
        if found and not found.search(value):
            yield f"{quoted(value)} does not match {pattern}"
    if isinstance(value, list):
        yield from _size(len(value), stated, "Items", "items")


def _bounds(value: float, stated: JsonObject) -> Iterator[str]:
    least, most = stated.get("minimum"), stated.get("maximum")
    if isinstance(least, int | float) and (
        value < least or (stated.get("exclusiveMinimum") is True and value == least)
    ):
        yield f"{value} is less than {least} allows"
    if isinstance(most, int | float) and (value > most or (stated.get("exclusiveMaximum") is True and value == most)):
        yield f"{value} is more than {most} allows"


def _size(has: int, stated: JsonObject, what: str, unit: str) -> Iterator[str]:
    least, most = stated.get(f"min{what}"), stated.get(f"max{what}")
    if isinstance(least, int) and has < least:
        yield f"it has {has} {unit}, fewer than {least}"
    if isinstance(most, int) and has > most:
        yield f"it has {has} {unit}, more than {most}"


@lru_cache(1024)
def _compiled(pattern: str) -> re.Pattern[str] | None:
    """A pattern that Go and Python read alike; None for any other."""
    if OTHERWISE.search(pattern) or len(OPEN_ENDED.findall(pattern)) > MOST_OPEN_ENDED:
        return None
    try:
        return re.compile(re.sub(r"(?<!\\)\$$", r"\\Z", pattern), re.ASCII)
    except re.error:
        return None
