"""Ignore rules as they were meant: small corrections of a rule that matches nothing (docs/user-guide/diffing.md).

What goes wrong most: the group of a kind left empty, a slash in a key that is not written ~1, a pointer in the spelling
of jq, an index or a name of another list item, a jq step over a list that is not there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from whydrift.core.compare.rules import IgnoreRule
from whydrift.core.explain.subject import Subject
from whydrift.core.model.drift import Difference
from whydrift.core.model.paths import ITEM_KEYS, Path, pointer
from whydrift.core.model.values import MaybeJson, child, text

SELECTED = re.compile(r'(\.(\w+)\s*==\s*)"((?:[^"\\]|\\.)*)"')
ITERATED = re.compile(r"\[\](?!\s*\?)")


@dataclass(frozen=True, slots=True)
class Correction:
    """A corrected rule, and what was wrong with the one that is written."""

    rule: IgnoreRule
    wrong: str


def corrections(rule: IgnoreRule, subject: Subject, difference: Difference) -> Iterator[Correction]:
    """Rules that differ from this one by one correction and might match this difference."""
    for placed in _placed(rule, subject):
        yield placed
        for part in _parts(placed.rule, subject, difference):
            if rule.matches(subject.key):
                yield part
            else:
                yield replace(part, wrong=f"{placed.wrong}; {part.wrong}")
    if rule.matches(subject.key):
        yield from _parts(rule, subject, difference)


def _placed(rule: IgnoreRule, subject: Subject) -> Iterator[Correction]:
    """The rule with the group and kind that the object really has, where it names them almost."""
    key = subject.key
    if rule.matches(key) or rule.kind.lower().rstrip("s") != key.kind.lower().rstrip("s"):
        return
    meant = replace(rule, group=key.group, kind=key.kind)
    if meant.matches(key) and rule.group != key.group:
        yield Correction(meant, f"its group is {rule.group!r}, and {key.kind} is of the group {key.group!r}")
    elif meant.matches(key):
        yield Correction(meant, f"its kind is {rule.kind!r}, and the kind is called {key.kind}")


def _parts(rule: IgnoreRule, subject: Subject, difference: Difference) -> Iterator[Correction]:
    path = difference.path
    for stated in rule.pointers:
        wrong = _pointer_fault(stated, path)
        if wrong:
            yield Correction(replace(rule, pointers=(pointer(path),), expressions=()), f"{stated} {wrong}")
    for stated in rule.expressions:
        for better, wrong in _better_expressions(stated, subject, difference):
            yield Correction(replace(rule, pointers=(), expressions=(better,)), wrong)


def _pointer_fault(stated: str, path: Path) -> str:
    """What is wrong with a pointer that was meant for this path; "" where it was meant for something else."""
    names = [str(step) for step in path]
    if stated == pointer(path):
        return ""
    if stated.strip("/") == "/".join(names):
        return "does not write the slash in the key as ~1" if stated.startswith("/") else "does not begin with a slash"
    if re.split(r"[./]", stated.strip("./$")) == names:
        return "is no JSON pointer: its steps are separated by slashes"
    if stated.lower() == pointer(path).lower():
        return "has another case than the field"
    steps = stated.split("/")[1:]
    alike = len(steps) == len(names) and all(
        a == b or (isinstance(step, int) and (a.isdigit() or a in ("*", "-", "[]")))
        for a, b, step in zip(steps, names, path, strict=True)
    )
    return "names another item of the list" if alike else ""


def _better_expressions(stated: str, subject: Subject, difference: Difference) -> Iterator[tuple[str, str]]:
    safe = ITERATED.sub("[]?", stated)
    if safe != stated:
        yield safe, f"{stated} fails where one of its lists is not there; [] must be []?"
    for found in SELECTED.finditer(stated):
        for name in _names_on(difference.path, subject.object.target, found[2]):
            if name != found[3]:
                better = f'{stated[: found.start()]}{found[1]}"{name}"{stated[found.end() :]}'
                yield better, f"{stated} selects {found[2]} {found[3]!r}, and this is in {name!r}"


def _names_on(path: Path, obj: MaybeJson, field: str) -> Iterator[str]:
    """The names of the list items that a path goes through."""
    if field in ITEM_KEYS:
        places = (path[: depth + 1] for depth, step in enumerate(path) if isinstance(step, int))
        yield from (name for place in places if (name := text(child(obj, *place), field)))
