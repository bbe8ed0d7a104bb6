"""Which live object a target stands for, and what is left over on either side; hooks are not compared.

Source: gitops-engine/pkg/sync/reconcile.go; controller/state.go :: partitionTargetObjsForSync.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from whydrift.core.compare.hooks import is_hook, is_ignored_hook, is_only_delete_hook
from whydrift.core.compare.targets import Scopes
from whydrift.core.model.objects import ObjectKey, key_of
from whydrift.core.model.values import JsonObject, text


class Pair(NamedTuple):
    """A target and the live object that it stands for; None for a side that is not there."""

    target: JsonObject | None
    live: JsonObject | None

    @property
    def object(self) -> JsonObject:
        """The live object, else the target."""
        return self.live or self.target or {}


def pair(
    targets: Sequence[JsonObject], lives: Sequence[JsonObject], namespace: str, scopes: Scopes
) -> tuple[list[Pair], list[JsonObject]]:
    """The pairs of targets and live objects in the order of their keys, and the hooks among the targets."""
    active = [target for target in targets if not is_only_delete_hook(target) and not is_ignored_hook(target)]
    hooks = [target for target in active if is_hook(target)]
    kept = [target for target in active if not is_hook(target)]
    by_key = _without_twins(kept, {key_of(live): live for live in lives})
    pairs = [Pair(target, _take(by_key, target, namespace, scopes)) for target in kept]
    extra = [Pair(None, live) for live in by_key.values()]
    return sorted([*pairs, *extra], key=lambda each: key_of(each.object)), hooks


def _take(lives: dict[ObjectKey, JsonObject], target: JsonObject, namespace: str, scopes: Scopes) -> JsonObject | None:
    key = key_of(target, namespace)
    places = [key] if scopes.may_be_namespaced(target) else []
    if not scopes.is_namespaced(target):
        places.append(key._replace(namespace=""))
    found = next((place for place in places if place in lives), None)
    return None if found is None else lives.pop(found)


def _without_twins(targets: list[JsonObject], lives: dict[ObjectKey, JsonObject]) -> dict[ObjectKey, JsonObject]:
    """Live objects without those that are one object under several groups: what git states stays, else one stays."""
    stated = {key_of(target) for target in targets}
    by_uid: dict[str, list[ObjectKey]] = {}
    for key, live in lives.items():
        by_uid.setdefault(text(live, "metadata", "uid"), []).append(key)
    kept = dict(lives)
    for keys in by_uid.values():
        spare = [key for key in keys if key not in stated]
        for key in spare[: len(keys) - 1]:
            del kept[key]
    return kept
