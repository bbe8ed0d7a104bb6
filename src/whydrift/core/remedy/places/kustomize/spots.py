"""What is looked for, and what is found: one statement of a field somewhere in the layers of a kustomization."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from whydrift.core.model.objects import group_of
from whydrift.core.model.paths import Path
from whydrift.core.model.remedy import Change, Edit
from whydrift.core.model.values import JsonObject, MaybeJson, child, mapping, text

UNPREFIXED = frozenset({"CustomResourceDefinition", "APIService", "Namespace"})
"""Kinds whose names no prefix or suffix touches (api/internal/builtins/PrefixTransformer.go)."""
HASHED = frozenset({"ConfigMap", "Secret"})
HASH = r"(?:-[2456789bcdfghkmt]{10})?"
"""What a generator appends to a name (api/hasher/hasher.go :: encode)."""


@dataclass(frozen=True, slots=True)
class Sought:
    """The object as a layer knows it, and what shall become of it. `others` are names that it had before."""

    group: str
    kind: str
    name: str
    target: JsonObject
    changes: tuple[Change, ...]
    others: frozenset[str] = frozenset()

    @property
    def path(self) -> Path:
        """The path of the first change."""
        return self.changes[0].path

    @property
    def names(self) -> frozenset[str]:
        """Every name by which a transformer may select it."""
        return self.others | {self.name}

    def below(self, prefix: str, suffix: str) -> Sought:
        """The object as it was before its name got a prefix and a suffix."""
        bare = self.name.removeprefix(prefix)
        bare = re.sub(re.escape(suffix) + f"({HASH if self.kind in HASHED else ''})$", r"\1", bare) if suffix else bare
        return self if self.kind in UNPREFIXED else replace(self, name=bare, others=frozenset())

    def is_selected(self, target: MaybeJson) -> bool:
        """Whether a patch's `target` selects it; patterns are anchored (api/types/selector.go)."""
        patterns = (
            (text(target, "kind"), {self.kind}),
            (text(target, "name"), self.names),
            (text(target, "group"), {self.group}),
        )
        fits = all(not pattern or any(_fits(pattern, name) for name in names) for pattern, names in patterns)
        return fits and _labelled(self.target, text(target, "labelSelector"))

    def is_stated(self, value: MaybeJson) -> bool:
        """Whether a manifest or a strategic merge patch states it."""
        return (
            text(value, "kind") == self.kind
            and group_of(text(value, "apiVersion")) == self.group
            and self.is_called(text(value, "metadata", "name"))
        )

    def is_called(self, name: str) -> bool:
        """Whether it has this name in the layer, the hash of a generator left aside."""
        return (
            bool(name) and re.fullmatch(re.escape(name) + (HASH if self.kind in HASHED else ""), self.name) is not None
        )


@dataclass(frozen=True, slots=True)
class Spot:
    """A statement of what is changed. `depth`: so many steps of its path stand there. `generated`: by a generator.

    `risky`: an edit of it would change what selects pods. `agrees`: it states what is rendered, so that it may be why.
    `nulls`: its edit states null, which takes away what layers below state.
    """

    folder: str
    depth: int
    edits: Callable[[], Iterator[Edit]]
    generated: bool = False
    risky: bool = False
    agrees: bool = True
    nulls: bool = False


def _fits(pattern: str, name: str) -> bool:
    try:
        return re.fullmatch(pattern, name) is not None
    except re.error:
        return pattern == name


def _labelled(target: JsonObject, selector: str) -> bool:
    """Whether labels satisfy the equalities of a selector; other requirements are not looked at."""
    labels = mapping(target, "metadata", "labels")
    pairs = (part.split("=") for part in selector.replace("==", "=").split(",") if "=" in part and "!" not in part)
    return all(child(labels, key.strip()) == value.strip() for key, value in pairs)


def all_at(changes: Sequence[Change], test: Callable[[Path], bool]) -> bool:
    """Whether every change is at a path of a kind."""
    return all(test(change.path) for change in changes)
