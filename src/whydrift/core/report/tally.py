"""The fleet in numbers, added up while applications stream past: causes, patterns, what to read first."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec

from whydrift.core.model.effect import Does
from whydrift.core.model.explanation import Side
from whydrift.core.model.remedy import RemedyKind
from whydrift.core.model.triage import (
    ApplicationAnswer,
    DifferenceAnswer,
    GapAnswer,
    ObjectAnswer,
    RemedyAnswer,
    SummaryAnswer,
    SyncAnswer,
)
from whydrift.core.report.safe_lines import Name, SafeToSync
from whydrift.core.report.sync_lines import failing, hurting, losing, told
from whydrift.core.unmask.since import troubles_in

UNEXPLAINED, UNDECIDED, BROKEN, AT_RISK = "unexplained", "undecided", "broken", "at-risk"
ATTENTION = frozenset({Side.GIT, Side.CLUSTER, Side.ASK, Side.STRUCTURE})
ORDER = ("not-read", "not-compared", UNEXPLAINED, Side.ASK, Side.CLUSTER, Side.GIT, Side.STRUCTURE, UNDECIDED)
INDEX = re.compile(r"\[[^\]]*=[^\]]*\]|\[\d+\]")


def objects_of(application: ApplicationAnswer) -> tuple[ObjectAnswer, ...]:
    """The differing objects of an application; () where it was not read."""
    return () if isinstance(application.objects, msgspec.UnsetType) else application.objects


def called(application: ApplicationAnswer) -> str:
    """The name by which a command finds the application: of several Argo CD instances, with the one that it is in."""
    return f"{application.instance}:{application.name}" if application.instance else application.name


def _name(application: ApplicationAnswer) -> Name:
    return application.instance, application.namespace, application.name


def cause_of(difference: DifferenceAnswer) -> str:
    """The strongest cause, else "undecided" (a fact is missing), else "unexplained"."""
    if difference.explanations:
        return difference.explanations[0].cause
    return UNDECIDED if difference.undecided else UNEXPLAINED


def is_accepted(difference: DifferenceAnswer) -> bool:
    """Whether somebody decided to live with it: it is counted apart."""
    return not isinstance(difference.accepted, msgspec.UnsetType)


def newest_time(application: ApplicationAnswer) -> str:
    """The newest time that an application's answer holds; "" where it holds none."""
    written = (d.since for item in objects_of(application) for d in item.differences)
    return max((application.argocd.reconciled_at, *(time for time in written if isinstance(time, str))))


def concern(application: ApplicationAnswer) -> str:
    """What hurts most about an application: an entry of ORDER, or "" where nothing needs anybody."""
    if application.not_read:
        return "not-read"
    found = {_concern(d) for o in objects_of(application) for d in o.differences if not is_accepted(d)}
    if application.agrees == "not-compared":
        found.add("not-compared")
    return next((entry for entry in ORDER if entry in found), "")


def _concern(difference: DifferenceAnswer) -> str:
    cause = cause_of(difference)
    return difference.side if isinstance(difference.side, Side) and cause != UNEXPLAINED else cause


@dataclass
class Pattern:
    """What a cause does to one kind: in how many objects and applications, to which fields (list items left out)."""

    objects: int = 0
    applications: int = 0
    fields: Counter[str] = field(default_factory=Counter)


@dataclass
class CauseTally:
    """One cause in numbers. `applications` and `objects` are counted, `fields` too; `patterns` by kind.

    `remedies` counts what should be done about its fields, as far as that was asked for, `writers` who wrote them.
    `example` is an application that has it.
    """

    fields: int = 0
    objects: int = 0
    applications: int = 0
    sides: Counter[str] = field(default_factory=Counter)
    remedies: Counter[RemedyKind] = field(default_factory=Counter)
    writers: Counter[str] = field(default_factory=Counter)
    patterns: dict[str, Pattern] = field(default_factory=dict)
    example: Name | None = None

    def add(self, item: ObjectAnswer, found: Sequence[DifferenceAnswer]) -> None:
        """Count what this cause does to one object."""
        pattern = self.patterns.setdefault(item.id.split("/")[1], Pattern())
        for counted in (self, pattern):
            counted.objects += 1
        self.fields += len(found)
        self.sides.update(d.side if isinstance(d.side, Side) else "" for d in found)
        self.remedies.update(d.remedy.kind for d in found if isinstance(d.remedy, RemedyAnswer))
        self.writers.update(d.by for d in found if isinstance(d.by, str))
        pattern.fields.update({INDEX.sub("[]", d.field) for d in found})


@dataclass
class Tally:
    """Adds applications up, one at a time. Memory grows with causes and patterns, not with objects."""

    applications: int = 0
    out_of_sync: int = 0
    unknown: int = 0
    unhealthy: int = 0
    """Applications whose health is neither Healthy nor Suspended in Argo CD's word."""
    fields: int = 0
    hidden: int = 0
    accepted: int = 0
    unread: list[tuple[Name, str]] = field(default_factory=list)
    names: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How many applications share a name, by instance and name."""
    causes: dict[str, CauseTally] = field(default_factory=dict)
    compared_by: Counter[str] = field(default_factory=Counter)
    concerns: Counter[str] = field(default_factory=Counter)
    first: list[tuple[int, ApplicationAnswer]] = field(default_factory=list)
    at_risk: int = 0
    """Applications whose sync would take away what nobody decided to live without."""
    hurt: int = 0
    hurting: list[tuple[Name, str]] = field(default_factory=list)
    unforeseen: int = 0
    unforeseeable: list[tuple[Name, str]] = field(default_factory=list)
    """The applications of which nothing worse is known than that not every effect of a sync is."""
    safe: SafeToSync = field(default_factory=SafeToSync)
    looked: int = 0
    troubles: int = 0
    broken: list[ApplicationAnswer] = field(default_factory=list)
    unwell: int = 0
    waits: list[tuple[Name, str]] = field(default_factory=list)
    """What is not well, and not called broken: some of `unwell` sentences."""
    unseen: list[GapAnswer] = field(default_factory=list)
    kept: int = 12
    newest: str = ""
    """The newest time (RFC 3339, UTC) that any application states: when a recording was made, where it does not say."""

    def add(self, application: ApplicationAnswer) -> None:
        """Count one application."""
        self.applications += 1
        self.out_of_sync += application.argocd.sync == "OutOfSync"
        self.unknown += application.argocd.sync not in ("OutOfSync", "Synced")
        self.unhealthy += application.argocd.health not in ("Healthy", "Suspended", "")
        self.compared_by[application.compared_by] += 1
        self.newest = max(self.newest, newest_time(application))
        self.names[application.instance, application.name] += 1
        if application.not_read:
            self.unread.append((_name(application), application.not_read))
        self._add_objects(application)
        self._keep(application)
        self._add_sync(application)
        self._add_troubles(application)

    def _add_objects(self, application: ApplicationAnswer) -> None:
        seen: dict[str, set[str]] = {}
        for item in objects_of(application):
            by_cause: dict[str, list[DifferenceAnswer]] = {}
            for difference in item.differences:
                if is_accepted(difference):
                    self.accepted += 1
                    continue
                self.fields += difference.shown
                self.hidden += not difference.shown
                by_cause.setdefault(cause_of(difference), []).append(difference)
            for cause, found in by_cause.items():
                self.causes.setdefault(cause, CauseTally()).add(item, found)
                seen.setdefault(cause, set()).add(item.id.split("/")[1])
        for cause, kinds in seen.items():
            row = self.causes[cause]
            row.applications += 1
            row.example = row.example or _name(application)
            for kind in kinds:
                row.patterns[kind].applications += 1

    def _keep(self, application: ApplicationAnswer) -> None:
        found = concern(application)
        self.concerns[found] += 1
        if found:
            self.first.append((ORDER.index(found), application))
            self.first.sort(key=lambda row: row[0])
            del self.first[self.kept :]

    def _add_troubles(self, application: ApplicationAnswer) -> None:
        found = troubles_in(application)
        self.looked += not isinstance(application.unmasked, msgspec.UnsetType)
        self.troubles += len(found)
        self.unseen += [gap for gap in application.unread if gap not in self.unseen]
        self.unwell += len(application.waits)
        self.waits += [(_name(application), said) for said in application.waits[: self.kept - len(self.waits)]]
        if found and len(self.broken) < self.kept:
            self.broken.append(application)

    def _add_sync(self, application: ApplicationAnswer) -> None:
        self.safe.add(application, _name(application))
        self.at_risk += bool(losing(application))
        unsafe = hurting(application) or failing(application)
        if not unsafe:
            return
        known = unsafe[0].does is not Does.UNKNOWN  # what is not known comes after everything that is
        self.hurt += known
        self.unforeseen += not known
        kept = self.hurting if known else self.unforeseeable
        if len(kept) < self.kept:
            more = f", and {len(unsafe) - 1} more" if len(unsafe) > 1 else ""
            alone = "by itself: " if _by_itself(application) else ""
            kept.append((_name(application), f"{alone}{told(unsafe[0])}{more}"))

    @property
    def not_read(self) -> list[str]:
        """The applications that could not be read, and why."""
        return [f"{self.named(name)}: {why}" for name, why in self.unread]

    def called(self, application: ApplicationAnswer) -> str:
        """The name by which a command finds an application alone, among all that were counted."""
        return self.named(_name(application))

    def named(self, name: Name) -> str:
        """`[INSTANCE:][NAMESPACE/]NAME`: the namespace where two applications share the name."""
        instance, namespace, own = name
        stated = f"{namespace}/{own}" if self.names[instance, own] > 1 else own
        return f"{instance}:{stated}" if instance else stated

    def summary(self) -> SummaryAnswer:
        """The numbers as the answer holds them."""
        rows = sorted(self.causes.items(), key=lambda row: (-row[1].fields, row[0]))
        return SummaryAnswer(
            applications=self.applications,
            out_of_sync=self.out_of_sync,
            unknown=self.unknown,
            fields=self.fields,
            causes={cause: row.fields for cause, row in rows if cause not in (UNEXPLAINED, UNDECIDED)},
            unexplained=self._fields(UNEXPLAINED),
            undecided=self._fields(UNDECIDED),
            hidden=self.hidden,
            accepted=self.accepted,
            at_risk=self.at_risk,
        )

    def _fields(self, cause: str) -> int:
        return self.causes[cause].fields if cause in self.causes else 0

    def found(self) -> frozenset[str]:
        """All that `--fail-on` can name and that was found: sides, causes, the words of ORDER, broken, at-risk."""
        sides = {side for row in self.causes.values() for side in row.sides if side}
        concerns = {entry for entry, count in self.concerns.items() if count and entry}
        broken = {BROKEN} if self.troubles else set()
        at_risk = {AT_RISK} if self.at_risk else set()
        return frozenset(sides | set(self.causes) | concerns | broken | at_risk)


def _by_itself(application: ApplicationAnswer) -> bool:
    """Whether a sync happens without anybody pressing."""
    return isinstance(application.sync, SyncAnswer) and isinstance(application.sync.automatic, str)


def exit_code(tally: Tally, gaps: tuple[GapAnswer, ...], fail_on: frozenset[str]) -> int:
    """0 nothing needs attention, 1 something does, 3 not read or undecided (design/product.md)."""
    found = tally.found()
    if found & fail_on:
        return 1
    return 3 if gaps or tally.unseen or found & {"not-read", "not-compared", UNDECIDED} else 0
