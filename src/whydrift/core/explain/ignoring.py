"""Which ignore rule keeps a difference out of Argo CD's comparison."""

from __future__ import annotations

from collections.abc import Iterator

from whydrift.core.compare.alignment import at
from whydrift.core.compare.ignore import hidden_by
from whydrift.core.compare.rules import IgnoreRule, application_rules, rules_in_order
from whydrift.core.compare.rules_of_objects import stated_rules
from whydrift.core.compare.settings import settings_of_api
from whydrift.core.explain.base import FROM_LAST_APPLIED
from whydrift.core.explain.meaning import means_same
from whydrift.core.explain.subject import Subject
from whydrift.core.model.drift import Difference
from whydrift.core.model.fact_kinds import SETTINGS
from whydrift.core.model.paths import Path, starts_with
from whydrift.core.model.snapshot import once
from whydrift.core.model.values import ABSENT, MaybeJson, is_empty, is_object, items, same
from whydrift.core.model.versions import Since
from whydrift.errors import NotComparable

RESPECT = "RespectIgnoreDifferences=true"
RESTORES = Since(((3, 3, 13), (3, 4, 5), (3, 5, 0)))
"""Since then such a sync takes back what no rule ignores; before, it copied all that one patch takes along."""


def left_out(subject: Subject, difference: Difference) -> bool:
    """Whether Argo CD's two sides agree here and say not what live (or, where live has nothing, git) says.

    Or they say not what git says, no mere zero, which a comparison drops by itself: live may hold the very default
    that the comparison of a built-in kind fills in where a rule took the place out. The cheap question, before any
    rule is run.
    """
    item = subject.object
    if difference.shown or difference.whole or difference.target is ABSENT or not item.compared:
        return False
    compared = at(difference.live_path, item.live, item.normalized_live)
    if not same(compared, at(difference.path, item.target, item.predicted)):
        return False
    stated = difference.target if difference.live is ABSENT else difference.live
    return not same(compared, stated) or not (is_empty(difference.target) or same(compared, difference.target))


def rule_over(subject: Subject, difference: Difference) -> IgnoreRule | None:
    """The first rule, of the application and then of the settings, that takes this place out of the comparison."""
    return next((rule for rule in rules_of(subject) if _covers(rule, subject, difference)), None)


def is_ruled_out(subject: Subject, difference: Difference) -> bool:
    """Whether both sides say something else here, and a rule keeps Argo CD from showing it.

    Where the settings could not be read one of theirs may.
    """
    if not left_out(subject, difference) or means_same(subject, difference):
        return False
    return rule_over(subject, difference) is not None or not subject.facts.known(SETTINGS)


def respected(subject: Subject) -> bool:
    """Whether syncs leave what a rule ignores as it is in the cluster."""
    return RESPECT in subject.application.sync_options


def base_is_gits(subject: Subject) -> bool:
    """Whether what the last sync wrote is git's word: where syncs respect rules, last-applied has live's own values."""
    return subject.base is not None and not (respected(subject) and subject.base.says == FROM_LAST_APPLIED)


def rules_of(subject: Subject) -> Iterator[IgnoreRule]:
    """The application's rules and then those of the settings, as far as these were read, then git's object's own."""
    yield from once(subject.siblings, "rules", lambda: _rules(subject), subject.facts.maybe(SETTINGS))
    target = subject.object.target
    yield from stated_rules(target, subject.release) if is_object(target) else ()


def _rules(subject: Subject) -> tuple[IgnoreRule, ...]:
    own = application_rules(items(subject.application.raw, "spec", "ignoreDifferences"))
    settings = subject.facts.maybe(SETTINGS)
    try:
        overrides = () if settings is None else settings_of_api(settings).overrides
    except NotComparable:
        overrides = ()
    return rules_in_order(own, overrides)


def _covers(rule: IgnoreRule, subject: Subject, difference: Difference) -> bool:
    if rule.matches(subject.key) and _trusts_owner(rule, subject, difference):
        return True
    sides = ((subject.object.target, difference.path), (subject.object.live, difference.live_path))
    return any(_removes(rule, side, path, subject) for side, path in sides)


def _trusts_owner(rule: IgnoreRule, subject: Subject, difference: Difference) -> bool:
    return any(entry.manager in rule.managers for entry in subject.owners(difference))


def _removes(rule: IgnoreRule, side: MaybeJson, path: Path, subject: Subject) -> bool:
    return any(starts_with(path, place) for place in removed_by(rule, side, subject))


def removed_by(rule: IgnoreRule, side: MaybeJson, subject: Subject) -> set[Path]:
    """The places that a rule takes out of one side of an object; none where its program cannot be read."""
    try:
        return hidden_by(rule, side, subject.knowledge.jq) if is_object(side) else set()
    except NotComparable:
        return set()
