"""Items for a list that a template ranges out of values: the new item is stated as the one before it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from whydrift.core.model.paths import Path
from whydrift.core.model.remedy import Change
from whydrift.core.model.values import Absent, Json, MaybeJson, child
from whydrift.core.remedy.places.helm.located import Field
from whydrift.core.remedy.places.helm.measures import Idea, SetValue
from whydrift.core.remedy.places.helm.solving import solutions
from whydrift.core.remedy.places.helm.traced import Stated
from whydrift.core.remedy.text.nodes import Scalar
from whydrift.core.remedy.text.scalars import scalar_text
from whydrift.core.remedy.text.wanted import changed

Look = Callable[[Stated], MaybeJson]
"""What is stated at a place now."""


def new_items(look: Look, common: Stated | None, sample: Field, value: Json) -> Iterator[Idea]:
    """Ideas for an item that is like `sample`, whose values are all parts of `common`."""
    for end in (len(common.path), len(common.path) - 1) if common else ():
        assert common is not None
        place = Stated(common.file, common.path[:end])
        above = look(Stated(place.file, place.path[:-1])) if place.path else None
        made = _like(look(place), place, sample, value) if isinstance(above, dict | list) else None
        if made is None:
            continue
        key, element = made
        names: Sequence[str | int] = [len(above)] if isinstance(above, list) else _spellings(key, str(place.path[-1]))
        for name in names:
            yield (SetValue(Stated(place.file, (*place.path[:-1], name)), element),)


def _like(stated: MaybeJson, place: Stated, sample: Field, value: Json) -> tuple[str, Json] | None:
    """The key and the value to state so that it prints as `value`, where `stated` prints as the sample; or None."""
    key, changes = "", []
    leaves = list(_leaves(sample))
    if isinstance(stated, Absent) or _paths(value) != {leaf.path[len(sample.path) :] for leaf in leaves}:
        return None
    for leaf in leaves:
        wanted = child(value, *leaf.path[len(sample.path) :])
        if isinstance(wanted, Absent | dict | list) or wanted == leaf.value:
            continue
        found = _part(leaf, wanted, place)
        if found is None:
            return None
        rest, text = found
        if rest is None:
            key = text
        else:
            whole = not isinstance(child(stated, *rest), str) and text == scalar_text(wanted)
            changes.append(Change(rest, wanted if whole else text))
    made = changed(stated, changes) if changes else stated
    return None if isinstance(made, Absent) else (key, made)


def _part(leaf: Field, wanted: Json, place: Stated) -> tuple[Path | None, str] | None:
    """Which part of a stated item a field prints (None: its key), and what that must say instead."""
    for parts in solutions(leaf.content, wanted if isinstance(wanted, str) else scalar_text(wanted)):
        origin = parts[0].piece.origin
        if len(parts) == 1 and isinstance(origin, Stated) and origin.path[: len(place.path)] == place.path:
            is_key = parts[0].piece.key and origin.path == place.path
            return (None if is_key else origin.path[len(place.path) :]), parts[0].text
    return None


def _leaves(field: Field) -> Iterator[Field]:
    if isinstance(field.node, Scalar):
        yield field
    for inner in field.children:
        yield from _leaves(inner)


def _paths(value: Json, path: Path = ()) -> set[Path]:
    if isinstance(value, dict):
        return {each for key, inner in value.items() for each in _paths(inner, (*path, key))}
    if isinstance(value, list):
        return {each for place, inner in enumerate(value) for each in _paths(inner, (*path, place))}
    return {path}


def _spellings(key: str, like: str) -> list[str]:
    """How a key may be stated that a template prints in capitals, or with other dashes: as its sibling first."""
    lower = key.lower()
    dashed = lower.replace("_", "-")
    alike = (dashed,) if "-" in like else (lower,) if like.islower() else ()
    return list(dict.fromkeys((*alike, key, lower, dashed))) if key else []
