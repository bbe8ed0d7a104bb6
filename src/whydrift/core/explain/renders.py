"""Whether two renders of one revision differ, and whether a value looks as if it was drawn."""

from __future__ import annotations

import re

from whydrift.core.compare.alignment import at
from whydrift.core.compare.typed.quantity import parse_quantity
from whydrift.core.explain.base import FROM_LAST_APPLIED, rendered_object
from whydrift.core.explain.subject import Subject
from whydrift.core.model.drift import Difference
from whydrift.core.model.fact_kinds import NEWEST, SECOND_RENDER
from whydrift.core.model.values import ABSENT, MaybeJson, child, items, same, text

PLAIN, FROM_ELSEWHERE = "Directory", "Kustomize"
"""Kinds of sources without functions that draw; Kustomize may inflate charts, and take bases from elsewhere."""
WORD = re.compile(r"[A-Za-z0-9]+")
NAME = re.compile(r"[A-Za-z]?[a-z]{2,}(?:[A-Z][a-z]{2,})*")
"""A word in both cases that reads like a name: `maxRetries`, `Service`."""
TIME = re.compile(r"\d{4}-\d\d-\d\d|\d\d:\d\d:\d\d")


def renders_may_differ(subject: Subject) -> bool:
    """Whether the application is rendered by something that can draw values."""
    return _source_kinds(subject) != {PLAIN}


def same_revision(subject: Subject) -> bool:
    """Whether git and the parameters are those of the last sync of this object."""
    last = subject.application.syncs.last(subject.key)
    return last is not None and last.of_compared_state


def sent_another_render(subject: Subject, difference: Difference) -> bool:
    """Whether Argo CD itself sent live's value when it rendered the very revision that now gives another one."""
    if not same_revision(subject) or FROM_ELSEWHERE in _source_kinds(subject) or subject.base is None:
        return False
    return subject.base.says == FROM_LAST_APPLIED and same(subject.base_at(difference), difference.live)


def from_chart(subject: Subject) -> bool:
    """Whether Helm renders all of the application."""
    return _source_kinds(subject) == {"Helm"}


def _source_kinds(subject: Subject) -> set[str]:
    status = child(subject.application.raw, "status")
    return {text(status, "sourceType"), *(str(kind) for kind in items(status, "sourceTypes"))} - {""}


def second_value(subject: Subject, difference: Difference) -> MaybeJson:
    """What the second render says here; ABSENT where it says nothing, was not read or is of a newer commit."""
    rendered, newest = subject.facts.maybe(SECOND_RENDER), subject.facts.maybe(NEWEST)
    if rendered is None or (newest is not None and newest.commits):
        return ABSENT
    again = rendered_object(rendered, subject.application, subject.key)
    return at(difference.path, subject.object.target, again)


def drawn_again(subject: Subject, difference: Difference) -> bool:
    """Whether a second render gives a third value; one that is live again was not drawn."""
    again = second_value(subject, difference)
    return looks_drawn(difference.target, again) and not same(again, difference.live)


def looks_drawn(a: MaybeJson, b: MaybeJson) -> bool:
    """Whether what differs between two texts looks like a time, a hash, an id, something random, or lines drawn anew.

    A commit between two renders changes names, numbers and versions; it seldom swaps one such word for another, and
    seldom only moves lines, as a template does that walks through a map without an order.
    """
    if not isinstance(a, str | int) or not isinstance(b, str | int) or same(a, b) or "@sha256:" in f"{a}{b}":
        return False
    left, right = str(a), str(b)
    if (TIME.search(left) and TIME.search(right)) or sorted(left.splitlines()) == sorted(right.splitlines()):
        return True
    words = set(WORD.findall(left)), set(WORD.findall(right))
    return all(any(map(_random, only)) for only in (words[0] - words[1], words[1] - words[0]))


def _random(word: str) -> bool:
    if len(word) < 5 or (parse_quantity(word) is not None and not word.isdigit()):
        return False
    digits, lower, upper = (any(map(test, word)) for test in (str.isdigit, str.islower, str.isupper))
    return word.isdigit() or (digits and (lower or upper)) or (lower and upper and NAME.fullmatch(word) is None)
