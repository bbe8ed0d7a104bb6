"""Why a side is right, in a sentence made of evidence: who wrote it and when, what git's history says, what is beside.

The rules of the sides are the causes' own (core/explain/sides); here their evidence is put beside what the object, its
events and git's history say of the same place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from whydrift.core.explain.autoscalers import autoscalers_of
from whydrift.core.explain.base import base_of
from whydrift.core.explain.commits import SHORT
from whydrift.core.explain.earlier import once_in_git
from whydrift.core.explain.engine import Examined
from whydrift.core.explain.evidence import quoted
from whydrift.core.explain.newer import changed_to
from whydrift.core.explain.raised import REPLICAS
from whydrift.core.explain.subject import Subject
from whydrift.core.explain.writers import others
from whydrift.core.judge.situation import Situation
from whydrift.core.judge.told_by_git import moved_by, of_file, of_line
from whydrift.core.judge.whom import Traces, Written, asking, written_in_git
from whydrift.core.model.drift import Difference
from whydrift.core.model.effect import Does, Effect, Forecast
from whydrift.core.model.explanation import Side
from whydrift.core.model.fact_kinds import COMMITS, EVENTS, HISTORY, RENDERED_FROM
from whydrift.core.model.facts import FactKind
from whydrift.core.model.fleet import Line
from whydrift.core.model.managers import Entry
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.people import Writer
from whydrift.core.model.secrets import masked
from whydrift.core.model.snapshot import ObjectSnapshot
from whydrift.core.model.values import Json, MaybeJson, mapping, text

Lines = Mapping[tuple[ObjectKey, Difference], Line]
"""Where git states what differs, by object and difference."""
NO_LINES: Lines = {}
DECIDED_BY_PEOPLE = frozenset({Side.GIT, Side.CLUSTER, Side.ASK})
MOVED = frozenset({"git-moved-ahead", "both-sides-changed", "ignore-rule-hides-change", "stopped-by-rule"})
"""Causes in which a commit since the last sync has a part."""
INCIDENT = re.compile(
    r"(?i)\b(?:incidents?|inc[-_ ]?\d+|outage|hot-?fix|post-?mortem|sev-?[0-4]|pagerduty|opsgenie|on-?call|emergency)\b"
)
CHANGE_CAUSE = "kubernetes.io/change-cause"
_LONGEST = 100


def reason_wants(
    findings: Iterable[tuple[ObjectSnapshot, Examined]], situation: Situation
) -> Iterator[tuple[ObjectKey, FactKind[object]]]:
    """The facts that reasons are made of and that nothing asked for yet, where people's work is in question."""
    for item, finding in findings:
        if people_decide(finding, situation):
            known = situation.facts(item.key)
            yield from ((item.key, kind) for kind in (HISTORY, RENDERED_FROM, EVENTS) if not known.asked(kind))


def people_decide(finding: Examined, situation: Situation) -> bool:
    """Whether it counts what people did, so that git's history is looked at."""
    return situation.cause_side(finding) in DECIDED_BY_PEOPLE


def reasoned(
    item: ObjectSnapshot,
    findings: tuple[Examined, ...],
    sync: Forecast | None,
    situation: Situation,
    lines: Lines = NO_LINES,
) -> tuple[Examined, ...]:
    """The findings of one object with the reason for each one's side, and whom to ask where it is `ask`."""
    known = situation.facts(item.key)
    subject = replace(situation.subject(item), base=base_of(situation.application, item, known))
    git = written_in_git(subject) if any(people_decide(f, situation) for f in findings) else None
    effects = sync.by_object.get(item.key, ()) if sync else ()
    of = {finding: lines.get((item.key, finding.difference)) for finding in findings}
    return tuple(_reasoned(_Place(subject, f, git, effects, situation, line)) for f, line in of.items())


def _reasoned(place: _Place) -> Examined:
    finding, side = place.finding, place.situation.cause_side(place.finding)
    if side is None:
        return _of_its_writer(place)
    first = finding.explanations[0]
    told = [first.why]
    for clause in _clauses(place, side):
        if clause and clause not in told:
            told.append(clause)
    asked = None
    if side is Side.ASK:
        traces = Traces(place.writer, place.git, place.line)
        asked = asking(place.subject, place.difference, first.cause, traces)
    return replace(finding, because="; ".join(told), asking=asked)


def _of_its_writer(place: _Place) -> Examined:
    """What stays unexplained is asked about where somebody wrote it, known or not (design/decisions.md, the last row).

    A name is evidence of who, not of why: no side is right by it.
    """
    finding, entry = place.finding, place.writer
    if entry is None or finding.undecided:
        return finding
    writer = place.subject.knowledge.people.writer(entry.manager)
    when = f"at {entry.time}" if entry.time else "at a time that is not recorded"
    unknown = writer is Writer.UNKNOWN
    because = f"{entry.manager} wrote it {when}, and nothing says what that is"
    because = because if unknown else f"{entry.manager}, {writer.value}, wrote it {when}; why is not proven"
    return replace(
        finding, because=because, asking=asking(place.subject, place.difference, "", Traces(entry, place.git))
    )


@dataclass(frozen=True)
class _Place:
    """One finding with what is known of its place."""

    subject: Subject
    finding: Examined
    git: Written | None
    effects: tuple[Effect, ...]
    situation: Situation
    line: Line | None = None

    @property
    def difference(self) -> Difference:
        """The difference."""
        return self.finding.difference

    @property
    def cause(self) -> str:
        """The cause that decides the side."""
        return self.finding.explanations[0].cause

    @property
    def why(self) -> str:
        """What that cause says."""
        return self.finding.explanations[0].why

    @cached_property
    def writer(self) -> Entry | None:
        """Who wrote what live has here, apart from Argo CD: the last one, where there are several."""
        found = () if self.difference.whole else others(self.subject, self.difference)
        return max(found, key=lambda entry: entry.time or "", default=None)


def _clauses(place: _Place, side: Side) -> Iterator[str]:
    """What the evidence adds to a cause's own sentence, in the order in which people ask."""
    if side in DECIDED_BY_PEOPLE:
        yield _written(place)
    yield from (e.says for e in place.finding.explanations[0].evidence if e.fact in ("values", "schema", "pod metrics"))
    if place.difference.path == REPLICAS:
        yield _band(place)
    if side in DECIDED_BY_PEOPLE:
        yield _git_says(place)
        yield _other_commit(place)
        yield _incident(place)
    if side in (Side.GIT, Side.CLUSTER, Side.ASK, Side.CONTROLLER):
        yield _lost(place, side)


def _written(place: _Place) -> str:
    entry = place.writer
    if entry is None:
        return ""
    when = f"at {entry.time}" if entry.time else "at a time that is not recorded"
    if entry.manager in place.why:
        return "" if not entry.time or entry.time in place.why else f"written {when}"
    return f"{entry.manager} wrote it {when}"


def _band(place: _Place) -> str:
    """Where live's number of pods lies in the band of an autoscaler."""
    live = place.difference.live
    if not isinstance(live, int) or isinstance(live, bool):
        return ""
    for scaler in autoscalers_of(place.subject):
        band = f"between {scaler.least} and {scaler.most}"
        where = "below" if live < scaler.least else "above" if live > scaler.most else "within"
        known = band in place.why
        return "" if known else f"{live} is {where} the band of {scaler.key.kind} {scaler.key.name}: {band}"
    return ""


def _git_says(place: _Place) -> str:
    """What git's history says of this place: the commit that moved it, a revert, or that nobody changed it since."""
    if place.cause in MOVED:
        return moved_by(place.subject.facts.maybe(COMMITS) or (), place.line, place.git)
    if place.difference.whole:
        return ""
    return of_file(place.git, place.writer) if place.line is None else of_line(place.line, place.writer)


def _other_commit(place: _Place) -> str:
    """That another commit than the compared one says what live has."""
    difference, subject = place.difference, place.subject
    if difference.whole:
        return ""
    newest = place.situation.newest
    if newest is not None:
        now = changed_to(newest, subject.application, subject.object, difference)
        if now is not None and now == difference.live:
            return f"commit {newest.revision[:SHORT]}, which Argo CD has not looked at, says what live has"
    return once_in_git(subject, difference) if place.cause not in MOVED else ""


def _incident(place: _Place) -> str:
    """A note of an incident beside the change: an annotation that git does not state, or an event of the object."""
    live, stated = place.subject.object.live, mapping(place.subject.object.target, "metadata", "annotations")
    for name, value in mapping(live, "metadata", "annotations").items():
        noted = name == CHANGE_CAUSE or INCIDENT.search(name) or INCIDENT.search(str(value))
        if noted and name not in stated and isinstance(value, str) and not masked(value) and len(value) < 1000:
            return f"an annotation beside it says {name}: {value[:_LONGEST]}"
    for event in place.subject.facts.maybe(EVENTS) or ():
        if _is_about(event, place.subject.key) and INCIDENT.search(f"{text(event, 'reason')} {text(event, 'message')}"):
            return f"an event beside it says {text(event, 'reason')}: {text(event, 'message')[:_LONGEST]}"
    return ""


def _is_about(event: Json, key: ObjectKey) -> bool:
    about: MaybeJson = mapping(event, "involvedObject")
    return (text(about, "kind"), text(about, "name")) == (key.kind, key.name)


def _lost(place: _Place, side: Side) -> str:
    """What a sync takes away here."""
    here = [e for e in place.effects if not e.safe and any(_meets(path, place.difference) for path in e.paths)]
    acting = [e for e in here if e.does not in (Does.RESTART, Does.UNKNOWN, Does.FAIL, Does.NOTHING)]
    if not acting or place.difference.whole:
        return ""
    live, target = quoted(place.difference.live), quoted(place.difference.target)
    if side is Side.GIT:
        return f"a sync sets git's {target}: what would be lost is {live}"
    return f"a sync would put {target} in the place of {live}"


def _meets(path: str, difference: Difference) -> bool:
    mine = difference.pointer
    return path == mine or path.startswith(f"{mine}/") or mine.startswith(f"{path}/") or not path
