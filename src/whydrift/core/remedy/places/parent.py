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
from whydrift.core.remedy.places.elements import in_element

RULES: Path = ("spec", "ignoreDifferences")


@dataclass(frozen=True)
class ParentManifest:
    """The manifest in a parent's files that an Application comes from. `key` and `target` are of that manifest.

    `inside` is where in it the Application's own spec stands: () or the template of an ApplicationSet, which makes the
    applications `also` too beside the one called `made`.
    """

    parent: Application
    git: GitFiles
    key: ObjectKey
    target: JsonObject
    inside: Path = ()
    also: tuple[str, ...] = ()
    made: str = ""

    def changes(self, changes: Sequence[Change]) -> tuple[Change, ...]:
        """Changes of an Application as changes of the manifest that it comes from: its element, else its template."""
        return tuple(
            self._in_element(change) or Change((*self.inside, *change.path), change.value) for change in changes
        )

    def others(self, changes: Sequence[Change]) -> tuple[str, ...]:
        """The applications that get changes of this one, too."""
        return () if all(self._in_element(change) is not None for change in changes) else self.also

    def _in_element(self, change: Change) -> Change | None:
        return in_element(self.target, self.inside, self.made, change) if self.inside else None

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
