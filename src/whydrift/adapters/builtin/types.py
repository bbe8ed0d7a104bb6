"""Loads the Go types of Kubernetes' built-in kinds that ship with the package.

`types.json` is made of k8s.io/api, apimachinery and client-go 0.36.1 (Kubernetes 1.36) by reflection over the scheme:
for each type its JSON fields with their tags; `known` holds the 244 names that Argo CD 3.5.1 takes in knownTypeFields.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import msgspec

from whydrift.core.compare.typed.table import GoType, TypeTable


class _Document(msgspec.Struct):
    types: dict[str, GoType]
    kinds: dict[str, str]
    known: frozenset[str]


@cache
def load_types() -> TypeTable:
    """The table of built-in types; read once."""
    raw = files("whydrift.adapters.builtin").joinpath("types.json").read_bytes()
    document = msgspec.json.decode(raw, type=_Document)
    return TypeTable(document.types, document.kinds, document.known)
