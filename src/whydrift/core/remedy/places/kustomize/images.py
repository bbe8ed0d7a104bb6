"""Images as kustomize takes them apart, and entries of `images:` that make one out of another."""

from __future__ import annotations

from typing import NamedTuple

from whydrift.core.model.paths import Path
from whydrift.core.model.remedy import Change
from whydrift.core.model.values import ABSENT, Json, JsonObject, child, is_object, text


class Image(NamedTuple):
    """Name, tag ("" for none) and digest ("" for none)."""

    name: str
    tag: str
    digest: str

    def __str__(self) -> str:
        return self.name + (f":{self.tag}" if self.tag else "") + (f"@{self.digest}" if self.digest else "")


def is_image(path: Path) -> bool:
    """Whether a path is that of a container's image (api/internal/builtins/ImageTagTransformer.go)."""
    return path[-1:] == ("image",) and path[-3:-2] in (("containers",), ("initContainers",))


def image_of(stated: str) -> Image:
    """An image taken apart: a colon behind the last slash starts the tag."""
    rest, _, digest = stated.partition("@")
    head, slash, tail = rest.rpartition("/")
    name, _, tag = tail.partition(":")
    return Image(head + slash + name, tag, digest)


def image_changes(path: Path, entry: Json, old: Image, new: Image) -> list[Change]:
    """What must change in the entry at a path so that it makes the new image of what it now makes the old one of."""
    if isinstance(entry, str):
        return _in_string(path, entry, old, new)
    if not is_object(entry) or (text(entry, "newName") or text(entry, "name")) != old.name:
        return []
    wanted = (("newName", old.name, new.name), ("newTag", old.tag, new.tag), ("digest", old.digest, new.digest))
    return [
        Change((*path, key), value or ABSENT)
        for key, before, value in wanted
        if before != value and (value or child(entry, key) is not ABSENT)
    ]


def _in_string(path: Path, entry: str, old: Image, new: Image) -> list[Change]:
    """An Application writes `name=new:tag`, or `name:tag` (types.go, KustomizeImage)."""
    original, equals, made = entry.rpartition("=")
    if image_of(made).name != old.name:
        return []
    if equals or new.name == old.name:
        return [Change(path, f"{original}{equals}{new}")]
    return [Change(path, f"{old.name}={new}")]


def image_entry(old: Image, new: Image) -> JsonObject:
    """An entry that makes the new image of the old one."""
    renamed: JsonObject = {} if old.name == new.name else {"newName": new.name}
    tagged: JsonObject = {"digest": new.digest} if new.digest else {"newTag": new.tag or "latest"}
    return {"name": old.name, **renamed, **tagged}
