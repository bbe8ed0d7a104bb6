"""The audit of the ignore rules of one application: what each part takes out, what it hides, what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, reduce

from whydrift.core.compare.rules import IgnoreRule
from whydrift.core.compare.terms import Terms
from whydrift.core.explain.base import base_of
from whydrift.core.explain.causes import ignore_rule_hides_change, stopped_by_rule
from whydrift.core.explain.engine import explain
from whydrift.core.explain.ignoring import respected
from whydrift.core.explain.meaning import means_same
from whydrift.core.explain.subject import Knowledge, Subject
from whydrift.core.explain.writers import argocd_alone, others
from whydrift.core.judge.rule_cover import Comparable, comparable, covered, differing, hidden_in, signature
from whydrift.core.judge.rule_dates import Promise, promised_end
from whydrift.core.judge.rule_narrowing import narrowest, same_verdicts
from whydrift.core.judge.rule_nearest import Nearest, nearest
from whydrift.core.judge.rule_parts import Part, parts_of, terms_with, terms_without, with_rules_of_objects
from whydrift.core.judge.situation import Situation
from whydrift.core.model.application import Application
from whydrift.core.model.drift import Difference
from whydrift.core.model.explanation import Explanation
from whydrift.core.model.fact_kinds import ARGOCD_CONFIG, ARGOCD_VERSION, SCHEMAS, SETTINGS
from whydrift.core.model.facts import FactKind, Facts
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.paths import Path, starts_with
from whydrift.core.model.snapshot import ApplicationSnapshot, ObjectSnapshot
from whydrift.core.model.values import ABSENT
from whydrift.errors import NotComparable

CAUSES = (ignore_rule_hides_change.CAUSE, stopped_by_rule.CAUSE)
RELEASE = stopped_by_rule.CAUSE.id
FactsOf = Callable[[ObjectKey], Facts]
Wants = tuple[tuple[ObjectKey, FactKind[object]], ...]


@dataclass(frozen=True)
class Hidden:
    """One place that a part keeps out of the comparison, although git and live differ there.

    `change` says who changed it, `release` that git's value does not arrive; without either it is what controllers or
    unknown writers do. `writers` are the managers that own it. `proven` is false where it was not compared again.
    """

    object: ObjectSnapshot
    difference: Difference
    writers: tuple[str, ...]
    proven: bool
    change: Explanation | None = None
    release: str = ""


@dataclass(frozen=True)
class PartAudit:
    """What one part of a rule does in one application. `objects` are those for which it is written, `covers` counts the

    places that it takes out of either side.
    """

    part: Part
    objects: int
    covers: int
    hides: tuple[Hidden, ...] = ()
    nearest: Nearest | None = None
    narrowest: tuple[IgnoreRule, ...] = ()
    shadowed_by: Part | None = None
    promise: Promise | None = None
    broken: str = ""
    """Why its jq program cannot be compiled: then Argo CD compares nothing of the application."""


@dataclass(frozen=True)
class RulesAudit:
    """The parts of all rules that concern an application; `uncompared` are objects that could not be compared again."""

    application: Application
    parts: tuple[PartAudit, ...]
    uncompared: tuple[tuple[ObjectKey, str], ...] = ()
    wants: Wants = ()


def terms_of(snapshot: ApplicationSnapshot, facts: FactsOf, knowledge: Knowledge) -> Terms:
    """The terms on which Argo CD compares an application."""
    return Situation(snapshot, {}, (), facts, knowledge).terms


def audit_rules(snapshot: ApplicationSnapshot, facts: FactsOf, knowledge: Knowledge) -> RulesAudit:
    """Audit every rule that is written in an application, and every one of the settings, against its objects.

    `wants` are the facts that would tell more; ask again with them.
    """
    return _Audit(snapshot, facts, knowledge).result()


@dataclass(frozen=True)
class _Audit:
    """One application under audit."""

    snapshot: ApplicationSnapshot
    facts: FactsOf
    knowledge: Knowledge

    @cached_property
    def objects(self) -> tuple[ObjectSnapshot, ...]:
        return tuple(item for item in self.snapshot.objects or () if not item.hook)

    @cached_property
    def terms(self) -> Terms:
        return with_rules_of_objects(terms_of(self.snapshot, self.facts, self.knowledge), self.objects)

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        return parts_of(self.terms, self.objects)

    @cached_property
    def cover(self) -> dict[int, dict[ObjectKey, tuple[frozenset[Path], frozenset[Path]]]]:
        """What each part takes out, by its place and the object; nothing for objects of which it takes nothing."""
        jq = self.terms.knowledge.jq
        read = (part for part in self.parts if not part.unread)
        found = {part.place: {item.key: covered(part, item, jq) for item in self.objects} for part in read}
        return {place: {key: sides for key, sides in by.items() if any(sides)} for place, by in found.items()}

    @cached_property
    def compared(self) -> dict[ObjectKey, Comparable]:
        """The objects of which any part that people wrote takes something, compared again."""
        written = [part.place for part in self.parts if not (part.shipped or part.unread)]
        touched = {key for place in written for key in self.cover[place]}
        return {item.key: comparable(item, self.terms) for item in self.objects if item.key in touched}

    def result(self) -> RulesAudit:
        first = self._first_wants()
        if first:
            return RulesAudit(self.snapshot.application, (), (), first)
        audited = self._together([self._part(part) for part in self.parts])
        uncompared = tuple(
            (key, one.why_not) for key, one in self.compared.items() if one.why_not and one.item.target is not ABSENT
        )
        wants = tuple(dict.fromkeys(want for _, more in audited for want in more))
        return RulesAudit(self.snapshot.application, tuple(part for part, _ in audited), uncompared, wants)

    def _together(self, audited: list[tuple[PartAudit, Wants]]) -> list[tuple[PartAudit, Wants]]:
        """The audits without those narrower rules that would show something once all other advice is followed too."""
        terms, objects = self.terms, list(self.compared.values())
        for each, _ in audited:
            terms = terms_without(terms, each.part) if each.shadowed_by else terms
        kept: list[tuple[PartAudit, Wants]] = []
        for each, wants in audited:
            then = terms_with(terms, each.part, each.narrowest) if each.narrowest else terms
            fits = not each.narrowest or same_verdicts(then, objects)
            terms = then if fits else terms
            kept.append((each if fits else replace(each, narrowest=()), wants))
        return kept

    def _first_wants(self) -> Wants:
        """What the terms are made of comes before everything else."""
        application = self.snapshot.application
        itself = application.facts_key
        known = self.facts(itself)
        return tuple(
            (itself, kind) for kind in (SETTINGS, ARGOCD_CONFIG, ARGOCD_VERSION, SCHEMAS) if not known.asked(kind)
        )

    def _part(self, part: Part) -> tuple[PartAudit, Wants]:
        cover = self.cover.get(part.place, {})
        meant = sum(part.is_for(item.key) for item in self.objects)
        covers = sum(len(places) for sides in cover.values() for places in sides)
        result = PartAudit(part, len(cover) if part.form == "option" else meant, covers)
        if part.shipped:
            return result, ()
        if part.unread:
            return replace(result, nearest=self._unread(part)), ()
        result = replace(result, promise=self._promise(part))
        broken = _does_not_compile(part, self.terms)
        if broken:
            return replace(result, broken=broken), ()
        if not cover:
            return replace(result, nearest=self._nearest(part)), ()
        found = [self._hidden_by(one, part) for one in self._under(part)]
        hides = [(one, differences) for one, differences, _ in found if differences]
        quiet = [one for one, differences, _ in found if not differences]
        told, wants = self._told(found)
        shadow = self._shadow(part)
        narrow = () if shadow else narrowest(part, hides, quiet, self.terms)
        return replace(result, hides=told, narrowest=narrow, shadowed_by=shadow), wants

    def _hidden_by(self, one: Comparable, part: Part) -> tuple[Comparable, tuple[Difference, ...], bool]:
        """What a part hides in an object, alone or together with others."""
        alone, proven = self.alone[part.place, one.item.key]
        git, live = self.cover[part.place][one.item.key]
        shared = tuple(
            d
            for d in self.together.get(one.item.key, ())
            if any(starts_with(d.path, p) for p in git) or any(starts_with(d.live_path, p) for p in live)
        )
        return one, (*alone, *shared), proven

    @cached_property
    def alone(self) -> dict[tuple[int, ObjectKey], tuple[tuple[Difference, ...], bool]]:
        """What would show without one part, by its place and the object."""
        written = (part for part in self.parts if not (part.shipped or part.unread))
        found = ((part, one) for part in written for one in self._under(part))
        return {(part.place, one.item.key): hidden_in(one, part, self.terms) for part, one in found}

    @cached_property
    def together(self) -> dict[ObjectKey, tuple[Difference, ...]]:
        """What several parts hide, each of which would be enough: it shows only without all of them."""
        over: dict[ObjectKey, list[Part]] = {}
        for part in self.parts:
            for key in () if part.shipped or part.unread else self.cover[part.place]:
                over.setdefault(key, []).append(part)
        several = {key: parts for key, parts in over.items() if len(parts) > 1 and not self.compared[key].why_not}
        return {key: self._together_in(self.compared[key], parts) for key, parts in several.items()}

    def _together_in(self, one: Comparable, parts: Sequence[Part]) -> tuple[Difference, ...]:
        known = signature(one.found).union(*(signature(self.alone[part.place, one.item.key][0]) for part in parts))
        try:
            without = differing(one.item, reduce(terms_without, parts, self.terms))
        except NotComparable:
            return ()
        return tuple(replace(d, shown=False) for d in without if not signature([d]) <= known)

    def _promise(self, part: Part) -> Promise | None:
        elsewhere = part.system or part.of_object
        return None if elsewhere else promised_end(self.snapshot.application, part.origin)

    def _under(self, part: Part) -> Iterator[Comparable]:
        return (self.compared[key] for key in self.cover[part.place] if key in self.compared)

    def _told(
        self, found: Sequence[tuple[Comparable, tuple[Difference, ...], bool]]
    ) -> tuple[tuple[Hidden, ...], Wants]:
        told: list[Hidden] = []
        wants: list[tuple[ObjectKey, FactKind[object]]] = []
        for one, differences, proven in found:
            if not differences:
                continue
            subject = self._subject(one.item, differences)
            outcome = explain(subject, CAUSES)
            wants += [(one.item.key, kind) for kind in outcome.wants]
            for finding in outcome.findings:
                first = finding.explanations[0] if finding.explanations else None
                told.append(_hidden(subject, finding.difference, first, proven))
        return tuple(told), tuple(wants)

    def _subject(self, item: ObjectSnapshot, differences: tuple[Difference, ...]) -> Subject:
        known = self.facts(item.key)
        base = base_of(self.snapshot.application, item, known)
        return Subject(self.snapshot.application, item, differences, self.knowledge, base, self.objects, known)

    def _unread(self, part: Part) -> Nearest | None:
        """The same rule where Argo CD reads it: in the Application."""
        item = next((item for item in self.objects if part.is_for(item.key)), None)
        return None if item is None else Nearest(part.rule, part.unread, item)

    def _nearest(self, part: Part) -> Nearest | None:
        """Meant for fields that show; else for fields that are there. What an object states is for itself only."""
        meant = (item for item in self.objects if not part.of_object or part.is_for(item.key))
        shown = ((item, self.compared.get(item.key)) for item in meant)
        return nearest(part, [self._subject(item, one.found if one else ()) for item, one in shown])

    def _shadow(self, part: Part) -> Part | None:
        """Another part that takes out all that this one does; of two that take the same, the later one is shadowed."""
        if part.form not in ("pointer", "jq"):
            return None
        mine = self.cover[part.place]
        for other in self.parts:
            theirs = self.cover.get(other.place, {})
            if other.place == part.place or other.form == "option" or not _within(mine, theirs):
                continue
            if other.place < part.place or not _within(theirs, mine):
                return other
        return None


_Cover = dict[ObjectKey, tuple[frozenset[Path], frozenset[Path]]]
_NOTHING: tuple[frozenset[Path], frozenset[Path]] = (frozenset(), frozenset())


def _does_not_compile(part: Part, terms: Terms) -> str:
    try:
        for expression in part.rule.expressions:
            terms.knowledge.jq.steps(expression)
    except NotComparable as error:
        return str(error)
    return ""


def _within(inner: _Cover, outer: _Cover) -> bool:
    """Whether all that `inner` takes out is taken out by `outer` as well."""
    return all(
        any(starts_with(place, above) for above in outer.get(key, _NOTHING)[side])
        for key, sides in inner.items()
        for side in (0, 1)
        for place in sides[side]
    )


def _hidden(subject: Subject, difference: Difference, found: Explanation | None, proven: bool) -> Hidden:
    writers = tuple(dict.fromkeys(entry.manager for entry in others(subject, difference)))
    release = ""
    if found is not None and found.cause == RELEASE:
        release = found.why
    elif _keeps_release_away(subject, difference):
        release = "nobody but Argo CD wrote it, git says otherwise, and syncs leave it as it is"
    change = found if found is not None and found.cause != RELEASE else None
    return Hidden(subject.object, difference, writers, proven, change, release)


def _keeps_release_away(subject: Subject, difference: Difference) -> bool:
    """Whether RespectIgnoreDifferences puts live's value into what a sync applies, so that git's never arrives (27)."""
    stated = not difference.whole and difference.target is not ABSENT
    return stated and respected(subject) and argocd_alone(subject, difference) and not means_same(subject, difference)
