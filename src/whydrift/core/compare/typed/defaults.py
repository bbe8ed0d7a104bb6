"""Client-side defaulting of built-in kinds (gitops-engine/pkg/diff/diff.go :: applyPatch, generateSchemeDefaultPatch).

The object is decoded into its Go struct, the defaults of Kubernetes 1.36 are set there, and the difference is applied
to the object as a strategic merge patch: fields that the struct does not know survive, so do the patch's oddities.
"""

from __future__ import annotations

from functools import cache

from whydrift.core.compare.merge import strategic
from whydrift.core.compare.merge.patch_tags import Schema
from whydrift.core.compare.typed.defaults_kinds import KIND_RULES
from whydrift.core.compare.typed.defaults_pods import POD_RULES
from whydrift.core.compare.typed.defaults_table import FIXED
from whydrift.core.compare.typed.gojson import copied
from whydrift.core.compare.typed.reencode import Undecodable, reencoder
from whydrift.core.compare.typed.table import TypeTable
from whydrift.core.model.values import Json, JsonObject

_RULES = POD_RULES | KIND_RULES
_WITHOUT_DEFAULTERS = ("node/", "storage/v1alpha1/")
"""Kubernetes registers no defaulters for these versions, though they hold types that have defaults elsewhere."""


def apply_defaults(obj: JsonObject, types: TypeTable) -> JsonObject:
    """The object with the defaults of its kind; as it was where that is not built in or cannot hold the object."""
    struct = types.of(obj)
    return obj if struct is None else apply_defaults_of(struct, obj, types)


def apply_defaults_of(struct: str, obj: JsonObject, types: TypeTable) -> JsonObject:
    """The object with the defaults of the kind behind a Go struct, whatever its apiVersion says.

    NotComparable where the patch with the defaults cannot be computed or applied.
    """
    plain = _encoded(struct, obj, types)
    if plain is None:
        return obj
    full = _filled(struct, plain, types)
    # Also where nothing is filled in: a field with the strategy "replace" is in every patch, and some orders change.
    schema = Schema(types, struct)
    patch = strategic.two_way_patch(plain, full, schema)
    return strategic.apply(patch, obj, schema)


def stored(obj: JsonObject, types: TypeTable, *, exact: bool = False) -> JsonObject | None:
    """The object as a server stores it: decoded, defaulted, encoded; None where that is not built in or cannot hold it.

    Beside what Argo CD fills in, this has what Go encodes of empty structs and quantities (`resources: {}`, a divisor).
    `exact`: field names count letter by letter.
    """
    struct = types.of(obj)
    plain = None if struct is None else _encoded(struct, obj, types, exact=exact)
    return None if struct is None or plain is None else _filled(struct, plain, types)


def _encoded(struct: str, obj: JsonObject, types: TypeTable, *, exact: bool = False) -> JsonObject | None:
    try:
        plain = reencoder(types, strict=False, complete=True, exact=exact).value(struct, obj)
    except Undecodable:
        return None
    assert isinstance(plain, dict)  # a struct encodes to an object
    return plain


def _filled(struct: str, plain: JsonObject, types: TypeTable) -> JsonObject:
    full = plain if struct.startswith(_WITHOUT_DEFAULTERS) else _defaulted(struct, plain, types)
    assert isinstance(full, dict)  # as above
    return full


def _defaulted(type_name: str, value: Json, types: TypeTable) -> Json:
    """The encoded value of a type with its defaults, from the outside in, as the generated Go code sets them."""
    if value is None or type_name not in _reaching(types):
        return value
    go_type = types[type_name]
    if go_type.kind == "pointer":
        return _defaulted(go_type.elem, value, types)
    if isinstance(value, list):
        return [_defaulted(go_type.elem, item, types) for item in value]
    if not isinstance(value, dict):
        return value
    if type_name in FIXED:
        value = _with_fixed(type_name, value, types)
    if type_name in _RULES:
        value = _RULES[type_name](value)
    fields = go_type.fields
    return {
        key: _defaulted(fields[key].type if key in fields else go_type.elem, item, types)
        if isinstance(item, dict | list)
        else item
        for key, item in value.items()
    }


def _with_fixed(type_name: str, value: JsonObject, types: TypeTable) -> JsonObject:
    fields = types[type_name].fields
    filled = dict(value)
    for name, default in FIXED[type_name].items():
        stated = value.get(name)
        unset = stated is None if types[fields[name].type].kind == "pointer" else not stated
        if unset:
            filled[name] = copied(default)
    return filled


@cache
def _reaching(types: TypeTable) -> frozenset[str]:
    """The names of all types that have defaults or hold a type that has some."""
    holders: dict[str, set[str]] = {}
    for name in types.names():
        go_type = types[name]
        for held in [go_type.elem, *(field.type for field in go_type.fields.values())]:
            holders.setdefault(held, set()).add(name)
    found: set[str] = set()
    waiting = [*FIXED, *_RULES]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(holders.get(name, ()))
    return frozenset(found)
