"""Re-encoding of built-in kinds before they are compared.

Sources: Argo CD gitops-engine/pkg/diff/diff.go :: remarshal, util/argo/normalizers/knowntypes_normalizer.go.
"""

from __future__ import annotations

from whydrift.core.compare.typed.gojson import copied_object
from whydrift.core.compare.typed.reencode import Undecodable, reencoder
from whydrift.core.compare.typed.table import TypeTable
from whydrift.core.model.values import Json, JsonObject
from whydrift.errors import NotComparable


def remarshal(obj: JsonObject, types: TypeTable) -> JsonObject:
    """The object after a strict round trip through its Go struct, with only the keys it had.

    An object of another kind, or with one field that the struct does not know or cannot hold, comes back as it was.
    """
    struct = types.of(obj)
    if struct is None:
        return copied_object(obj)
    try:
        encoded = reencoder(types, strict=True, complete=False).value(struct, obj)
    except Undecodable:
        return copied_object(obj)
    assert isinstance(encoded, dict)  # a struct encodes to an object
    return encoded


def remarshal_value(value: Json, type_name: str, types: TypeTable) -> Json:
    """The value after the round trip through a Go type such as `core/v1/PodSpec`, zero values of its fields included.

    NotComparable where Go cannot decode it. Unknown fields are dropped. KeyError where the table has no such type.
    """
    try:
        return reencoder(types, strict=False, complete=True).value(type_name, value)
    except Undecodable as error:
        raise NotComparable(f"a value cannot be read as {type_name}: {error}") from error
