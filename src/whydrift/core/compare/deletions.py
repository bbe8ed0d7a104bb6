"""Removing paths from a JSON value: as RFC 6902 `remove` does it, and as jq's `delpaths` does it.

Sources: github.com/evanphx/json-patch v5.9.11 :: Patch.remove, findObject (reference/measured.md 10);
github.com/itchyny/gojq :: delpaths.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from math import ceil, floor

from whydrift.core.model.paths import Path, parse_pointer
from whydrift.core.model.values import ABSENT, Json, MaybeJson, child

_GO_INTEGER = re.compile(r"[+-]?[0-9]+")


def without(value: Json, paths: Collection[Path]) -> Json:
    """The value without the places at `paths`, all as they stand in `value`; null without the root itself."""
    if () in paths:
        return None
    below: dict[str | int, list[Path]] = {}
    for path in paths:
        below.setdefault(path[0], []).append(path[1:])
    if isinstance(value, dict):
        kept = ((key, item, below.get(key)) for key, item in value.items())
        return {key: without(item, at) if at else item for key, item, at in kept if not at or () not in at}
    if isinstance(value, list):
        listed = ((item, below.get(index)) for index, item in enumerate(value))
        return [without(item, at) if at else item for item, at in listed if not at or () not in at]
    return value


def located(value: Json, pointer: str) -> Path | None:
    """The place that a JSON pointer names, or None where nothing is there to remove.

    Indices may be negative, signed or zero-led, as Go's Atoi takes them; a bare `~` stands for itself; text before
    the first slash is dropped.
    """
    path: Path = ()
    here: MaybeJson = value
    for step in parse_pointer(pointer):
        found = _step(here, step)
        here = ABSENT if found is None else child(here, found)
        if found is None or here is ABSENT:
            return None
        path = (*path, found)
    return path or None


def concrete(value: MaybeJson, steps: list[Json], at: Path = ()) -> Iterator[Path]:
    """The places that a path of jq names: negative indices counted from the end, slices as single indices."""
    if not steps:
        yield at
        return
    step, rest = steps[0], steps[1:]
    if isinstance(value, dict) and isinstance(step, str) and step in value:
        yield from concrete(value[step], rest, (*at, step))
    elif isinstance(value, list) and isinstance(step, dict):
        yield from _in_slice(value, step, rest, at)
    elif isinstance(value, list) and isinstance(step, int | float):
        index = floor(step) + (len(value) if step < 0 else 0)
        if 0 <= index < len(value):
            yield from concrete(value[index], rest, (*at, index))


def in_original(path: Path, original: Json, removed: Collection[Path]) -> Path:
    """A path of a value from which `removed` has gone, as it stood in the original value."""
    at: Path = ()
    here: MaybeJson = original
    for step in path:
        if isinstance(step, int) and isinstance(here, list):
            step = [index for index in range(len(here)) if (*at, index) not in removed][step]
        at = (*at, step)
        here = child(here, step)
    return at


def _step(value: MaybeJson, step: str) -> str | int | None:
    if isinstance(value, dict):
        return step
    if not isinstance(value, list) or not _GO_INTEGER.fullmatch(step):
        return None
    index = int(step)
    return index + len(value) if index < 0 else index


def _in_slice(value: list[Json], step: dict[str, Json], rest: list[Json], at: Path) -> Iterator[Path]:
    start, end = step.get("start"), step.get("end")
    low = floor(start) if isinstance(start, int | float) else None
    high = ceil(end) if isinstance(end, int | float) else None
    window = range(*slice(low, high).indices(len(value)))
    if not rest:
        yield from ((*at, index) for index in window)
        return
    part = [value[index] for index in window]
    for path in concrete(part, rest):
        offset = path[0]
        if isinstance(offset, int):
            yield (*at, window[offset], *path[1:])
