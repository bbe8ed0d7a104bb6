"""Differences → explanations: every cause is asked, none is trusted without its proof, nothing is lost.

A difference ends explained, undecided (a cause that may apply lacks a fact) or openly unexplained.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from whydrift.core.explain.cause import Cause
from whydrift.core.explain.subject import Subject
from whydrift.core.model.drift import Difference
from whydrift.core.model.explanation import Asking, Explanation, Strength, Undecided
from whydrift.core.model.fact_kinds import SCHEMAS, SYNCED_MANIFESTS
from whydrift.core.model.facts import Cost, FactKind, Gap


@dataclass(frozen=True, slots=True)
class Examined:
    """A difference with everything that was found out about it, the strongest explanation first.

    `because` is the reason for its side in a sentence, `asking` whom to ask where no side is right by itself; both are
    there once it was judged.
    """

    difference: Difference
    explanations: tuple[Explanation, ...] = ()
    undecided: tuple[Undecided, ...] = ()
    because: str = ""
    asking: Asking | None = None

    @property
    def cause(self) -> str:
        """The strongest cause; "" while it is unexplained."""
        return self.explanations[0].cause if self.explanations else ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The findings for one object, and the facts that were not asked for yet but would decide more."""

    findings: tuple[Examined, ...]
    wants: frozenset[FactKind[object]] = frozenset()


class Lacks(NamedTuple):
    """What a cause lacks for an object: facts without which it cannot decide, and also those that would help.

    `unasked` are those that nobody tried to read yet, with its wishes.
    """

    missing: frozenset[FactKind[object]]
    lacking: frozenset[FactKind[object]]
    unasked: frozenset[FactKind[object]]


class Waiting(NamedTuple):
    """A cause, by its place in the catalogue, that could decide more about some differences with the facts it lacks."""

    place: int
    differences: tuple[Difference, ...]
    unasked: frozenset[FactKind[object]]


def wants_first(subject: Subject, catalogue: Sequence[Cause]) -> frozenset[FactKind[object]]:
    """The facts that are asked for whatever is explained: all but renders, of every cause that may apply."""
    wants: set[FactKind[object]] = set()
    for _, cause, seen in _seen(subject, catalogue):
        cheap = {kind for kind in _lacks(subject, cause).unasked if kind.cost is not Cost.RENDER}
        if not cheap <= wants and any(cause.concerns(subject, d) for d in seen):
            wants |= cheap
    return frozenset(wants)


def explain(subject: Subject, catalogue: Sequence[Cause]) -> Outcome:
    """Ask every cause of the catalogue about one object."""
    claims: dict[Difference, list[tuple[int, Explanation]]] = {d: [] for d in subject.differences}
    undecided: dict[Difference, list[Undecided]] = {d: [] for d in subject.differences}
    waiting: list[Waiting] = []
    for place, cause, seen in _seen(subject, catalogue):
        concerned = tuple([d for d in seen if cause.concerns(subject, d)])
        if not concerned:
            continue
        missing, lacking, unasked = _lacks(subject, cause)
        proven = () if missing else tuple([e.of(cause.id) for e in cause.explain(subject, concerned)])
        unproven = _claim(claims, concerned, proven, place)
        if unasked:
            waiting.append(Waiting(place, concerned if missing or cause.wishes & unasked else unproven, unasked))
        if lacking and not lacking & unasked:
            _decline(undecided, unproven, cause, subject, lacking)
    wants = _wants(waiting, claims)
    return Outcome(tuple([_finding(d, claims[d], undecided[d]) for d in subject.differences]), wants)


def _lacks(subject: Subject, cause: Cause) -> Lacks:
    missing = _missing(subject, cause.needs)
    lacking = missing | _missing(subject, cause.helps)
    wished = lacking if missing else lacking | cause.wishes
    return Lacks(missing, lacking, frozenset([kind for kind in wished if not subject.facts.asked(kind)]))


def _seen(subject: Subject, catalogue: Sequence[Cause]) -> Iterator[tuple[int, Cause, tuple[Difference, ...]]]:
    """The causes that look at such a subject, by their places, with the differences of the sort that each looks at."""
    everything = subject.differences
    hidden = tuple([d for d in everything if not d.shown])
    shown = everything if not hidden else tuple([d for d in everything if d.shown])
    for place, cause in enumerate(catalogue):
        if cause.about is subject.about:
            seen = everything if cause.everywhere else hidden if cause.hidden else shown
            if seen:
                yield place, cause, seen


def _missing(subject: Subject, kinds: frozenset[FactKind[object]]) -> frozenset[FactKind[object]]:
    return frozenset([kind for kind in kinds if not _known(subject, kind)]) if kinds else kinds


def _known(subject: Subject, kind: FactKind[object]) -> bool:
    """Whether a fact is there.

    A base may be known without a render, and unknown in spite of one (a masked Secret); the schema of a kind may be
    built in or stand in a CRD that the application manages.
    """
    if kind is SYNCED_MANIFESTS:
        return subject.base is not None
    return subject.facts.known(kind) or (kind is SCHEMAS and subject.schema is not None)


def _claim(
    claims: dict[Difference, list[tuple[int, Explanation]]],
    concerned: tuple[Difference, ...],
    explanations: Sequence[Explanation],
    place: int,
) -> tuple[Difference, ...]:
    """Put down what is claimed; what is left of the concerned differences."""
    for explanation in explanations:
        for difference in concerned:
            if difference.path in explanation.paths:
                claims[difference].append((place, explanation))
    paths = {path for explanation in explanations for path in explanation.paths}
    return tuple([d for d in concerned if d.path not in paths])


def _decline(
    undecided: dict[Difference, list[Undecided]],
    concerned: tuple[Difference, ...],
    cause: Cause,
    subject: Subject,
    missing: frozenset[FactKind[object]],
) -> None:
    for kind in sorted(missing, key=lambda kind: kind.name):
        gap = subject.facts.gaps.get(kind) or Gap(
            kind.name, "it does not tell what the last sync wrote for this object"
        )
        for difference in concerned:
            undecided[difference].append(Undecided(cause.id, gap.needs or kind.needs, f"{gap.what}: {gap.why}"))


def _wants(
    waiting: Sequence[Waiting],
    claims: Mapping[Difference, Sequence[tuple[int, Explanation]]],
) -> frozenset[FactKind[object]]:
    """The cheapest facts that would let a waiting cause decide; renders only for what no cause before it explains."""
    wants: set[FactKind[object]] = set()
    for place, concerned, unasked in waiting:
        cheap = {kind for kind in unasked if kind.cost is not Cost.RENDER}
        if cheap:
            wants |= cheap
        elif any(not _settled(claims[d], place) for d in concerned):
            wants |= unasked
    cheapest = {kind for kind in wants if kind.cost is not Cost.RENDER}
    return frozenset(cheapest or wants)


def _settled(claims: Sequence[tuple[int, Explanation]], place: int) -> bool:
    """Whether a cause that comes before this place in the catalogue has a proof that is more than a coincidence."""
    return any(earlier < place and e.strength is not Strength.COINCIDES for earlier, e in claims)


def _finding(
    difference: Difference, claims: Sequence[tuple[int, Explanation]], undecided: Sequence[Undecided]
) -> Examined:
    ranked = sorted(claims, key=lambda claim: (claim[1].strength.rank, claim[0]))
    return Examined(difference, tuple(explanation for _, explanation in ranked), tuple(undecided))
