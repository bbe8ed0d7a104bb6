"""Joins the stages: what was read of an application → what differs → why. The only module that knows their order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from whydrift.core.compare.differences import hidden_differences, shown_differences
from whydrift.core.explain.additions import may_hold_additions
from whydrift.core.explain.base import base_of
from whydrift.core.explain.cause import Cause
from whydrift.core.explain.conditions import application_subjects
from whydrift.core.explain.dropped_definitions import definitions_not_read
from whydrift.core.explain.engine import Examined, explain, wants_first
from whydrift.core.explain.ignoring import is_ruled_out
from whydrift.core.explain.newer import unnoticed
from whydrift.core.explain.strategy import compared_server_side
from whydrift.core.explain.subject import About, Knowledge, Subject
from whydrift.core.explain.unseen import WHOLE, stated_by_conditions, unseen_subjects, unseen_wants
from whydrift.core.judge.calibration import Agreement, Calibration, calibrations, sent_to_server
from whydrift.core.judge.forecast import forecast
from whydrift.core.judge.reasons import NO_LINES, Lines, reason_wants, reasoned
from whydrift.core.judge.revision import at_revision
from whydrift.core.judge.server_view import sees_no_change
from whydrift.core.judge.situation import Situation
from whydrift.core.judge.wanted import wants, wants_further
from whydrift.core.model.application import Application
from whydrift.core.model.drift import Difference, Kind
from whydrift.core.model.effect import Forecast
from whydrift.core.model.explanation import Side, Undecided
from whydrift.core.model.fact_kinds import DRY_RUN, SETTINGS
from whydrift.core.model.facts import FactKind, Facts, Gap
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.remedy import Remedy
from whydrift.core.model.snapshot import ApplicationSnapshot, Objects, ObjectSnapshot, Verdict
from whydrift.core.model.trouble import Unmask
from whydrift.core.model.values import ABSENT, JsonObject, is_object

if TYPE_CHECKING:
    from whydrift.core.unmask.troubles import Unmasked

STALE = "verdict-is-stale"
WHOLE_OBJECT = Difference((), (), Kind.MODIFIED)


@dataclass(frozen=True)
class ObjectOutcome:
    """One object with what was found out about its differences."""

    object: ObjectSnapshot
    findings: tuple[Examined, ...]

    @property
    def key(self) -> ObjectKey:
        """The object's key."""
        return self.object.key


@dataclass(frozen=True)
class ApplicationOutcome:
    """An application with its differing objects, and the facts that would decide more."""

    snapshot: ApplicationSnapshot
    objects: tuple[ObjectOutcome, ...]
    wants: tuple[tuple[ObjectKey, FactKind[object]], ...] = ()
    waiting: tuple[Subject, ...] = ()
    """The subjects that are still to be explained, or that want more facts for it."""
    sync: Forecast | None = None
    calibrations: tuple[Calibration, ...] = ()
    broken: Unmasked | None = None
    gaps: tuple[Gap, ...] = ()
    """What could not be read of objects that Argo CD does not list, so that it is not known whether they differ."""
    remedies: Mapping[tuple[ObjectKey, Difference], Remedy] = field(default_factory=dict)
    server_views: Mapping[ObjectKey, bool] = field(default_factory=dict)
    """Whether an apply of git's object would change nothing, by what a dry run answered."""
    ruled_out: tuple[tuple[ObjectKey, Difference], ...] = ()
    """What differs under an ignore rule, where no cause proves that it is worth telling."""

    @property
    def stale(self) -> bool:
        """Whether Argo CD's verdict is proven to be older than its inputs."""
        return any(e.cause == STALE for o in self.objects for f in o.findings for e in f.explanations[:1])


@dataclass(frozen=True)
class Analysis:
    """How to look: the causes, what is known without reading, and whether hidden differences are looked for too."""

    catalogue: Sequence[Cause]
    knowledge: Knowledge
    hidden: bool = False
    synced: bool = False
    """Whether applications are looked at too that are Synced all over."""
    revision: str = ""
    """The revision whose sync is asked about; "" is the one that a sync takes now."""
    unmask: Unmask = Unmask.NOWHERE
    """Where it is also looked for what is broken behind the noise."""
    forecast: bool = True
    """Whether it is said what a sync would do."""
    reasons: bool = True
    """Whether it is said why each side is right, and whom to ask: git's history is read for that."""
    read_at: str = ""
    """The time of reading (RFC 3339); "" where a recording does not state it."""

    @cached_property
    def sides(self) -> Mapping[str, Side]:
        """Each cause's side."""
        return {cause.id: cause.side for cause in self.catalogue}


def begin(snapshot: ApplicationSnapshot, facts: Callable[[ObjectKey], Facts], analysis: Analysis) -> ApplicationOutcome:
    """Find the differences of one application, and the facts that are read before any is explained."""
    subjects = _subjects(snapshot, facts, analysis)
    wants = [(s.key, kind) for s in subjects for kind in wants_first(s, analysis.catalogue)]
    if analysis.hidden:
        wants += unseen_wants(snapshot, facts)
    return ApplicationOutcome(snapshot, tuple(_not_read(snapshot)), tuple(wants), tuple(subjects))


def look(
    snapshot: ApplicationSnapshot,
    facts: Callable[[ObjectKey], Facts],
    analysis: Analysis,
    before: ApplicationOutcome | None = None,
) -> ApplicationOutcome:
    """Find and explain the differences of one application with the facts that are known by now.

    After an earlier look only the objects that wanted more facts are looked at again; a new fact may bring a hidden
    difference of any object to light, so that those are looked for everywhere.
    """
    if before is None or (analysis.hidden and before.wants):
        outcomes, subjects = _not_read(snapshot), _subjects(snapshot, facts, analysis)
    else:
        outcomes, subjects = _settled(before), _renewed(before, facts)
    wants: list[tuple[ObjectKey, FactKind[object]]] = []
    waiting: list[Subject] = []
    ruled_out: list[tuple[ObjectKey, Difference]] = []
    for subject in subjects:
        outcome = explain(subject, analysis.catalogue)
        outcomes.append(ObjectOutcome(subject.object, _worth_telling(outcome.findings)))
        ruled_out += [(subject.key, difference) for difference in _ruled_out(subject, outcome.findings)]
        wants += [(subject.key, kind) for kind in outcome.wants]
        waiting += [subject] if outcome.wants else []
    if analysis.hidden:
        wants += unseen_wants(snapshot, facts)
        wants += [(key, SETTINGS) for key, _ in ruled_out if not facts(key).asked(SETTINGS)]
    order = {item.key: place for place, item in enumerate(snapshot.objects or ())}
    outcomes.sort(key=lambda outcome: order.get(outcome.key, -1))
    gaps = definitions_not_read(snapshot.application, facts) if analysis.hidden else ()
    told = tuple(o for o in outcomes if o.findings)
    return ApplicationOutcome(snapshot, told, tuple(wants), tuple(waiting), ruled_out=tuple(ruled_out), gaps=gaps)


def _not_read(snapshot: ApplicationSnapshot) -> list[ObjectOutcome]:
    """The objects that Argo CD calls different and whose sides were not read: undecided, whatever they hold."""
    unread = (item for item in snapshot.objects or () if not item.read)
    lacking = Undecided("", "managed-resources of the application", "what differs was not read")
    return [ObjectOutcome(item, (Examined(WHOLE_OBJECT, undecided=(lacking,)),)) for item in unread]


def _settled(before: ApplicationOutcome) -> list[ObjectOutcome]:
    """The objects that no further fact was wanted for."""
    waiting = {id(subject.object) for subject in before.waiting}
    return [found for found in before.objects if id(found.object) not in waiting]


def _renewed(before: ApplicationOutcome, facts: Callable[[ObjectKey], Facts]) -> list[Subject]:
    """The subjects that waited, with what is known of them by now: what differs in them stays."""
    return [_with_facts(s, facts(s.key)) for s in before.waiting] if before.wants else list(before.waiting)


def _with_facts(subject: Subject, known: Facts) -> Subject:
    itself = subject.about is About.APPLICATION
    base = None if itself else base_of(subject.application, subject.object, known)
    return replace(subject, base=base, facts=known)


def is_looked_at(application: Application, analysis: Analysis) -> bool:
    """Whether there is anything to look at: an application that is Synced all over waits for `--hidden`."""
    unwell = application.health not in ("Healthy", "Suspended") and analysis.unmask.holds_for(application.health)
    return analysis.hidden or analysis.synced or application.drifting or unwell or application.sync != Verdict.SYNCED


def foresight_wants(
    snapshot: ApplicationSnapshot,
    facts: Callable[[ObjectKey], Facts],
    manifests: Mapping[ObjectKey, JsonObject] | None = None,
) -> Iterator[tuple[tuple[ObjectKey, FactKind[object]], ...]]:
    """The facts without which it cannot be said what a sync would do: some, and once those are read what they ask for.

    Of another revision where its manifests are given.
    """
    seen = snapshot if manifests is None else at_revision(snapshot, manifests)
    yield tuple(wants(seen, facts))
    yield tuple(wants_further(seen, facts))


def foresee(
    outcome: ApplicationOutcome,
    facts: Callable[[ObjectKey], Facts],
    analysis: Analysis,
    manifests: Mapping[ObjectKey, JsonObject] | None = None,
) -> Forecast:
    """What a sync now would do, as far as the objects were read; of another revision where its manifests are given."""
    return forecast(situation_of(outcome, facts, analysis, manifests))


def situation_of(
    outcome: ApplicationOutcome,
    facts: Callable[[ObjectKey], Facts],
    analysis: Analysis,
    manifests: Mapping[ObjectKey, JsonObject] | None = None,
) -> Situation:
    """An application before a sync, with what was found out about it."""
    snapshot = outcome.snapshot
    return Situation(
        snapshot if manifests is None else at_revision(snapshot, manifests),
        {o.key: o.findings for o in outcome.objects},
        analysis.catalogue,
        facts,
        analysis.knowledge,
        manifests,
        {} if manifests is None else {item.key: item.target for item in snapshot.objects or ()},
        analysis.read_at,
        {} if outcome.stale else {c.key: c.why for c in outcome.calibrations if c.agreement is Agreement.DISAGREES},
    )


def reasoning_wants(
    outcome: ApplicationOutcome, facts: Callable[[ObjectKey], Facts], analysis: Analysis
) -> tuple[tuple[ObjectKey, FactKind[object]], ...]:
    """The facts that say more about who is right, for what people may have to decide."""
    found = ((o.object, f) for o in outcome.objects for f in o.findings)
    return tuple(reason_wants(found, situation_of(outcome, facts, analysis)))


def with_reasons(
    outcome: ApplicationOutcome,
    facts: Callable[[ObjectKey], Facts],
    analysis: Analysis,
    lines: Lines = NO_LINES,
) -> ApplicationOutcome:
    """The outcome with the reason for the side of each difference, and whom to ask."""
    situation = situation_of(outcome, facts, analysis)
    judged = (
        replace(o, findings=reasoned(o.object, o.findings, outcome.sync, situation, lines)) for o in outcome.objects
    )
    return replace(outcome, objects=tuple(judged))


def calibrate(
    outcome: ApplicationOutcome, facts: Callable[[ObjectKey], Facts], analysis: Analysis
) -> tuple[Calibration, ...]:
    """Whether our comparison gives Argo CD's verdict: for what differs, and for all objects where all were decoded."""
    situation = Situation(outcome.snapshot, {}, analysis.catalogue, facts, analysis.knowledge)
    chosen = {item.key for item in _compared_again(outcome, analysis)}
    return tuple(calibrations(situation, lambda item: item.key in chosen))


def _compared_again(outcome: ApplicationOutcome, analysis: Analysis) -> Iterator[ObjectSnapshot]:
    everything, differing = analysis.hidden or analysis.synced, {found.key for found in outcome.objects}
    for item in outcome.snapshot.objects or ():
        if everything or item.verdict is Verdict.OUT_OF_SYNC or item.key in differing:
            yield item


def calibration_wants(outcome: ApplicationOutcome, analysis: Analysis) -> Iterator[tuple[ObjectKey, FactKind[object]]]:
    """The dry runs without which server-side comparisons cannot be compared again, and those of what differs."""
    differing = {found.key for found in outcome.objects}
    for item in _compared_again(outcome, analysis):
        asked = item.key in differing or compared_server_side(outcome.snapshot.application, item)
        if item.target is not ABSENT and asked:
            yield item.key, DRY_RUN


def with_server_views(outcome: ApplicationOutcome, facts: Callable[[ObjectKey], Facts]) -> ApplicationOutcome:
    """The outcome with what dry runs of the differing objects said, where there were any."""
    said = {found.key: sees_no_change(found.object, facts(found.key)) for found in outcome.objects}
    return replace(outcome, server_views={key: view for key, view in said.items() if view is not None})


def dry_run_of(
    snapshot: ApplicationSnapshot, facts: Callable[[ObjectKey], Facts], analysis: Analysis
) -> Callable[[ObjectKey], JsonObject | None]:
    """What a dry run of each object applies."""
    by_key = {item.key: item for item in snapshot.objects or ()}

    def sent(key: ObjectKey) -> JsonObject | None:
        situation = Situation(snapshot, {}, analysis.catalogue, facts, analysis.knowledge)
        return sent_to_server(by_key[key], situation) if key in by_key else None

    return sent


def _worth_telling(findings: tuple[Examined, ...]) -> tuple[Examined, ...]:
    """All shown differences; of the hidden ones those that a cause proves to be worth telling (design/decisions.md)."""
    return tuple(f for f in findings if f.difference.shown or f.explanations)


def _ruled_out(subject: Subject, findings: tuple[Examined, ...]) -> Iterator[Difference]:
    """The differences that are not told, and that an ignore rule keeps from being shown."""
    for finding in findings:
        if not (finding.difference.shown or finding.explanations) and is_ruled_out(subject, finding.difference):
            yield finding.difference


def _subjects(
    snapshot: ApplicationSnapshot,
    facts: Callable[[ObjectKey], Facts],
    analysis: Analysis,
) -> list[Subject]:
    """What is to be explained; what is said about the application itself comes first."""
    application, objects = snapshot.application, Objects(snapshot.objects or ())
    subjects = application_subjects(snapshot, analysis.knowledge, facts)
    warned = stated_by_conditions(application) if analysis.hidden else {}
    for item in objects:
        if not item.read:
            continue
        found = differences_of(item)
        if analysis.hidden:
            found += _hidden(application, item, found) + ((WHOLE,) if item.key in warned else ())
            found += unnoticed(application, facts, item, found)
        if found:
            known = facts(item.key)
            base = base_of(application, item, known)
            subjects.append(Subject(application, item, found, analysis.knowledge, base, objects, known))
    unseen = unseen_subjects(snapshot, analysis.knowledge, facts) if analysis.hidden else ()
    return [*subjects, *unseen]


def differences_of(item: ObjectSnapshot) -> tuple[Difference, ...]:
    """What Argo CD shows as different in one object; nothing for hooks and for what it did not compare."""
    if item.verdict is not Verdict.OUT_OF_SYNC and not _forbidden(item):
        return ()
    found = () if item.equal else _sides(item)
    return found or (Difference((), (), Kind.MODIFIED, item.target, item.live),)


def _forbidden(item: ObjectSnapshot) -> bool:
    """Whether an object is compared and missing, and only its row says Unknown: the project does not permit it."""
    if item.verdict is not Verdict.UNKNOWN or item.live is not ABSENT:
        return False
    return is_object(item.target) and bool(item.predicted)


def _sides(item: ObjectSnapshot) -> tuple[Difference, ...]:
    if item.target is ABSENT or item.live is ABSENT:
        return shown_differences(item.target, item.live, item.target, item.live)
    return shown_differences(item.predicted, item.normalized_live, item.target, item.live)


def _hidden(application: Application, item: ObjectSnapshot, shown: tuple[Difference, ...]) -> tuple[Difference, ...]:
    return hidden_differences(item.target, item.live, shown, extras=may_hold_additions(application, item))
