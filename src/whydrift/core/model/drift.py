"""Differences: one field (or one whole object) that git and the cluster do not agree on."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from whydrift.core.model.paths import Path, pointer
from whydrift.core.model.values import ABSENT, MaybeJson


class Kind(StrEnum):
    """How a difference looks, seen from the target."""

    MODIFIED = "modified"
    MISSING = "missing"
    EXTRA = "extra"


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference.

    `path` addresses the target (list items by index there; by index in live for items that only live has), `live_path`
    the live object. `target` and `live` are the values as they stand in git and in the cluster, ABSENT where a side has
    none. `order` marks a list whose items are the same on both sides but stand in another order. `shown` is false where
    Argo CD does not call it different. () is the whole object.
    """

    path: Path
    live_path: Path
    kind: Kind
    target: MaybeJson = field(default=ABSENT, compare=False)
    live: MaybeJson = field(default=ABSENT, compare=False)
    order: bool = False
    shown: bool = True

    @property
    def pointer(self) -> str:
        """The JSON pointer of `path`."""
        return pointer(self.path)

    @property
    def whole(self) -> bool:
        """Whether the whole object is missing or extra."""
        return not self.path
