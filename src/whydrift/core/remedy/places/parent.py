"""Places in what git states of an Application: its manifest among a parent's files, or the template of its set there.

A live patch of such an Application would be taken back by whoever writes it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from whydrift.core.model.application import Application
from whydrift.core.model.git_files import GitFiles
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.paths import Path
from whydrift.core.model.remedy import Change, Edit
from whydrift.core.model.values import JsonObject
from whydrift.core.remedy.overlay import Overlay
from whydrift.core.remedy.places import candidates

RULES: Path = ("spec", "ignoreDifferences")


@dataclass(frozen=True)
class ParentManifest:
    """The manifest in a parent's files that an Application comes from. `key` and `target` are of that manifest.

    `inside` is where in it the Application's own spec stands: () or the template of an ApplicationSet, which makes the
    applications `also` too.
    """

    parent: Application
    git: GitFiles
    key: ObjectKey
    target: JsonObject
    inside: Path = ()
    also: tuple[str, ...] = ()

    def changes(self, changes: Sequence[Change]) -> tuple[Change, ...]:
        """Changes of an Application as changes of the manifest that it comes from."""
        return tuple(Change((*self.inside, *change.path), change.value) for change in changes)

    def edits(self, changes: Sequence[Change], overlay: Overlay | None = None) -> Iterator[Edit]:
        """The edits that may make changes of the Application, the likeliest first.

        What the template of a set computes is not written over.
        """
        git = self.git if overlay is None else overlay.over(self.git)
        # where a rule comes with an option that it needs, the line to look at is the rule's
        ordered = sorted(changes, key=lambda change: change.path[:2] != RULES)
        found = candidates(self.parent, git, self.key, self.target, self.changes(ordered))
        return (edit for edit in found if not (self.inside and _computed(edit)))


def _computed(edit: Edit) -> bool:
    """Whether a line goes that a template computes."""
    after = set(edit.after.splitlines())
    return any("{{" in line and line not in after for line in edit.before.splitlines())
