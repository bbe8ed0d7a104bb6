"""One change of a value: what it was, what it is now, and in which object."""

from __future__ import annotations

from dataclasses import dataclass

from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.paths import Path
from whydrift.core.model.values import MaybeJson


@dataclass(frozen=True, slots=True)
class Change:
    """A change at `path` from `before` to `after` (ABSENT: not there), in an object that was `was` and is `now`."""

    key: ObjectKey
    path: Path
    before: MaybeJson
    after: MaybeJson
    was: MaybeJson
    now: MaybeJson

    @property
    def name(self) -> str:
        """The last name on the path; "" for an item of a list."""
        return self.path[-1] if self.path and isinstance(self.path[-1], str) else ""
