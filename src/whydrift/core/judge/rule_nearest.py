"""The rule that a part without effect was probably meant to be: one correction away, and it takes something out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from difflib import get_close_matches

from whydrift.core.compare.rules import IgnoreRule
from whydrift.core.explain.corrections import Correction, corrections
from whydrift.core.explain.ignoring import removed_by
from whydrift.core.explain.subject import Subject
from whydrift.core.judge.rule_parts import Part
from whydrift.core.model.drift import Difference, Kind
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.paths import Path
from whydrift.core.model.snapshot import ObjectSnapshot
from whydrift.core.model.values import MaybeJson

CLOSE = 0.8
LARGEST = 2_000
"""Places of one object that are tried; larger objects are looked at where they differ only."""


_Removed = dict[tuple[ObjectKey, IgnoreRule], list[set[Path]]]


@dataclass(frozen=True, slots=True)
class Nearest:
    """A rule that would match, what is wrong with the one that is written, and the object that it matches."""

    rule: IgnoreRule
    wrong: str
    object: ObjectSnapshot


def nearest(part: Part, subjects: Iterable[Subject]) -> Nearest | None:
    """The first correction that matches something: fields that differ come before fields that are merely there."""
    if part.form == "option":
        return None
    known = tuple(subjects)
    found = (
        (_misnamed(part, known), _manager(part, known))
        if part.form == "manager"
        else (
            _for_differences(part, known),
            _misnamed(part, known),
            _for_places(part, known),
        )
    )
    return next((each for each in found if each is not None), None)


def _for_differences(part: Part, subjects: tuple[Subject, ...]) -> Nearest | None:
    tried = ((subject, d) for subject in subjects for d in subject.differences if not d.whole)
    return _first(part, tried)


def _for_places(part: Part, subjects: tuple[Subject, ...]) -> Nearest | None:
    return _first(part, ((subject, d) for subject in subjects for d in _places(subject)))


def _first(part: Part, tried: Iterable[tuple[Subject, Difference]]) -> Nearest | None:
    removed: _Removed = {}
    for subject, difference in tried:
        for correction in corrections(part.rule, subject, difference):
            if _takes(correction, subject, difference, removed):
                return Nearest(correction.rule, correction.wrong, subject.object)
    return None


def _takes(correction: Correction, subject: Subject, difference: Difference, removed: _Removed) -> bool:
    """Whether a corrected rule takes exactly this place out; each rule is run once on each object (jq is slow)."""
    place = (subject.key, correction.rule)
    if place not in removed:
        item = subject.object
        removed[place] = [removed_by(correction.rule, side, subject) for side in (item.target, item.live)]
    git, live = removed[place]
    return difference.path in git or difference.live_path in live


def _places(subject: Subject) -> Iterator[Difference]:
    """Every place of an object, as if it differed."""
    seen: set[Path] = set()
    for side in (subject.object.target, subject.object.live):
        for path in _paths(side, ()):
            if path and path not in seen and len(seen) < LARGEST:
                seen.add(path)
                yield Difference(path, path, Kind.MODIFIED, shown=False)


def _paths(value: MaybeJson, at: Path) -> Iterator[Path]:
    yield at
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, below in steps:
        if (*at, step) != ("metadata", "managedFields"):
            yield from _paths(below, (*at, step))


def _misnamed(part: Part, subjects: tuple[Subject, ...]) -> Nearest | None:
    """The same part for an object whose name, namespace or kind is spelled almost like the one that is written."""
    for renamed, wrong in _renamed(part.rule, subjects):
        for subject in subjects:
            if not renamed.matches(subject.key):
                continue
            there = replace(part, rule=renamed)
            if part.form == "manager" and any(e.manager == part.text for e in subject.object.managers.entries):
                return Nearest(renamed, wrong, subject.object)
            sides = (subject.object.target, subject.object.live)
            if part.form != "manager" and any(removed_by(there.rule, side, subject) for side in sides):
                return Nearest(renamed, wrong, subject.object)
    return None


def _renamed(rule: IgnoreRule, subjects: tuple[Subject, ...]) -> Iterator[tuple[IgnoreRule, str]]:
    keys = [subject.key for subject in subjects]
    alike = [key for key in keys if replace(rule, name="", namespace="").matches(key)]
    for name in _close(rule.name, [key.name for key in alike]):
        yield replace(rule, name=name), f"its name is {rule.name!r}, and the object is called {name!r}"
    for place in dict.fromkeys(key.namespace for key in alike if rule.name in ("", key.name)):
        if rule.namespace and place != rule.namespace:
            yield replace(rule, namespace=place), f"its namespace is {rule.namespace!r}, and the object is in {place!r}"
    for group in dict.fromkeys(key.group for key in keys if key.kind == rule.kind and key.group != rule.group):
        wrong = f"its group is {rule.group!r}, and {rule.kind} is of the group {group!r}"
        yield replace(rule, group=group), wrong
    for kind in _close(rule.kind, [key.kind for key in keys]):
        group = next(key.group for key in keys if key.kind == kind)
        yield replace(rule, kind=kind, group=group), f"its kind is {rule.kind!r}, and the kind is called {kind!r}"


def _close(stated: str, there: list[str]) -> list[str]:
    return [] if not stated or stated in there else get_close_matches(stated, sorted(set(there)), 1, CLOSE)


def _manager(part: Part, subjects: tuple[Subject, ...]) -> Nearest | None:
    """A manager that wrote one of the objects and whose name is spelled almost like the one that is written."""
    for subject in subjects:
        if not part.rule.matches(subject.key):
            continue
        names = [entry.manager for entry in subject.object.managers.entries if not entry.subresource]
        if part.system and part.text in names:
            wrong = "the settings find managers by group/kind, a core kind has no such key: write it in the Application"
            return Nearest(replace(part.rule, origin="spec.ignoreDifferences"), wrong, subject.object)
        for name in _close(part.text, names):
            wrong = f"no manager is called {part.text!r}; {name!r} wrote this object"
            return Nearest(replace(part.rule, managers=(name,)), wrong, subject.object)
    return None
