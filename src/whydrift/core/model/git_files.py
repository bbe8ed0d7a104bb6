"""What an application is rendered from: the text files of its sources, as git holds them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Tree:
    """What one source is rendered from: text files by path in a repository at a revision; `path` is its own folder.

    A chart from a registry has no repository: `repo` is "" and there are no files. `beside` are the kustomizations of
    folders next to its own: nothing of them is rendered, but they tell what other overlays share. `packed` are the text
    files in packed subcharts (`charts/NAME.tgz/NAME/values.yaml`): they are rendered, and cannot be edited.
    """

    repo: str = ""
    revision: str = ""
    path: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    beside: Mapping[str, str] = field(default_factory=dict)
    packed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class GitFiles:
    """The text files that an application is rendered from, by path; `own` are the folders that its sources name.

    `trees` has one entry for each source, in their order. Contents are as git holds them, not masked: what of it enters
    an answer is masked first.
    """

    files: Mapping[str, str] = field(default_factory=dict)
    own: tuple[str, ...] = ()
    trees: tuple[Tree, ...] = ()
    memo: dict[tuple[str, int], object] = field(default_factory=dict, compare=False, repr=False)
    """What was made of these files once and is asked for again: a chart that was followed."""

    def __reduce__(self) -> tuple[type[GitFiles], tuple[object, ...]]:
        """To another process go the files alone."""
        return GitFiles, (self.files, self.own, self.trees)
