"""Ignore rules that miss what they were meant for, and rules that keep a release out."""

from __future__ import annotations

import re

from whydrift.core.compare.rules import IgnoreRule
from whydrift.core.explain.copied_lists import rule_copying
from whydrift.core.explain.corrections import Correction, corrections
from whydrift.core.explain.ignoring import removed_by, rule_over, rules_of
from whydrift.core.model.remedy import Choice, Instead, RemedyKind, Safety
from whydrift.core.model.values import Json, JsonObject
from whydrift.core.remedy.choices.case import Case
from whydrift.core.remedy.choices.usual import asked, ignored

WRITTEN = re.compile(r"spec\.ignoreDifferences\[(\d+)\]")


def misses(case: Case) -> Choice:
    """The rule as it was meant, at its place."""
    for rule in rules_of(case.subject):
        found = next((c for c in corrections(rule, case.subject, case.difference) if _matches(c.rule, case)), None)
        if found is not None:
            return _corrected(case, rule, found)
    return ignored(case, "the rule that was meant for it does not match; this one does")


def keeps_release_out(case: Case) -> Choice:
    """The rule without what releases change, or without the list that it makes syncs copy."""
    copied = rule_copying(case.subject, case.difference)
    rule = copied or rule_over(case.subject, case.difference)
    if rule is None:
        return asked(case, case.because)
    covers = "covers what releases change" if copied is None else "makes every sync copy the whole list from live"
    return Choice(
        RemedyKind.IGNORE,
        f"{rule.origin} {covers}: without that part the next sync brings the release",
        Safety.UNSAFE,
        place=_place(rule),
        instead=(Instead(RemedyKind.ADOPT, "the release would be taken out of git"),),
    )


def _corrected(case: Case, rule: IgnoreRule, found: Correction) -> Choice:
    return Choice(
        RemedyKind.IGNORE,
        f"{rule.origin} was meant for it: {found.wrong}",
        rule=_entry(found.rule),
        place=_place(rule, found.rule),
        instead=(Instead(RemedyKind.GIT_SET, "what the rule was written for would show then"),),
    )


def _matches(rule: IgnoreRule, case: Case) -> bool:
    item = case.subject.object
    sides = ((item.target, case.difference.path), (item.live, case.difference.live_path))
    return any(path in removed_by(rule, side, case.subject) for side, path in sides)


def _place(rule: IgnoreRule, meant: IgnoreRule | None = None) -> str:
    """Where in the Application (or the settings) the part to be changed is written."""
    written = WRITTEN.fullmatch(rule.origin)
    if written is None:
        return f"argocd-cm:{rule.origin}"
    return f"Application:/spec/ignoreDifferences/{written[1]}{_part(rule, meant) if meant is not None else ''}"


def _part(rule: IgnoreRule, meant: IgnoreRule) -> str:
    if rule.group != meant.group:
        return "/group"
    if rule.kind != meant.kind:
        return "/kind"
    if meant.pointers and not meant.expressions:
        return f"/jsonPointers/{_changed(rule.pointers, meant.pointers)}"
    return f"/jqPathExpressions/{_changed(rule.expressions, meant.expressions)}"


def _changed(before: tuple[str, ...], after: tuple[str, ...]) -> int:
    """The one of several entries that the correction stands in for: the one most like it."""
    wanted = after[0] if after else ""
    return max(range(len(before)), key=lambda n: _alike(before[n], wanted), default=0)


def _alike(one: str, other: str) -> int:
    return sum(a == b for a, b in zip(one, other, strict=False)) + sum(
        a == b for a, b in zip(reversed(one), reversed(other), strict=False)
    )


def _entry(rule: IgnoreRule) -> JsonObject:
    """A rule as an entry of spec.ignoreDifferences."""
    entry: JsonObject = {"kind": rule.kind}
    stated = {"group": rule.group, "name": rule.name, "namespace": rule.namespace}
    entry |= {key: value for key, value in stated.items() if value}
    lists: dict[str, tuple[str, ...]] = {
        "jsonPointers": rule.pointers,
        "jqPathExpressions": rule.expressions,
        "managedFieldsManagers": rule.managers,
    }
    parts: dict[str, Json] = {key: [*texts] for key, texts in lists.items() if texts}
    return entry | parts
