"""The ignore normaliser: what the rules of an application and of the settings remove from an object.

Source: util/argo/normalizers/diff_normalizer.go. The rules are applied one after the other, each to what the last one
left; within one rule the JSON pointers come first. What a rule does not find is no error; a jq program that fails at
run time, or does not end in time, is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from whydrift.core.compare.deletions import concrete, in_original, located, without
from whydrift.core.compare.rules import IgnoreRule
from whydrift.core.model.objects import key_of
from whydrift.core.model.paths import Path
from whydrift.core.model.values import Json, JsonObject

JQ_SECONDS = 1.0
"""The deadline of one jq program, unless the settings say otherwise (`ignore.normalizer.jq.timeout`)."""


@dataclass(frozen=True, slots=True)
class JqFailed:
    """A jq program that failed on a document, or did not end in time."""

    why: str


class JqPaths(Protocol):
    """What the core needs of jq: the paths that an expression names in a document. No value comes back."""

    def steps(self, expression: str) -> tuple[str, ...]:
        """The path expressions that `del(expression)` deletes, one after the other; nearly always the expression alone.

        Raises NotComparable where it does not compile: then Argo CD cannot compare anything of the application.
        """

    def paths(self, step: str, document: Json, seconds: float) -> tuple[list[Json], ...] | JqFailed:
        """The paths that a step names in a document, as jq writes paths."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A jq program of a rule that was left out for one object."""

    rule: IgnoreRule
    expression: str
    why: str


@dataclass(frozen=True, slots=True)
class Ignored:
    """An object after the rules; null where a program removed all of it."""

    document: Json
    failures: tuple[Failure, ...] = ()


def ignore(obj: JsonObject, rules: Iterable[IgnoreRule], jq: JqPaths, seconds: float = JQ_SECONDS) -> Ignored:
    """The object without what the rules that match it remove, and the jq programs that failed on it."""
    document: Json = obj
    failures: list[Failure] = []
    for rule in matching(obj, rules):
        for removed in _removals(document, rule, jq, seconds):
            if isinstance(removed, Failure):
                failures.append(removed)
            else:
                document = removed.left
    return Ignored(document, tuple(failures))


def hidden_by(rule: IgnoreRule, obj: JsonObject, jq: JqPaths, seconds: float = JQ_SECONDS) -> set[Path]:
    """The places of an object that one rule removes, as they stand in the object; managers are not looked at."""
    hidden: set[Path] = set()
    for part in matching(obj, [rule]):
        for removed in _removals(obj, part, jq, seconds):
            if not isinstance(removed, Failure):
                hidden |= {in_original(path, obj, hidden) for path in removed.paths}
    return hidden


def check(rules: Iterable[IgnoreRule], jq: JqPaths) -> None:
    """Raise NotComparable where a program of any rule does not compile, also of one for another kind."""
    for rule in rules:
        for expression in rule.expressions:
            jq.steps(expression)


def matching(obj: JsonObject, rules: Iterable[IgnoreRule]) -> Iterator[IgnoreRule]:
    """The rules that are for an object."""
    key = key_of(obj)
    return (rule for rule in rules if rule.matches(key))


@dataclass(frozen=True, slots=True)
class _Removed:
    """What was removed at once (paths of the document before), and what is left."""

    paths: frozenset[Path]
    left: Json


def _removals(document: Json, rule: IgnoreRule, jq: JqPaths, seconds: float) -> Iterator[_Removed | Failure]:
    for pointer in rule.pointers:
        place = located(document, pointer)
        if place is not None:
            document = without(document, [place])
            yield _Removed(frozenset([place]), document)
    for expression in rule.expressions:
        outcome = _deletions(document, expression, jq, seconds)
        if isinstance(outcome, JqFailed):
            yield Failure(rule, expression, outcome.why)
            continue
        for removed in outcome:
            document = removed.left
            yield removed


def _deletions(document: Json, expression: str, jq: JqPaths, seconds: float) -> list[_Removed] | JqFailed:
    done: list[_Removed] = []
    for step in jq.steps(expression):
        found = jq.paths(step, document, seconds)
        if isinstance(found, JqFailed):
            return found
        paths = frozenset(place for path in found for place in concrete(document, path))
        document = without(document, paths)
        done.append(_Removed(paths, document))
    return done
