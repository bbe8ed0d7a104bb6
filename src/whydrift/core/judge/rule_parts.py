"""Ignore rules taken apart: each pointer, jq program and manager is judged for itself, and can be left out.

Sources: docs/user-guide/diffing.md of Argo CD; util/argo/diff/ignore.go :: HasIgnoreDifference (managers of the
settings are looked up by the exact key, reference/measured.md 14).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from whydrift.core.compare.hooks import COMPARE_OPTIONS, annotation_options
from whydrift.core.compare.rules import IgnoreRule, Override
from whydrift.core.compare.rules_of_objects import IGNORE_DIFFERENCES, stated_rules, unread_rules
from whydrift.core.compare.settings import EVERY_KIND
from whydrift.core.compare.terms import Terms
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.snapshot import ObjectSnapshot
from whydrift.core.model.values import JsonObject, is_object

Form = Literal["pointer", "jq", "manager", "option"]
EXTRANEOUS, AGGREGATED = "IgnoreExtraneous", "ignoreAggregatedRoles"


@dataclass(frozen=True, slots=True)
class Part:
    """One pointer, jq program or manager of a rule, or a compare option; `rule` is the rule with nothing else in it.

    `place` is where the rule stands among all (the application's first); `system` says that it stands in the settings,
    `of_object` that an object states it for itself. `unread` says why Argo CD does not look at it ("": it does).
    """

    rule: IgnoreRule
    form: Form
    text: str
    system: bool
    place: int = 0
    of_object: bool = False
    unread: str = ""

    @property
    def origin(self) -> str:
        """Where it is written: `spec.ignoreDifferences[0]`, or a key of the settings."""
        return self.rule.origin

    @property
    def shipped(self) -> bool:
        """Whether it is Argo CD's own rule, which is there unless the settings say otherwise."""
        return self.system and self.origin == EVERY_KIND and self.text == "/status"

    def is_for(self, key: ObjectKey) -> bool:
        """Whether the part is for the object of this key, in the way in which Argo CD looks it up."""
        if self.system and self.form == "manager":
            return self.origin in (f"{key.group}/{key.kind}", EVERY_KIND)
        return self.rule.matches(key)


def parts_of(terms: Terms, objects: Iterable[ObjectSnapshot] = ()) -> tuple[Part, ...]:
    """All parts of all rules in the order in which they count; compare options last."""
    own = [part for rule in terms.rules for part in _split(rule, system=False)]
    own = [replace(part, of_object=IGNORE_DIFFERENCES in part.origin) for part in own]
    system = [part for override in terms.settings.overrides for part in _split(override.rule, system=True)]
    parts = (*own, *system, *_options(terms, objects), *_unread(terms, objects))
    return tuple(replace(part, place=place) for place, part in enumerate(parts))


def with_rules_of_objects(terms: Terms, objects: Iterable[ObjectSnapshot]) -> Terms:
    """The terms with the rules that objects state for themselves among the application's own: they mean the same."""
    stated = ((item, rule) for item in objects for rule in stated_rules(_git(item), terms.settings.release))
    rules = (_placed(rule, item) for item, rule in stated)
    return replace(terms, rules=(*terms.rules, *rules), of_objects=False)


def _git(item: ObjectSnapshot) -> JsonObject | None:
    return item.target if is_object(item.target) else None


def _placed(rule: IgnoreRule, item: ObjectSnapshot) -> IgnoreRule:
    """A rule of an object with its origin: the object and the annotation."""
    return replace(rule, origin=f"{item.key} annotation {IGNORE_DIFFERENCES}")


def _unread(terms: Terms, objects: Iterable[ObjectSnapshot]) -> Iterator[Part]:
    """What objects state for themselves in vain."""
    for item in objects:
        for rule, why in unread_rules(_git(item), terms.settings.release):
            placed = _placed(rule, item)
            for part in (*_split(placed, system=False), *_empty(placed)):
                yield replace(part, of_object=True, unread=why)


def _empty(rule: IgnoreRule) -> tuple[Part, ...]:
    """A rule that states nothing, as a part; () for any other."""
    said = rule.pointers or rule.expressions or rule.managers
    return () if said else (Part(rule, "pointer", "jsonPointers", system=False),)


def _split(rule: IgnoreRule, system: bool) -> Iterator[Part]:
    """The parts of one rule; what it states twice counts once."""
    bare = replace(rule, pointers=(), expressions=(), managers=())
    for pointer in dict.fromkeys(rule.pointers):
        yield Part(replace(bare, pointers=(pointer,)), "pointer", pointer, system)
    for expression in dict.fromkeys(rule.expressions):
        yield Part(replace(bare, expressions=(expression,)), "jq", expression, system)
    for manager in dict.fromkeys(rule.managers):
        yield Part(replace(bare, managers=(manager,)), "manager", manager, system)


def _options(terms: Terms, objects: Iterable[ObjectSnapshot]) -> Iterator[Part]:
    if any(EXTRANEOUS in options_of(item) for item in objects):
        yield Part(IgnoreRule("*", "*", origin="compare-options"), "option", EXTRANEOUS, system=False)
    if terms.settings.ignore_aggregated_roles:
        rule = IgnoreRule("rbac.authorization.k8s.io", "ClusterRole", origin="resource.compareoptions")
        yield Part(rule, "option", AGGREGATED, system=True)


def options_of(item: ObjectSnapshot) -> tuple[str, ...]:
    """The compare options that an object states for itself."""
    stated = item.live if is_object(item.live) else item.target
    return tuple(annotation_options(stated, COMPARE_OPTIONS)) if is_object(stated) else ()


def terms_without(terms: Terms, part: Part) -> Terms:
    """The terms on which Argo CD would compare if this part were not written."""
    return terms_with(terms, part, ())


def terms_with(terms: Terms, part: Part, instead: tuple[IgnoreRule, ...]) -> Terms:
    """The terms with other rules in the place of a part; those of the settings can name no object."""
    if part.form == "option":
        return replace(terms, settings=replace(terms.settings, ignore_aggregated_roles=False))
    if not part.system:
        return replace(terms, rules=(*(_less(rule, part) for rule in terms.rules), *instead))
    overrides = (_override(override, part) for override in terms.settings.overrides)
    added = (
        Override(f"{rule.group}/{rule.kind}" if rule.group else rule.kind, rule.pointers, rule.expressions)
        for rule in instead
    )
    return replace(terms, settings=replace(terms.settings, overrides=(*overrides, *added)))


def _less(rule: IgnoreRule, part: Part) -> IgnoreRule:
    if rule.origin != part.origin:
        return rule
    return replace(
        rule,
        pointers=_minus(rule.pointers, part.rule.pointers),
        expressions=_minus(rule.expressions, part.rule.expressions),
        managers=_minus(rule.managers, part.rule.managers),
    )


def _override(override: Override, part: Part) -> Override:
    if override.key != part.origin:
        return override
    less = _less(override.rule, part)
    return replace(override, pointers=less.pointers, expressions=less.expressions, managers=less.managers)


def _minus(stated: tuple[str, ...], gone: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(each for each in stated if each not in gone)
