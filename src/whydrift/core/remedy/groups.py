"""Differences that one edit makes go away: of one object, below one parent, with the same remedy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from whydrift.core.model.drift import Difference
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.paths import Path
from whydrift.core.model.remedy import Change, Choice, RemedyKind, Safety
from whydrift.core.remedy.chosen import Chosen

EDITED = frozenset(
    {
        RemedyKind.GIT_SET,
        RemedyKind.GIT_DROP,
        RemedyKind.CHART_VALUE,
        RemedyKind.ADOPT,
        RemedyKind.ONE_OWNER,
        RemedyKind.ANNOTATE,
    }
)
"""The remedies that change what git renders."""


@dataclass(frozen=True)
class Group:
    """Differences of one object that one edit may close: what it shall make of target, and the choice of the first.

    Its safety is that of the least safe among them.
    """

    key: ObjectKey
    differences: tuple[Difference, ...]
    choice: Choice
    changes: tuple[Change, ...]

    @property
    def edited(self) -> bool:
        """Whether an edit that changes what git renders is offered; of an ask it adopts live's value."""
        return bool(self.changes) and (self.choice.kind in EDITED or self.choice.kind is RemedyKind.ASK)


def groups(chosen: Chosen) -> Iterator[Group]:
    """The groups in the order of their first difference; choices that change nothing in git stand alone."""
    gathered: dict[tuple[ObjectKey, RemedyKind, Path | int], list[tuple[Difference, Choice]]] = {}
    for place, ((key, difference), choice) in enumerate(chosen.items()):
        together = choice.kind in EDITED and choice.changes and all(c.path for c in choice.changes)
        parent: Path | int = _parent(choice.changes[0].path) if together else place
        gathered.setdefault((key, choice.kind, parent), []).append((difference, choice))
    for (key, _, _), members in gathered.items():
        changes = tuple(dict.fromkeys(change for _, choice in members for change in choice.changes))
        safety = max((choice.safety for _, choice in members), key=list(Safety).index)
        yield Group(key, tuple(d for d, _ in members), replace(members[0][1], safety=safety), changes)


def _parent(path: Path) -> Path:
    """What differences share that one edit may close; the keys of a ConfigMap may come out of a file each."""
    return path if path[:1] == ("data",) else path[:-1]
