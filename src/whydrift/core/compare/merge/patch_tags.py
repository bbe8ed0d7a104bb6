"""What the patch tags of Kubernetes' Go types say about a field (apimachinery pkg/util/strategicpatch/meta.go)."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from whydrift.core.compare.typed.table import TypeTable
from whydrift.errors import NotComparable

MERGE = "merge"
_RETAIN_KEYS = "retainKeys"


class Tags(NamedTuple):
    """How a field is patched: `merge`, `replace` or "", whether it retains keys, and the key that tells items apart."""

    strategy: str
    retain_keys: bool
    merge_key: str


class Schema(NamedTuple):
    """A Go type, asked for the patch tags of its fields."""

    types: TypeTable
    type: str

    def of_map(self, key: str) -> tuple[Schema, Tags]:
        """The type and tags of a field that holds an object; NotComparable where the struct has no such field."""
        return _field(self, key)

    def of_list(self, key: str) -> tuple[Schema, Tags]:
        """The type of the items and the tags of a field that holds a list; NotComparable where it holds none."""
        return _list_field(self, key)


@cache
def _field(schema: Schema, key: str) -> tuple[Schema, Tags]:
    struct = schema.type.removeprefix("*")
    found = schema.types.field(struct, key) if schema.types[struct].kind == "struct" else None
    if found is None:
        raise NotComparable(f"{key!r} is no field of {struct}")
    field = found[1]
    strategies = [strategy for strategy in field.strategy.split(",") if strategy]
    retain = _RETAIN_KEYS in strategies
    strategy = "".join(strategy for strategy in strategies if strategy != _RETAIN_KEYS)
    return Schema(schema.types, field.type), Tags(strategy, retain, field.merge_key)


@cache
def _list_field(schema: Schema, key: str) -> tuple[Schema, Tags]:
    types = schema.types
    (_, name), tags = _field(schema, key)
    if name.startswith("*"):
        name = name.removeprefix("*")
        name = types[name].elem if types[name].kind == "list" else name
    elif types[name].kind == "list":
        name = types[name].elem
    elif types[name].kind != "bytes":
        raise NotComparable(f"{key!r} of {schema.type} is no list")
    return Schema(types, name), tags
