"""Audits of applications → one answer: rules of the settings are added up over the fleet, and faults are named."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import msgspec

from whydrift.core.compare.rules import IgnoreRule
from whydrift.core.judge.rule_dates import Promise
from whydrift.core.judge.rule_parts import Part
from whydrift.core.judge.rules_audit import Hidden, PartAudit, RulesAudit
from whydrift.core.model.application import Application
from whydrift.core.model.audit import (
    FAULTS,
    FaultAnswer,
    HiddenAnswer,
    IgnoresSummary,
    PartAnswer,
    RuleAnswer,
)
from whydrift.core.model.explanation import Evidence
from whydrift.core.model.paths import for_people
from whydrift.core.model.telling import told
from whydrift.core.model.triage import EvidenceAnswer, GapAnswer
from whydrift.core.model.values import ABSENT


@dataclass
class Ledger:
    """Adds audits up, one application at a time. `complete` says that every application of the fleet is among them."""

    complete: bool = True
    applications: int = 0
    newest: str = ""
    """The newest time (RFC 3339) that any application states."""
    rules: list[PartAnswer] = field(default_factory=list)
    not_proven: list[GapAnswer] = field(default_factory=list)
    _system: dict[tuple[str, str, str], list[tuple[Application, PartAudit]]] = field(default_factory=dict)

    def add(self, audit: RulesAudit) -> None:
        """Count the rules of one application."""
        application = audit.application
        self.applications += 1
        self.newest = max(self.newest, _newest(application))
        for key, why in audit.uncompared:
            self.not_proven.append(GapAnswer(what=f"{application.name}: {key}", why=why))
        for found in audit.parts:
            if found.part.shipped:
                continue
            if found.part.system:
                place = (application.instance, found.part.origin, f"{found.part.form} {found.part.text}")
                self._system.setdefault(place, []).append((application, found))
            else:
                self.rules.append(_part([(application, found)], judged=True, newest=_newest(application)))

    def answers(self) -> tuple[PartAnswer, ...]:
        """All parts, the worst first."""
        system = [_part(found, judged=self.complete, newest="") for found in self._system.values()]
        return tuple(sorted([*self.rules, *system], key=_worst))

    def summary(self, parts: Sequence[PartAnswer]) -> IgnoresSummary:
        """The audit in numbers."""
        faults = [fault.fault for part in parts for fault in part.faults]
        return IgnoresSummary(
            applications=self.applications,
            parts=len(parts),
            hidden=sum(len(part.hides) for part in parts),
            faults={name: faults.count(name) for name in FAULTS if name in faults},
            uncompared=len(self.not_proven),
        )


def _worst(part: PartAnswer) -> tuple[int, str, str, str, str]:
    first = min((FAULTS.index(fault.fault) for fault in part.faults), default=len(FAULTS))
    return first, part.app_namespace, part.application, part.origin, part.part


def _newest(application: Application) -> str:
    """The newest time that the application itself states: what "expired" is measured by in a recording without one."""
    operation = application.operation.get("finishedAt")
    return max(application.reconciled_at, operation if isinstance(operation, str) else "")


def _part(found: Sequence[tuple[Application, PartAudit]], judged: bool, newest: str) -> PartAnswer:
    """One part over all applications in which it was audited."""
    application, first = found[0]
    own = not first.part.system
    hides = [(app, hidden) for app, each in found for hidden in each.hides]
    whole = replace(
        first,
        objects=sum(each.objects for _, each in found),
        covers=sum(each.covers for _, each in found),
        hides=tuple(hidden for _, hidden in hides),
        nearest=next((each.nearest for _, each in found if each.nearest), None),
        narrowest=_narrowest([each for _, each in found]),
        shadowed_by=_shadow([each for _, each in found]),
    )
    return PartAnswer(
        application=application.name if own else "",
        app_namespace=application.namespace if own else "",
        instance=application.instance,
        origin=first.part.origin,
        form=first.part.form,
        part=first.part.text,
        rule=rule_answer(first.part.rule),
        objects=whole.objects,
        covers=whole.covers,
        judged=judged,
        faults=tuple(_faults(whole, judged, newest)),
        hides=tuple(_hidden(app, hidden) for app, hidden in hides),
    )


def _narrowest(found: Sequence[PartAudit]) -> tuple[IgnoreRule, ...]:
    """What to write instead everywhere; nothing where it must stay as wide as it is in any application."""
    hiding = [each for each in found if each.hides]
    if not hiding or not all(each.narrowest for each in hiding):
        return ()
    return tuple(dict.fromkeys(rule for each in hiding for rule in each.narrowest))


def _shadow(found: Sequence[PartAudit]) -> Part | None:
    """The other rule, where it shadows the part in every application in which that takes anything out."""
    covering = [each for each in found if each.covers]
    shadows = {(each.shadowed_by.origin, each.shadowed_by.text) if each.shadowed_by else None for each in covering}
    return covering[0].shadowed_by if len(shadows) == 1 else None


def _faults(whole: PartAudit, judged: bool, newest: str) -> Iterable[FaultAnswer]:
    changes = sum(hidden.change is not None for hidden in whole.hides)
    releases = sum(bool(hidden.release) for hidden in whole.hides)
    if changes:
        yield FaultAnswer(fault="hides-change", says=f"hides {_number(changes, 'change')} that no controller made")
    if releases:
        says = f"keeps {_number(releases, 'value')} of git from arriving: syncs respect the rule"
        yield FaultAnswer(fault="blocks-release", says=says)
    if whole.broken:
        why = whole.broken.splitlines()[0][:200]
        says = f"Argo CD compares nothing of the application: {why}"
        yield FaultAnswer(fault="does-not-compile", says=says)
    elif not whole.covers and judged:
        yield _matches_nothing(whole)
    if whole.narrowest:
        says = "takes out more than it needs to hide what it hides today (compared again with the narrower rule)"
        yield FaultAnswer(fault="too-wide", says=says, instead=tuple(map(rule_answer, whole.narrowest)))
    if whole.shadowed_by is not None:
        other = whole.shadowed_by
        yield FaultAnswer(fault="shadowed", says=f"{other.origin} {other.text} takes out all that this does")
    if whole.promise is not None and _is_over(whole.promise, newest):
        says = f"was meant to be there until {whole.promise.date}: {whole.promise.says}"
        yield FaultAnswer(fault="expired", says=says)


def _is_over(promise: Promise, newest: str) -> bool:
    return bool(newest) and promise.date < newest[:10]


def _matches_nothing(whole: PartAudit) -> FaultAnswer:
    if whole.nearest is None:
        rule = whole.part.rule
        kind = f"{rule.group}/{rule.kind}" if rule.group else rule.kind
        nothing = f"there is no {kind}{f' {rule.name}' if rule.name else ''} that it could be for"
        there = "no object that it is for holds such a place"
        return FaultAnswer(fault="matches-nothing", says=there if whole.objects else nothing)
    rule = whole.nearest.rule
    stated = rule.pointers or rule.expressions or rule.managers
    instead = (rule_answer(rule),) if stated else ()
    return FaultAnswer(fault="matches-nothing", says=whole.nearest.wrong, instead=instead)


def _number(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def rule_answer(rule: IgnoreRule) -> RuleAnswer:
    """A rule in the words of an Application."""
    return RuleAnswer(
        group=rule.group,
        kind=rule.kind,
        name=rule.name,
        namespace=rule.namespace,
        json_pointers=rule.pointers,
        jq_path_expressions=rule.expressions,
        managed_fields_managers=rule.managers,
    )


def _hidden(application: Application, hidden: Hidden) -> HiddenAnswer:
    d, item = hidden.difference, hidden.object
    equal = d.target == d.live
    return HiddenAnswer(
        application=application.name,
        app_namespace=application.namespace,
        object=item.key.id,
        namespace=item.key.namespace,
        path=d.pointer,
        field=for_people(d.path, item.live if d.target is ABSENT else item.target),
        verdict="release" if hidden.release else "change" if hidden.change else "controller",
        proven=hidden.proven,
        says=hidden.release or (hidden.change.why if hidden.change else _quietly(hidden)),
        writers=hidden.writers,
        target=msgspec.UNSET if d.whole else told(d.target, equal),
        live=msgspec.UNSET if d.whole else told(d.live, equal),
        evidence=_evidence(hidden.change.evidence if hidden.change else ()),
    )


def _quietly(hidden: Hidden) -> str:
    if hidden.difference.whole:
        return "git no longer has the object, and it does not count"
    return f"written by {', '.join(hidden.writers)}" if hidden.writers else "nobody is recorded as its writer"


def _evidence(evidence: Iterable[Evidence]) -> tuple[EvidenceAnswer, ...]:
    return tuple(EvidenceAnswer(fact=e.fact, says=e.says) for e in evidence)
