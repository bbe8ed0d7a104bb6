"""Files in git with edits on top: later edits of a plan stand on earlier ones."""

from __future__ import annotations

from dataclasses import dataclass, replace

from whydrift.core.model.git_files import GitFiles, Tree
from whydrift.core.model.remedy import APPLICATION, Edit


@dataclass(frozen=True)
class Overlay:
    """Edits of files in git, in their order; each `after` is the whole content of its file."""

    edits: tuple[Edit, ...] = ()

    def with_edit(self, edit: Edit) -> Overlay:
        """One edit more, on top; an Application's own spec is no file, and stays out."""
        return self if edit.file == APPLICATION else Overlay((*self.edits, edit))

    def content(self, edit: Edit) -> str | None:
        """What an edit's file holds by now; None where no edit changed it."""
        return next((e.after for e in reversed(self.edits) if (e.repo, e.file) == (edit.repo, edit.file)), None)

    def over(self, git: GitFiles) -> GitFiles:
        """The files with the edits in place."""
        if not self.edits:
            return git
        trees = tuple(self._over(tree) for tree in git.trees)
        merged = {name: content for tree in trees for name, content in tree.files.items()}
        return replace(git, files={**git.files, **merged}, trees=trees, memo={})

    def _over(self, tree: Tree) -> Tree:
        inside = f"{tree.path}/" if tree.path else ""
        edited = {
            edit.file: edit.after
            for edit in self.edits
            if edit.repo == tree.repo and (edit.file in tree.files or edit.file.startswith(inside))
        }
        return replace(tree, files={**tree.files, **edited}) if edited else tree
