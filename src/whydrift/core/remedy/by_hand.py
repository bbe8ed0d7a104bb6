"""Patches of live objects by hand, where no sync takes a field away; each tests first that live still holds it."""

from __future__ import annotations

from collections.abc import Iterable

from whydrift.core.model.drift import Difference
from whydrift.core.model.paths import Path, pointer
from whydrift.core.model.secrets import masked
from whydrift.core.model.snapshot import ObjectSnapshot
from whydrift.core.model.values import ABSENT, Json, JsonObject, MaybeJson
from whydrift.core.remedy.commands import json_patch_command

Commands = tuple[str, ...]
NOTHING: tuple[Commands, Commands] = ((), ())


def patched_back(item: ObjectSnapshot, differences: Iterable[Difference]) -> tuple[Commands, Commands]:
    """(commands that make live say what target says, their way back); none for whole objects, or masked values.

    Later list items go first: the index of an item stands while those behind it go (RFC 6902, section 4.2).
    """
    forth: list[Json] = []
    back: list[Json] = []
    for difference in sorted(differences, key=lambda each: _order(each.live_path), reverse=True):
        target, live = difference.target, difference.live
        if difference.whole or live is ABSENT or _secret(target) or _secret(live) or item.key.kind == "Secret":
            return NOTHING
        at = pointer(difference.live_path)
        forth += [{"op": "test", "path": at, "value": live}, _put(at, target)]
        back.insert(0, {"op": "add" if target is ABSENT else "replace", "path": at, "value": live})
    if not forth:
        return NOTHING
    return (json_patch_command(item.key, forth),), (json_patch_command(item.key, back),)


def _order(path: Path) -> tuple[tuple[int, int, str], ...]:
    return tuple((1, part, "") if isinstance(part, int) else (0, 0, str(part)) for part in path)


def _put(at: str, target: MaybeJson) -> JsonObject:
    return {"op": "remove", "path": at} if target is ABSENT else {"op": "replace", "path": at, "value": target}


def _secret(value: MaybeJson) -> bool:
    """Whether a masked text is anywhere in a value."""
    if isinstance(value, dict):
        return any(map(_secret, value.values()))
    if isinstance(value, list):
        return any(map(_secret, value))
    return isinstance(value, str) and masked(value)
