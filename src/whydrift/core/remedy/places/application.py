"""Places in the Application itself: its own spec, and its manifest where git holds that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from whydrift.core.model.application import Application
from whydrift.core.model.git_files import Tree
from whydrift.core.model.paths import Path
from whydrift.core.model.remedy import APPLICATION, Change, Choice, Edit, How
from whydrift.core.model.values import ABSENT, Json, JsonObject, MaybeJson, child, is_object, mapping, same
from whydrift.core.remedy.application_patch import patch_of
from whydrift.core.remedy.places.stated import file_edit
from whydrift.core.remedy.text.reading import documents
from whydrift.core.remedy.text.writing import Style, block_lines

STAMP = "kubectl.kubernetes.io/last-applied-configuration"
STATED = ("name", "namespace", "labels", "annotations")


def application_text(application: Application) -> str:
    """The Application as a manifest would state it, as text."""
    return "\n".join(block_lines(application_manifest(application), Style())) + "\n"


def application_manifest(application: Application) -> JsonObject:
    """The Application as a manifest would state it: no status, nothing that servers write."""
    metadata: JsonObject = {key: value for key, value in mapping(application.raw, "metadata").items() if key in STATED}
    annotations: JsonObject = {key: v for key, v in mapping(metadata, "annotations").items() if key != STAMP}
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Application",
        "metadata": {**metadata, "annotations": annotations} if annotations else _without(metadata, "annotations"),
        "spec": mapping(application.raw, "spec"),
    }


def _without(metadata: JsonObject, name: str) -> JsonObject:
    return {key: value for key, value in metadata.items() if key != name}


def application_tree(application: Application) -> Tree:
    """The Application as if it were a file: what `own_edit` and others edit."""
    return Tree(files={APPLICATION: application_text(application)})


def own_edit(application: Application, changes: Sequence[Change], how: How) -> Iterator[Edit]:
    """The edit that makes changes in the Application itself (their paths start at its root); none if it cannot be."""
    return file_edit(application_tree(application), APPLICATION, 0, changes, how)


def choice_edit(application: Application, choice: Choice) -> Iterator[Edit]:
    """The edit that puts a choice's rule and options into the Application itself; none where they are there."""
    changes = list(leaves(patch_of(application, [choice])))
    if changes:
        yield from own_edit(application, changes, How.YAML)


def leaves(patch: MaybeJson, path: Path = ()) -> Iterator[Change]:
    """What a merge patch states, as changes."""
    if is_object(patch):
        for key, value in patch.items():
            yield from leaves(value, (*path, key))
    else:
        yield Change(path, patch)


def changes_of(edit: Edit) -> tuple[Change, ...]:
    """What an edit of an Application changes in it, as changes of its manifest."""
    before, after = (documents(content)[0].value for content in (edit.before, edit.after))
    return tuple(_changes(before, after, ()))


def _changes(before: MaybeJson, after: MaybeJson, path: Path) -> Iterator[Change]:
    if same(before, after):
        return
    if is_object(before) and is_object(after):
        for key in dict.fromkeys((*after, *before)):
            yield from _changes(child(before, key), child(after, key), (*path, key))
    elif isinstance(before, list) and isinstance(after, list) and len(before) <= len(after):
        for place, item in enumerate(after):
            yield from _changes(_item(before, place), item, (*path, place))
    else:
        yield Change(path, after)


def _item(items: list[Json], place: int) -> MaybeJson:
    return items[place] if place < len(items) else ABSENT
