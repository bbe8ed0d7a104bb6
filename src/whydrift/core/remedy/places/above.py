"""Places where git holds the Application itself: in its parent's files, or in those of its ApplicationSet's parent.

A live patch of such an Application would be taken back by whoever writes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from whydrift.core.model.application import Application
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.remedy import Change, Edit
from whydrift.core.model.trouble import GitFiles
from whydrift.core.model.values import JsonObject, is_object
from whydrift.core.remedy.places import candidates
from whydrift.core.remedy.places.application import changes_of
from whydrift.core.remedy.text.reading import documents

SET = "ApplicationSet"


@dataclass(frozen=True)
class Holder:
    """What renders an Application: its parent with its files; `key` is the Application, or the set that makes it."""

    parent: Application
    git: GitFiles
    key: ObjectKey


def lifted(edit: Edit, holder: Holder) -> Iterator[Edit]:
    """The edit of an Application as edits of the files that it comes from, best first.

    An edit of an ApplicationSet's template changes every Application that the set makes; what the template computes is
    not written over.
    """
    before = documents(edit.before)[0].value
    # where a rule comes with an option that it needs, the line to look at is the rule's
    changes = sorted(changes_of(edit), key=lambda change: change.path[:2] != ("spec", "ignoreDifferences"))
    if not is_object(before) or not changes:
        return
    if holder.key.kind != SET:
        yield from candidates(holder.parent, holder.git, holder.key, before, changes)
        return
    target: JsonObject = {"spec": {"template": before}}
    moved = [Change(("spec", "template", *change.path), change.value) for change in changes]
    for found in candidates(holder.parent, holder.git, holder.key, target, moved):
        if not _computed(found):
            yield found


def _computed(edit: Edit) -> bool:
    """Whether a line goes that a template computes."""
    after = set(edit.after.splitlines())
    return any("{{" in line and line not in after for line in edit.before.splitlines())
