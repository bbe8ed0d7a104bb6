"""Secrets as Argo CD's API shows them: equal values of one key get equal masks, different ones masks of other lengths.

Source: gitops-engine/pkg/diff/diff.go :: HideSecretData, hide.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import NamedTuple

from whydrift.core.compare.go_json import go_json
from whydrift.core.compare.last_applied import LAST_APPLIED, Unreadable, last_applied
from whydrift.core.compare.tracking import string_map
from whydrift.core.compare.typed.normalize import normalize
from whydrift.core.model.objects import key_of
from whydrift.core.model.values import ABSENT, Json, JsonObject, child, mapping
from whydrift.errors import NotComparable

MASK = "++++++++"
LONGER = "++++"
DATA = ("data",)
ANNOTATIONS = ("metadata", "annotations")


class Masked(NamedTuple):
    """A target and a live Secret whose values are masked together."""

    target: JsonObject | None
    live: JsonObject | None


def mask_secrets(target: JsonObject | None, live: JsonObject | None, annotations: frozenset[str]) -> Masked:
    """Both sides of a Secret with their data masked, and the annotations that the settings name.

    Data of the last-applied annotation is masked with the same masks; one that cannot be read becomes one mask.
    """
    stated = [last_applied(obj) if obj else None for obj in (target, live)]
    readable = [None if found is None or isinstance(found, Unreadable) else found for found in stated]
    sides = [_with_plain_data(obj) if obj else None for obj in (target, live, *readable)]
    keys = {key for obj in sides if obj for key in mapping(obj, *DATA)}
    sides = _hidden(_hidden(sides, keys, DATA), annotations, ANNOTATIONS)
    shown = [
        _with_last_applied(obj, found, inner, hide=LAST_APPLIED in annotations)
        for obj, found, inner in zip(sides[:2], stated, sides[2:], strict=True)
    ]
    return Masked(*shown)


def _with_plain_data(obj: JsonObject) -> JsonObject:
    """A Secret with stringData moved into data and its metadata untouched; anything else as it is (NormalizeSecret)."""
    if key_of(obj)[:2] != ("", "Secret"):
        return obj
    return {**normalize(obj), "metadata": obj["metadata"]} if "metadata" in obj else normalize(obj)


def _hidden(sides: list[JsonObject | None], keys: Iterable[str], at: tuple[str, ...]) -> list[JsonObject | None]:
    masks: dict[str, dict[str, str]] = {key: {} for key in keys}
    return [None if obj is None else _masked(obj, masks, at) for obj in sides]


def _masked(obj: JsonObject, masks: dict[str, dict[str, str]], at: tuple[str, ...]) -> JsonObject:
    found = child(obj, *at)
    if not masks or found is None or found is ABSENT:
        return obj
    if not isinstance(found, dict):
        raise NotComparable(f"error hiding secret data: {'.'.join(at)} is no map")
    shown = {key: _mask(masks[key], value) if key in masks else value for key, value in found.items()}
    if len(at) == 1:
        return {**obj, at[0]: shown}
    return {**obj, at[0]: {**mapping(obj, at[0]), at[1]: shown}}


def _mask(masks: dict[str, str], value: Json) -> str:
    """The mask of a value among those of its key, a longer one for each that is new; null is an empty text."""
    name = "" if value is None else value if isinstance(value, str) else f"%{json.dumps(value)}"
    return masks.setdefault(name, MASK + LONGER * len(masks))


def _with_last_applied(
    obj: JsonObject | None, stated: JsonObject | Unreadable | None, masked: JsonObject | None, *, hide: bool
) -> JsonObject | None:
    if obj is None or stated is None:
        return obj
    shown = MASK if hide or masked is None else go_json(masked)
    annotations: JsonObject = {**(string_map(obj, "annotations") or {}), LAST_APPLIED: shown}
    return {**obj, "metadata": {**mapping(obj, "metadata"), "annotations": annotations}}
