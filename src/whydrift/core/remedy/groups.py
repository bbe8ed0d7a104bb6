"""Differences that one edit makes go away: of one object, below one parent, with the same remedy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from whydrift.core.judge.situation import Situation
from whydrift.core.model.drift import Difference, Kind
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.paths import Path, starts_with
from whydrift.core.model.remedy import Change, Choice, Field, RemedyKind, Safety
from whydrift.core.model.values import ABSENT
from whydrift.core.remedy.chosen import Chosen
from whydrift.core.remedy.taken_along import beside, taken_along

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

    Its safety is that of the least safe among them. `along` is the difference of another object that it goes with where
    it has none itself.
    """

    key: ObjectKey
    differences: tuple[Difference, ...]
    choice: Choice
    changes: tuple[Change, ...]
    along: Field | None = None

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
        changes = _each_once(members)
        safety = max((choice.safety for _, choice in members), key=list(Safety).index)
        yield Group(key, tuple(d for d, _ in members), replace(members[0][1], safety=safety), changes)


def groups_along(situation: Situation, chosen: Chosen) -> Iterator[Group]:
    """A group for each object that is taken back along with another one, without a difference of its own."""
    safety = {Field(key, difference.path): choice.safety for (key, difference), choice in chosen.items()}
    for along in taken_along(situation, chosen):
        if not any(key == along.key and starts_with(each.path, along.at) for key, each in chosen):
            choice = beside(along, safety[along.leader])
            yield Group(along.key, (), choice, along.changes, along.leader)


def each_alone(group: Group, chosen: Chosen) -> Iterator[Group]:
    """The differences of a group each by itself: what no place closes together, several may."""
    for difference in group.differences:
        choice = chosen[group.key, difference]
        yield Group(group.key, (difference,), choice, choice.changes)


def _each_once(members: Sequence[tuple[Difference, Choice]]) -> tuple[Change, ...]:
    """All changes of a group; items that are new each have an index of their own behind those of the list."""
    found: dict[Path, Change] = {}
    for difference, choice in members:
        for change in choice.changes:
            path = change.path
            while _appends(difference, change) and path in found:
                path = (*path[:-1], int(path[-1]) + 1)
            found.setdefault(path, replace(change, path=path))
    return tuple(found.values())


def _appends(difference: Difference, change: Change) -> bool:
    """Whether a change puts an item that only live has behind those of git's list."""
    return (
        difference.kind is Kind.EXTRA
        and bool(change.path)
        and isinstance(change.path[-1], int)
        and len(change.path) == len(difference.path)
        and change.value is not ABSENT
    )


def _parent(path: Path) -> Path:
    """What differences share that one edit may close; the keys of a ConfigMap may come out of a file each."""
    return path if path[:1] == ("data",) else path[:-1]
