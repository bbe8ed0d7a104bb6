"""Field paths: how a place inside an object is named: JSON pointers, and items by key for people."""

from __future__ import annotations

from typing import TypeAlias

from whydrift.core.model.values import ABSENT, Json, MaybeJson, child

Path: TypeAlias = tuple[str | int, ...]
"""Map keys and list indices, from the root of an object. () is the whole object."""

ITEM_KEYS = (
    "name",
    "containerPort",
    "port",
    "mountPath",
    "devicePath",
    "key",
    "secretKey",
    "topologyKey",
    "ip",
    "type",
    "id",
)
"""Keys by which people tell items of a list apart, tried in this order."""


def pointer(path: Path) -> str:
    """The JSON pointer (RFC 6901) of a path; "" is the whole object."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


def parse_pointer(pointer: str) -> tuple[str, ...]:
    """The steps of a JSON pointer, all as strings (an index cannot be told from a key without the object)."""
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:])


def starts_with(path: Path, prefix: Path) -> bool:
    """Whether `path` is `prefix` or lies below it."""
    return path[: len(prefix)] == prefix


def item_key(item: Json, siblings: list[Json]) -> str | None:
    """The key that tells `item` from its siblings: the first of ITEM_KEYS that all state and no two share, or None."""
    for key in ITEM_KEYS:
        values = [child(sibling, key) for sibling in siblings]
        if all(isinstance(value, str | int) for value in values) and len(set(map(str, values))) == len(values):
            return key if child(item, key) is not ABSENT else None
    return None


def for_people(path: Path, root: MaybeJson) -> str:
    """A path as people read it: `spec.containers[name=web].image`; keys with dots in quotes; "" is the whole object."""
    parts: list[str] = []
    here = root
    for step in path:
        if isinstance(step, int):
            parts.append(_item_name(step, here))
        elif step and all(c.isalnum() or c in "_-" for c in step):
            parts.append(f".{step}" if parts else step)
        else:
            parts.append(f'["{step}"]')
        here = child(here, step)
    return "".join(parts)


def _item_name(index: int, parent: MaybeJson) -> str:
    item = child(parent, index)
    if isinstance(parent, list) and item is not ABSENT:
        key = item_key(item, parent)
        if key is not None:
            return f"[{key}={child(item, key)}]"
    return f"[{index}]"
