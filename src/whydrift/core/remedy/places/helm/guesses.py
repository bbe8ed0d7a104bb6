"""Likely places for a field of a chart that cannot be read: what the Application and its value files state of it.

Without templates nothing shows that a value is the field's; each edit says so (`Edit.guess`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from whydrift.core.model.paths import Path
from whydrift.core.model.remedy import Change
from whydrift.core.model.values import ABSENT, JsonObject, MaybeJson, child, is_object, same
from whydrift.core.remedy.places.helm.measures import Idea, SetValue
from whydrift.core.remedy.places.helm.traced import Stated, Traced, plain

UNREAD = "the templates that render this object are not in git: the place is the likeliest of the stated values"
TAGS = ("tag", "version")


def guesses(layers: Sequence[Traced], target: JsonObject, change: Change) -> Iterator[Idea]:
    """Values that may be the field's, in layers of which the highest comes first: the likeliest first."""
    old = child(target, *change.path)
    for place in _copies(layers, target, change.path):
        yield (SetValue(place, change.value),)
    if isinstance(old, str) and isinstance(change.value, str) and change.path[-1] == "image":
        yield from _image(layers, old, change.value)


def _copies(layers: Sequence[Traced], target: JsonObject, path: Path) -> Iterator[Stated]:
    """Values that are the same as the field, else as a map or list around it; a scalar's must be called like it."""
    for end in range(len(path), 0, -1):
        part = child(target, *path[:end])
        if part is ABSENT or part is None or part in ({}, []):
            continue
        whole = isinstance(part, dict | list)
        if not whole and end < len(path):
            continue
        found = [place for place, value in _stated(layers) if same(value, part) and (whole or _alike(place.path, path))]
        for place in sorted(found, key=lambda place: -_near(place.path, path, target)):
            yield Stated(place.file, (*place.path, *path[end:]))


def _stated(layers: Sequence[Traced]) -> Iterator[tuple[Stated, MaybeJson]]:
    """All values with their places, the deepest last."""
    waiting = list(layers)
    while waiting:
        value = waiting.pop(0)
        if value.stated:
            yield value.stated, plain(value)
        if isinstance(value.data, dict | list):
            waiting += value.data.values() if isinstance(value.data, dict) else value.data


def _alike(stated: Path, path: Path) -> bool:
    """Whether the last key of a value is called like that of the field: replicas, replicaCount."""
    names = [
        next((str(step).lower() for step in reversed(each) if isinstance(step, str)), "") for each in (stated, path)
    ]
    a, b = (name.rstrip("s") for name in names)
    return bool(a and b) and (a in b or b in a)


def _near(stated: Path, path: Path, target: JsonObject) -> int:
    """How many words around a value are those around the field, its object among them."""
    metadata = target.get("metadata")
    name = metadata.get("name") if is_object(metadata) else ""
    around = (
        {str(step).lower() for step in path} | set(str(name).lower().split("-")) | {str(target.get("kind")).lower()}
    )
    return sum(str(step).lower() in around for step in stated)


def _image(layers: Sequence[Traced], old: str, new: str) -> Iterator[Idea]:
    """The tag of an image: where it is stated, beside its repository, else where charts read it (`helm create`)."""
    (repository, tag), (now, wanted) = _parts(old), _parts(new)
    if repository != now:
        return
    for place, value in _stated(layers):
        if value == tag and any(word in str(place.path[-1]).lower() for word in TAGS):
            yield (SetValue(place, wanted),)
    for place, value in _stated(layers):
        if isinstance(value, dict) and str(value.get("repository", "")).endswith(repository.rpartition("/")[2]):
            yield (SetValue(Stated(place.file, (*place.path, "tag")), wanted),)
    first = next((layer.stated for layer in layers if layer.stated), None)
    if first:
        yield (SetValue(Stated(first.file, (*first.path, "image", "tag")), wanted),)


def _parts(image: str) -> tuple[str, str]:
    repository, _, tag = image.rpartition(":")
    return (repository, tag) if repository and "/" not in tag else (image, "")
