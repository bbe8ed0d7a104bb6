"""YAML text that is edited: a file, or a string inside of one (a patch that stands in a kustomization)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from whydrift.core.model.git_files import Tree
from whydrift.core.model.paths import Path
from whydrift.core.model.remedy import Change, Edit, How
from whydrift.core.model.values import MaybeJson, text
from whydrift.core.remedy.places.stated import file_edit
from whydrift.core.remedy.text.editing import edit_text
from whydrift.core.remedy.text.reading import documents
from whydrift.errors import NotEditable


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file of a tree; with `path` the string that stands there in the file's first document."""

    tree: Tree
    file: str
    path: Path = ()

    @property
    def content(self) -> str:
        """The text that is edited."""
        whole = self.tree.files[self.file]
        return text(documents(whole)[0].value, *self.path) if self.path else whole

    def values(self) -> tuple[MaybeJson, ...]:
        """The documents of the text; () where it cannot be read."""
        try:
            return tuple(document.value for document in documents(self.content))
        except NotEditable:
            return ()

    def edits(self, document: int, changes: Sequence[Change]) -> Iterator[Edit]:
        """The edit of the file that makes changes in a document of the text."""
        if self.path:
            try:
                inner = edit_text(self.content, document, changes).content
            except NotEditable:
                return
            changes, document = [Change(self.path, inner)], 0
        yield from file_edit(self.tree, self.file, document, changes, How.KUSTOMIZE)
