"""Effects: what a sync would do now, one by one, and what it would lose (design/decisions.md, "sync.safe")."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from whydrift.core.model.objects import ObjectKey


class Does(StrEnum):
    """What one effect is."""

    SCALE = "scale"
    RESTART = "restart"
    DOWNGRADE = "downgrade"
    UPGRADE = "upgrade"
    REMOVE_KEY = "remove-key"
    OVERWRITE = "overwrite"
    UPDATE = "update"
    CREATE = "create"
    DELETE = "delete"
    REPLACE = "replace"
    RUN_HOOK = "run-hook"
    FAIL = "fail"
    UNKNOWN = "unknown"
    NOTHING = "nothing"


WORST_FIRST = (
    Does.DELETE,
    Does.REPLACE,
    Does.DOWNGRADE,
    Does.SCALE,
    Does.REMOVE_KEY,
    Does.RUN_HOOK,
    Does.RESTART,
    Does.OVERWRITE,
    Does.UPGRADE,
    Does.UPDATE,
    Does.CREATE,
    Does.UNKNOWN,
    Does.FAIL,
    Does.NOTHING,
)
"""The order in which effects are told: what is hardest to undo comes first."""


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing that a sync would do to one object.

    `paths` are JSON pointers in live (in the object that the sync leaves, where live has no such place). `safe` says
    whether this effect loses nothing that anybody wants; `loses` is the cause whose change would be lost.
    """

    key: ObjectKey
    does: Does
    says: str
    safe: bool
    paths: tuple[str, ...] = ()
    loses: str = ""


@dataclass(frozen=True)
class Forecast:
    """What a sync now would do to a whole application.

    `converges`: whether Argo CD would call the application Synced after it. `automatic` says what happens without
    anybody pressing, "" where nothing does.
    """

    effects: tuple[Effect, ...] = field(default_factory=tuple)
    converges: bool = True
    because: str = ""
    automatic: str = ""

    @cached_property
    def by_object(self) -> Mapping[ObjectKey, tuple[Effect, ...]]:
        """The effects on each object that has any."""
        found: dict[ObjectKey, tuple[Effect, ...]] = {}
        for effect in self.effects:
            found[effect.key] = (*found.get(effect.key, ()), effect)
        return found

    @property
    def safe(self) -> bool:
        """True only when every effect is known and none loses anything."""
        return all(effect.safe for effect in self.effects)

    @property
    def known(self) -> bool:
        """Whether no effect is unknown."""
        return all(effect.does is not Does.UNKNOWN for effect in self.effects)

    @cached_property
    def doubt(self) -> Effect | None:
        """The first effect that speaks against a sync of all: what would be refused, else what is not safe."""
        return next(iter((*self.fails, *(effect for effect in self.effects if not effect.safe))), None)

    @property
    def fails(self) -> tuple[Effect, ...]:
        """What would be refused."""
        return tuple(effect for effect in self.effects if effect.does is Does.FAIL)
