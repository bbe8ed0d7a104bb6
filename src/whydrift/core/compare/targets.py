"""What git renders, as it enters a comparison: namespaces filled in, duplicates and excluded kinds gone.

Source: controller/state.go :: NormalizeTargetObjects, CompareAppState.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from whydrift.core.compare.tracking import Tracking, stamped
from whydrift.core.model.objects import ObjectKey, key_of
from whydrift.core.model.values import JsonObject, mapping, text


class Condition(NamedTuple):
    """A condition that Argo CD would set on the application."""

    type: str
    message: str

    def __str__(self) -> str:
        return f"{self.type}: {self.message}"


@dataclass(frozen=True, slots=True)
class Scopes:
    """Which kinds, as (group, kind), have no namespace; kinds that the cluster does not serve are `unknown`."""

    cluster: frozenset[tuple[str, str]] = frozenset()
    unknown: frozenset[tuple[str, str]] = frozenset()

    def is_namespaced(self, obj: JsonObject) -> bool:
        """Whether objects of this kind are known to live in a namespace."""
        key = key_of(obj)
        return (key.group, key.kind) not in self.cluster | self.unknown

    def may_be_namespaced(self, obj: JsonObject) -> bool:
        """The same, where an unknown kind counts as namespaced."""
        key = key_of(obj)
        return (key.group, key.kind) not in self.cluster


class Targets(NamedTuple):
    """The targets of an application, and the conditions that came up."""

    objects: tuple[JsonObject, ...]
    conditions: tuple[Condition, ...]


def normalize_targets(
    objects: Iterable[JsonObject], application: str, namespace: str, scopes: Scopes, tracking: Tracking
) -> Targets:
    """Targets with the destination namespace where they need one and none where they must not have one.

    A target whose namespace changed is stamped again, CRDs too. Of several with one key the last one stays.
    """
    by_key: dict[ObjectKey, list[JsonObject]] = {}
    for index, obj in enumerate(objects):
        placed = _placed(obj, namespace, scopes)
        if placed is not obj:
            placed = stamped(placed, application, namespace, tracking)
        by_key.setdefault(_target_key(placed, index), []).append(placed)
    repeated = tuple(
        Condition(
            "RepeatedResourceWarning",
            f"Resource {'/'.join(key)} appeared {len(same)} times among application resources.",
        )
        for key, same in by_key.items()
        if len(same) > 1
    )
    return Targets(tuple(same[-1] for same in by_key.values()), repeated)


def _placed(obj: JsonObject, namespace: str, scopes: Scopes) -> JsonObject:
    stated = text(obj, "metadata", "namespace")
    namespaced = scopes.may_be_namespaced(obj)
    if namespaced == bool(stated):
        return obj
    metadata = {key: value for key, value in mapping(obj, "metadata").items() if key != "namespace"}
    return {**obj, "metadata": {**metadata, "namespace": namespace} if namespaced else metadata}


def _target_key(obj: JsonObject, index: int) -> ObjectKey:
    key = key_of(obj)
    generated = text(obj, "metadata", "generateName")
    return key if key.name or not generated else key._replace(name=f"{generated}{index}")
