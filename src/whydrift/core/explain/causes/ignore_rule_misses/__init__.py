"""An ignore rule was written for this very field, and it does not match.

Why it happens: the rule leaves the group of the kind empty, does not escape the slash in a key, selects a list item
by a name that is not there, or its jq program fails on a list that is missing. Argo CD says nothing about it; the
rule is simply without effect, and the field shows.

What proves it: as it is written, the rule takes nothing out of any object of the application; with one correction it
takes out exactly this field.

What would refute it: the rule does its work on another object; the corrected rule would take out more or something
else; a person wrote the value.

Remedies: the corrected rule. Whether the field should be ignored at all is a question of its own.
"""

from __future__ import annotations

from collections.abc import Iterable

from whydrift.core.compare.rules import IgnoreRule
from whydrift.core.explain.cause import Cause, needs
from whydrift.core.explain.corrections import Correction, corrections
from whydrift.core.explain.hands import is_hand
from whydrift.core.explain.ignoring import removed_by, rules_of
from whydrift.core.explain.subject import Subject
from whydrift.core.model.drift import Difference
from whydrift.core.model.explanation import Evidence, Explanation, Side, Strength
from whydrift.core.model.fact_kinds import ARGOCD_VERSION, SETTINGS
from whydrift.core.model.snapshot import ObjectSnapshot, once
from whydrift.core.model.values import MaybeJson


def concerns(subject: Subject, difference: Difference) -> bool:
    """Fields of objects that exist on both sides and that nobody wrote by hand."""
    return not difference.whole and not any(is_hand(subject, entry) for entry in subject.owners(difference))


def explain(subject: Subject, concerned: tuple[Difference, ...]) -> Iterable[Explanation]:
    """Claim the fields that a rule without effect matches once it is corrected."""
    for rule in _rules(subject):
        if not _is_without_effect(rule, subject):
            continue
        for difference in concerned:
            found = next((c for c in corrections(rule, subject, difference) if _matches(c, subject, difference)), None)
            if found is not None:
                yield _explanation(rule, found, difference)


def _explanation(rule: IgnoreRule, found: Correction, difference: Difference) -> Explanation:
    meant = ", ".join((*found.rule.pointers, *found.rule.expressions))
    return Explanation(
        paths=frozenset({difference.path}),
        strength=Strength.REPLAYED,
        why=f"{rule.origin} was meant for it and misses: {found.wrong}",
        evidence=(
            Evidence("rule", f"{rule.origin} takes nothing out of any object of this application"),
            Evidence("replay", f"group {found.rule.group!r}, kind {found.rule.kind}: {meant} takes out exactly this"),
        ),
    )


def _rules(subject: Subject) -> Iterable[IgnoreRule]:
    """The application's rules, and those of the settings whose core kind does not exist: meant for another group."""
    types = subject.knowledge.types
    for rule in rules_of(subject):
        no_kind = rule.group == "" and "*" not in rule.kind and not types.knows("v1", rule.kind)
        if rule.origin.startswith("spec.") or no_kind:
            yield rule


def _is_without_effect(rule: IgnoreRule, subject: Subject) -> bool:
    sides = (side for item in subject.siblings for side in _sides(item))
    return once(subject.siblings, rule, lambda: not any(removed_by(rule, side, subject) for side in sides))


def _matches(correction: Correction, subject: Subject, difference: Difference) -> bool:
    """Whether a corrected rule takes this very field, and not what it lies in, out of the side that has it."""
    sides = ((subject.object.target, difference.path), (subject.object.live, difference.live_path))
    return any(path in removed_by(correction.rule, side, subject) for side, path in sides)


def _sides(item: ObjectSnapshot) -> tuple[MaybeJson, MaybeJson]:
    return item.target, item.live


CAUSE = Cause(
    id="ignore-rule-misses",
    title="an ignore rule was meant for it and does not match",
    side=Side.CONTROLLER,
    explain=explain,
    concerns=concerns,
    wishes=needs(SETTINGS, ARGOCD_VERSION),
)
