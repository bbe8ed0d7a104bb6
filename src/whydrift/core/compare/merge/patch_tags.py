"""What the patch tags of Kubernetes' Go types say about a field (apimachinery pkg/util/strategicpatch/meta.go)."""

from __future__ import annotations

from typing import NamedTuple

from whydrift.core.compare.typed.table import TypeTable
from whydrift.errors import NotComparable

MERGE = "merge"
_RETAIN_KEYS = "retainKeys"


class Tags(NamedTuple):
    """How a field is patched: the type below it, `merge`, `replace` or "", and the key that tells list items apart."""

    type: str
    strategy: str
    retain_keys: bool
    merge_key: str


class Schema(NamedTuple):
    """A Go type, asked for the patch tags of its fields."""

    types: TypeTable
    type: str

    def of_map(self, key: str) -> tuple[Schema, Tags]:
        """The type and tags of a field that holds an object; NotComparable where the struct has no such field."""
        struct = self.type.removeprefix("*")
        found = self.types.field(struct, key) if self.types[struct].kind == "struct" else None
        if found is None:
            raise NotComparable(f"{key!r} is no field of {struct}")
        field = found[1]
        strategies = [strategy for strategy in field.strategy.split(",") if strategy]
        retain = _RETAIN_KEYS in strategies
        strategy = "".join(strategy for strategy in strategies if strategy != _RETAIN_KEYS)
        return Schema(self.types, field.type), Tags(field.type, strategy, retain, field.merge_key)

    def of_list(self, key: str) -> tuple[Schema, Tags]:
        """The type of the items and the tags of a field that holds a list; NotComparable where it holds none."""
        schema, tags = self.of_map(key)
        name = schema.type
        if name.startswith("*"):
            name = name.removeprefix("*")
            name = self.types[name].elem if self.types[name].kind == "list" else name
        elif self.types[name].kind == "list":
            name = self.types[name].elem
        elif self.types[name].kind != "bytes":
            raise NotComparable(f"{key!r} of {self.type} is no list")
        return Schema(self.types, name), tags
