"""Objects as files state them: which document of which file, lists of objects taken apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from whydrift.core.model.git_files import Tree
from whydrift.core.model.objects import ObjectKey, key_of
from whydrift.core.model.paths import Path, pointer
from whydrift.core.model.remedy import APPLICATION, Change, Edit, How
from whydrift.core.model.values import ABSENT, JsonObject, MaybeJson, child, is_object, items, mapping, text
from whydrift.core.remedy.text.editing import edit_text
from whydrift.core.remedy.text.reading import documents
from whydrift.errors import NotEditable


@dataclass(frozen=True, slots=True)
class Stated:
    """An object in a file: its document (from 0) and its path in it (() unless it stands in a List)."""

    file: str
    document: int
    path: Path
    value: JsonObject

    def is_named(self, key: ObjectKey, namespace: str) -> bool:
        """Whether it is the object of a key; `namespace` is where objects without one go."""
        own = key_of(self.value, namespace)
        return own[:2] == key[:2] and own.name == key.name and key.namespace in ("", own.namespace)


def stated_in(file: str, content: str) -> Iterator[Stated]:
    """Every object that a file states, in its order; none where the file cannot be read."""
    try:
        values = [document.value for document in documents(content)]
    except NotEditable:
        return
    for number, value in enumerate(values):
        if is_object(value):
            yield from _objects(Stated(file, number, (), value))


def _objects(stated: Stated) -> Iterator[Stated]:
    """The objects of a List, or the object itself (gitops-engine, utils/kube/kube.go :: SplitYAML; IsList)."""
    if not text(stated.value, "kind").endswith("List") or child(stated.value, "items") is ABSENT:
        yield stated
        return
    for place, item in enumerate(items(stated.value, "items")):
        if is_object(item):
            yield replace(stated, path=(*stated.path, "items", place), value=item)


def edit_of(tree: Tree, stated: Stated, changes: Sequence[Change], how: How = How.YAML) -> Iterator[Edit]:
    """The edit that makes changes in an object where it is stated; none where the text refuses it."""
    own = (as_stated(stated.value, change) for change in changes)
    moved = [Change((*stated.path, *change.path), change.value) for change in own]
    yield from file_edit(tree, stated.file, stated.document, moved, how)


def file_edit(tree: Tree, file: str, document: int, changes: Sequence[Change], how: How) -> Iterator[Edit]:
    """The edit that makes changes in one document of a file; none where the text refuses it."""
    content = tree.files[file]
    try:
        edited = edit_text(content, document, changes)
    except NotEditable:
        return
    place = pointer(_existing(documents(content)[document].value, changes[0].path)) if file == APPLICATION else ""
    yield Edit(tree.repo, file, edited.line, how, content, edited.content, place)


def _existing(value: MaybeJson, path: Path) -> Path:
    """As much of a path as there is: what is added stands under it."""
    there = (n for n in range(len(path), 0, -1) if child(value, *path[:n]) is not ABSENT)
    return path[: next(there, 0)]


def as_stated(value: JsonObject, change: Change) -> Change:
    """A change of a Secret's data where the manifest states it as stringData."""
    path = change.path
    if path[:1] == ("data",) and len(path) > 1 and path[1] in mapping(value, "stringData"):
        return Change(("stringData", *path[1:]), change.value)
    return change
