"""The proof of an ignore rule: every object compared with it in place, and what it would swallow now and later."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from whydrift.core.compare.ignore import check, hidden_by, ignore
from whydrift.core.compare.objects import RULES_ON_OUTPUTS
from whydrift.core.compare.rules import IgnoreRule, application_rules
from whydrift.core.compare.terms import Terms
from whydrift.core.judge.rule_cover import covered
from whydrift.core.judge.rule_parts import parts_of
from whydrift.core.judge.situation import Situation
from whydrift.core.model.drift import Difference
from whydrift.core.model.fact_kinds import DRY_RUN
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.paths import for_people
from whydrift.core.model.remedy import Proof
from whydrift.core.model.snapshot import ObjectSnapshot
from whydrift.core.model.values import Json, JsonObject, MaybeJson, is_object
from whydrift.core.prove.again import (
    Compared,
    as_argocd_shows,
    compared_again,
    compared_sides,
    name_of,
    require,
    terms_of,
    why_not_calibrated,
)
from whydrift.errors import NotComparable

NEW = "the new rule"
"""The origin of the rule that is tried."""


@dataclass(frozen=True)
class Trial:
    """A rule that is tried, on the terms of its application; `place` is the index of the rule that it stands in for."""

    rule: IgnoreRule
    place: int | None = None

    def on(self, terms: Terms) -> Terms:
        """The terms with the rule in its place, the last one where it replaces none."""
        if self.place is None:
            return replace(terms, rules=(*terms.rules, self.rule))
        gone = self.replaced(terms)
        return replace(terms, rules=tuple(self.rule if rule in gone else rule for rule in terms.rules))

    def replaced(self, terms: Terms) -> tuple[IgnoreRule, ...]:
        """The rule that it stands in for."""
        origin = "" if self.place is None else f"spec.ignoreDifferences[{self.place}]"
        return tuple(rule for rule in terms.rules if rule.origin == origin)


@dataclass(frozen=True)
class _Tried:
    """One object that the rule is for: its differences without the rule and with it, and what the rule covers."""

    key: ObjectKey
    now: Compared
    then: Compared
    covers: tuple[str, ...]


def trial_of(rule: JsonObject, place: int | None = None) -> Trial:
    """An entry of `spec.ignoreDifferences` as it is tried, in place of the one with that index."""
    return Trial(replace(application_rules([rule])[0], origin=NEW), place)


def prove_rule(situation: Situation, trial: Trial, key: ObjectKey, differences: Sequence[Difference]) -> Proof:
    """Whether an entry of `spec.ignoreDifferences` makes these differences of an object go.

    `hides` names everything else that differs now and would not
    show, and every field of which no later change would show.
    """
    items = [item for item in situation.snapshot.objects or () if item.read and trial.rule.matches(item.key)]
    mine = next((item for item in items if item.key == key), None)
    if mine is None:
        return Proof(why_not=f"the rule is not for {key}")
    try:
        check([trial.rule], situation.terms.knowledge.jq)
        compared = _tried(situation, trial, mine, strict=True)
        others = [_tried(situation, trial, item, strict=False) for item in items if item is not mine]
    except NotComparable as error:
        return Proof(why_not=str(error))
    named = [name_of(key, each, mine.target, mine.live) for each in differences]
    return Proof(
        closes=tuple(name for name in named if name in compared.now.shown and name not in compared.then.shown),
        leaves=compared.then.shown,
        hides=tuple(dict.fromkeys(_hides([compared, *others], named))),
        why_not=_why_not(named, compared),
    )


def _why_not(named: Sequence[str], compared: _Tried) -> str:
    still = next((name for name in named if name in compared.then.shown), "")
    if still:
        return f"compared again with the rule in place, it still differs: {still}"
    if not set(named) & set(compared.now.shown):
        return "Argo CD does not show it: there is nothing to ignore"
    return ""


def _tried(situation: Situation, trial: Trial, item: ObjectSnapshot, strict: bool) -> _Tried:
    """One object without the rule and with it; unless `strict` what cannot be compared again is left as it is."""
    covers = _covers(situation, trial, item)
    now = as_argocd_shows(item, ())
    try:
        return _Tried(item.key, now, _then(situation, trial, item), covers)
    except NotComparable:
        if strict:
            raise
        return _Tried(item.key, now, now, covers)


def _then(situation: Situation, trial: Trial, item: ObjectSnapshot) -> Compared:
    terms = terms_of(item, situation)
    dry_run = situation.facts(item.key).maybe(DRY_RUN)
    if terms.server_side and dry_run is None:
        return _on_outputs(terms, trial, item)
    why = why_not_calibrated(item, situation)
    require(not why, why)
    return compared_again(item.key, item.target, item.live, trial.on(terms), situation, dry_run)


def _on_outputs(terms: Terms, trial: Trial, item: ObjectSnapshot) -> Compared:
    """A server-side comparison: since Argo CD 3.2 rules apply to its two sides, which are known.

    A rule that is replaced must have taken nothing out of them: what it took is not known.
    """
    require(item.compared, "Argo CD did not compare it")
    known = RULES_ON_OUTPUTS.holds(terms.settings.release) and not _takes(trial.replaced(terms), item, terms)
    require(known, "a server-side comparison needs the server's dry run (--dry-run)")
    predicted, live = (_ignored(side, terms, trial.rule) for side in (item.predicted, item.normalized_live))
    return compared_sides(item, predicted, live)


def _takes(rules: Iterable[IgnoreRule], item: ObjectSnapshot, terms: Terms) -> bool:
    """Whether rules take anything out of an object."""
    sides = [side for side in (item.target, item.live) if is_object(side)]
    return any(hidden_by(rule, side, terms.knowledge.jq, terms.settings.jq_seconds) for rule in rules for side in sides)


def _ignored(side: MaybeJson, terms: Terms, rule: IgnoreRule) -> Json:
    require(is_object(side), "an object that is there on one side only has nothing to ignore")
    return ignore(side, [rule], terms.knowledge.jq, terms.settings.jq_seconds).document if is_object(side) else None


def _covers(situation: Situation, trial: Trial, item: ObjectSnapshot) -> tuple[str, ...]:
    """The fields of an object that the rule takes out of the comparison, for people."""
    names: dict[str, None] = {}
    for part in parts_of(trial.on(situation.terms)):
        if part.origin == NEW:
            git, live = covered(part, item, situation.terms.knowledge.jq)
            names |= {for_people(path, item.target): None for path in sorted(git, key=str)}
            names |= {for_people(path, item.live): None for path in sorted(live, key=str)}
    return tuple(names)


def _hides(tried: Sequence[_Tried], named: Sequence[str]) -> Iterator[str]:
    for each in tried:
        yield from (f"{n}: differs now" for n in each.now.shown if n not in each.then.shown and n not in named)
        yield from (f"{each.key} {field}: whatever changes later" for field in each.covers)
