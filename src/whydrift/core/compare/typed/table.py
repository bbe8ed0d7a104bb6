"""The table of Go types behind the built-in kinds: the JSON fields of a struct, their types and patch tags."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from whydrift.core.model.values import MaybeJson, child


class GoField(msgspec.Struct, array_like=True, frozen=True):
    """One JSON field of a Go struct; embedded structs are flattened into the one that embeds them."""

    type: str
    flags: str = ""
    """`e` where the tag says omitempty, `z` where it says omitzero."""
    strategy: str = ""
    """The tag patchStrategy: `merge`, `replace`, `retainKeys`, or two of them with a comma."""
    merge_key: str = ""
    """The tag patchMergeKey."""


class GoType(msgspec.Struct, frozen=True, omit_defaults=True):
    """A Go type: `kind` is a basic kind, list, map, pointer, struct or the name of a type that encodes itself."""

    kind: str
    elem: str = ""
    """What a list, map or pointer holds: a type's name."""
    fields: dict[str, GoField] = {}


class TypeTable:
    """All Go types that can stand in an object of a kind that client-go's scheme registers, by name.

    A name is the package below k8s.io/api or k8s.io/apimachinery and the type: `core/v1/PodSpec`, `meta/v1/Time`;
    Quantity is `core/Quantity`, as in knownTypeFields. `*T`, `[]T`, `map[]T` are pointer, list and map of T.
    """

    def __init__(self, types: Mapping[str, GoType], kinds: Mapping[str, str], known: frozenset[str]) -> None:
        self._types = types
        self._kinds = kinds
        self._known = known
        self._folded: dict[str, dict[str, str]] = {}

    def __getitem__(self, name: str) -> GoType:
        """The type of that name; KeyError where there is none."""
        return self._types[name]

    def names(self) -> tuple[str, ...]:
        """The names of all types."""
        return tuple(self._types)

    def knows(self, api_version: str, kind: str) -> bool:
        """Whether client-go's scheme registers the kind: no CustomResourceDefinition, APIService, custom resource."""
        return f"{api_version} {kind}" in self._kinds

    def of(self, obj: MaybeJson) -> str | None:
        """The name of the struct behind an object's apiVersion and kind, or None where no built-in kind is."""
        return self._kinds.get(f"{child(obj, 'apiVersion')} {child(obj, 'kind')}")

    def is_known_type(self, name: str) -> bool:
        """Whether Argo CD takes the name as `type` in knownTypeFields (normalizers/corev1_known_types.go)."""
        return name in self._known

    def field(self, struct: str, key: str) -> tuple[str, GoField] | None:
        """The field that encoding/json takes for `key`, with its name: the exact one, else one that differs in case."""
        fields = self._types[struct].fields
        found = fields.get(key)
        if found is not None:
            return key, found
        folded = self._folded.get(struct)
        if folded is None:
            folded = self._folded[struct] = {name.lower(): name for name in fields}
        name = folded.get(key.lower())
        return None if name is None else (name, fields[name])
