"""What selects pods by labels that go back in git: it is taken back with them, or it would find none.

A commit that moves a selector which cannot change mostly moves the Service (budget, policy) before the pods as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from whydrift.core.judge.situation import Situation
from whydrift.core.model.drift import Difference
from whydrift.core.model.objects import POD_LABELS, WITH_PODS, ObjectKey
from whydrift.core.model.paths import Path, starts_with
from whydrift.core.model.references import selects
from whydrift.core.model.remedy import Change, Choice, Field, RemedyKind, Safety
from whydrift.core.model.snapshot import ObjectSnapshot
from whydrift.core.model.values import ABSENT, JsonObject, MaybeJson, mapping
from whydrift.core.remedy.choices.unchangeable import SELECTOR
from whydrift.core.remedy.text.wanted import changed

Choices = Mapping[tuple[ObjectKey, Difference], Choice]
FINDERS: Mapping[tuple[str, str], Path] = {
    ("", "Service"): ("spec", "selector"),
    ("policy", "PodDisruptionBudget"): SELECTOR,
    ("networking.k8s.io", "NetworkPolicy"): ("spec", "podSelector", "matchLabels"),
}
"""Kinds that find pods by labels → where."""


@dataclass(frozen=True, slots=True)
class Along:
    """An object that finds the pods of a workload, and what it has to state once the labels of those go back."""

    key: ObjectKey
    leader: Field
    at: Path
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class _Moved:
    """A workload of git's whose selector goes back: its labels and what it selects by, now and then."""

    leader: Field
    labels: JsonObject
    then: JsonObject
    asked: JsonObject
    asked_then: JsonObject


def with_those_along(situation: Situation, choices: Choices) -> dict[tuple[ObjectKey, Difference], Choice]:
    """The choices, of which those for a selector that is taken along pin it, and those that lead it say so."""
    made = dict(choices)
    for along in taken_along(situation, choices):
        lead = next(choice for (key, d), choice in choices.items() if (key, d.path) == along.leader)
        for what, choice in choices.items():
            if what[0] == along.key and starts_with(what[1].path, along.at):
                made[what] = beside(along, lead.safety)
            elif what[0] == along.leader.key and (choice.kind, choice.why) == (lead.kind, lead.why):
                why = f"{made[what].why}; {_named(along.key)}, which finds its pods by what moved, goes back with it"
                made[what] = replace(made[what], why=why)
    return made


def taken_along(situation: Situation, choices: Choices) -> Iterator[Along]:
    """What finds pods of git's by labels that go back, and finds no others: each once."""
    objects = situation.snapshot.objects or ()
    for moved in [found for item in objects if (found := _moved(item, choices)) is not None]:
        for item in objects:
            at = FINDERS.get((item.key.group, item.key.kind))
            if at is not None and item.key.namespace == moved.leader.key.namespace:
                changes = _changes(moved, at, mapping(item.target, *at))
                if changes and not _finds_others(mapping(item.target, *at), item.key, moved, objects):
                    yield Along(item.key, moved.leader, at, changes)


def _moved(item: ObjectSnapshot, choices: Choices) -> _Moved | None:
    """A workload whose selector is pinned; None for any other object."""
    if item.key.kind not in WITH_PODS:
        return None
    pins = [(d, c) for (key, d), c in choices.items() if key == item.key and c.kind is RemedyKind.GIT_SET]
    lead = next((difference for difference, _ in pins if starts_with(difference.path, SELECTOR)), None)
    if lead is None:
        return None
    then = changed(item.target, _once([change for _, choice in pins for change in choice.changes]))
    return _Moved(
        Field(item.key, lead.path),
        mapping(item.target, *POD_LABELS),
        mapping(then, *POD_LABELS),
        mapping(item.target, *SELECTOR),
        mapping(then, *SELECTOR),
    )


def _once(changes: Sequence[Change]) -> list[Change]:
    return list({change.path: change for change in changes}.values())


def _changes(moved: _Moved, at: Path, stated: JsonObject) -> tuple[Change, ...]:
    """What makes a selector find the pods again that it finds now; none where it does so anyway, or cannot."""
    if not selects(stated, moved.labels) or selects(stated, moved.then):
        return ()
    kept = {name: value for name, value in stated.items() if moved.then.get(name) == value}
    back = {name: value for name, value in moved.asked_then.items() if moved.asked.get(name) != value}
    if not selects({**kept, **back}, moved.then):
        return ()
    wanted: Mapping[str, MaybeJson] = {**dict.fromkeys(stated, ABSENT), **kept, **back}
    return tuple(Change((*at, name), value) for name, value in wanted.items() if value != stated.get(name, ABSENT))


def _finds_others(stated: JsonObject, key: ObjectKey, moved: _Moved, objects: Sequence[ObjectSnapshot]) -> bool:
    """Whether a selector also finds pods of another workload of git's."""
    return any(
        item.key.kind in WITH_PODS
        and item.key.namespace == key.namespace
        and item.key != moved.leader.key
        and selects(stated, mapping(item.target, *POD_LABELS))
        for item in objects
    )


def beside(along: Along, safety: Safety) -> Choice:
    """The choice for what is taken along: as safe as what leads."""
    why = f"it finds the pods of {_named(along.leader.key)} by the labels that go back there"
    return Choice(RemedyKind.GIT_SET, why, safety, along.changes)


def _named(key: ObjectKey) -> str:
    return f"{key.kind} {key.name}"
