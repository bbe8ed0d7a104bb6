"""A cause reads only facts that it declares: what is not declared is there or not by what others happened to ask for.

Told twice: by what causes do read while recordings and all cases are explained, and by what their functions can reach.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields, replace
from pathlib import Path

import pytest
from tests.cases import load, subject_of
from tests.core.explain.reachable import reachable

from whydrift import wiring
from whydrift.core.explain.cause import Cause
from whydrift.core.explain.causes import CATALOGUE
from whydrift.core.explain.engine import explain
from whydrift.core.explain.subject import Subject
from whydrift.core.model.drift import Difference
from whydrift.core.model.explanation import Explanation
from whydrift.core.model.fact_kinds import COMMITS, POD_METRICS
from whydrift.core.model.facts import FactKind, Facts
from whydrift.demo import FLEET
from whydrift.settings import Connection
from whydrift.usecases.scan import Read, scan

HERE = Path(__file__)
CASES = HERE.parents[3] / "src/whydrift/core/explain/causes"
RECORDINGS = (Path(FLEET), *sorted((HERE.parents[2] / "data/recordings").glob("*.zip")))
CORPUS = HERE.parents[4] / "shared/corpus/scenarios"
NEVER = {
    ("explicit-zero-hides-change", POD_METRICS),  # a load is no share of what no pods request: git says zero
    ("person-adds-what-diff-ignores", POD_METRICS),  # git says nothing
}
"""What functions of a cause can reach, and never read for it."""
BY_ID = {cause.id: cause for cause in CATALOGUE}
Undeclared = set[tuple[str, FactKind[object]]]


class Noted(dict[FactKind[object], object]):
    """Values or gaps by kind, with a note of each kind that is looked up."""

    def __init__(self, known: Iterable[tuple[FactKind[object], object]], note: Callable[[FactKind[object]], None]):
        super().__init__(known)
        self.note = note

    def __getitem__(self, kind: FactKind[object]) -> object:
        self.note(kind)
        return super().__getitem__(kind)

    def get(self, kind: FactKind[object], default: object = None) -> object:
        self.note(kind)
        return super().get(kind, default)

    def __contains__(self, kind: object) -> bool:
        assert isinstance(kind, FactKind)
        self.note(kind)
        return super().__contains__(kind)


def declared(cause: Cause) -> frozenset[FactKind[object]]:
    return cause.needs | cause.helps | cause.wishes | cause.heeds


def watched(cause: Cause, undeclared: Undeclared) -> Cause:
    """A cause that does the same, with a note of each fact that it reads and does not declare."""

    def note(kind: FactKind[object]) -> None:
        if kind not in declared(cause):
            undeclared.add((cause.id, kind))

    def noted(subject: Subject) -> Subject:
        known = subject.facts
        facts = Facts(Noted(known.values.items(), note), Noted(known.gaps.items(), note))  # type: ignore[arg-type]
        parts = {part.name: getattr(subject, part.name) for part in fields(Subject)}
        return Subject(**{**parts, "facts": facts})

    def explained(subject: Subject, concerned: tuple[Difference, ...]) -> Iterator[Explanation]:
        yield from cause.explain(noted(subject), concerned)

    def concerns(subject: Subject, difference: Difference) -> bool:
        return cause.concerns(noted(subject), difference)

    return replace(cause, explain=explained, concerns=concerns)


async def undeclared_in(recording: Path) -> Undeclared:
    """What causes read and do not declare while a recording is explained, hidden differences too."""
    undeclared: Undeclared = set()
    opened = wiring.open_source(Connection(recording=str(recording)))
    analysis = wiring.analysis(opened.settings, True)
    analysis = replace(analysis, catalogue=[watched(cause, undeclared) for cause in analysis.catalogue])
    seen = [found async for found in scan(opened.answers, analysis, opened.reader, lambda application: True, Read())]
    await opened.close()
    assert seen, f"{recording}: there are applications"
    return undeclared


def test_a_read_that_is_not_declared_is_noticed() -> None:
    undeclared: Undeclared = set()
    case = next(CASES.glob("server_defaults_field/cases/explains-*/case.yaml"))

    def explained(subject: Subject, concerned: tuple[Difference, ...]) -> Iterator[Explanation]:
        subject.facts.known(POD_METRICS)
        yield from BY_ID["server-defaults-field"].explain(subject, concerned)

    def concerns(subject: Subject, difference: Difference) -> bool:
        return subject.facts.maybe(COMMITS) is None

    asking = replace(BY_ID["server-defaults-field"], explain=explained, concerns=concerns)
    explain(subject_of(load(case)), [watched(asking, undeclared)])
    assert undeclared == {(asking.id, POD_METRICS), (asking.id, COMMITS)}


def test_no_cause_reads_undeclared_facts_in_any_case() -> None:
    undeclared: Undeclared = set()
    catalogue = [watched(cause, undeclared) for cause in CATALOGUE]
    for path in sorted(CASES.glob("*/cases/*/case.yaml")):
        explain(subject_of(load(path)), catalogue)
    assert undeclared == set()


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda path: path.stem)
def test_no_cause_reads_undeclared_facts_in_a_recording(recording: Path) -> None:
    assert asyncio.run(undeclared_in(recording)) == set()


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not beside the repository")
def test_no_cause_reads_undeclared_facts_in_a_spread_of_the_corpus() -> None:
    spread = sorted(CORPUS.iterdir())[::20]
    assert [asyncio.run(undeclared_in(recording)) for recording in spread] == [set() for _ in spread]


def test_no_cause_can_reach_undeclared_facts() -> None:
    found = {(cause.id, kind): way for cause in CATALOGUE for kind, way in reachable(cause).items()}
    undeclared = {what: way for what, way in found.items() if what[1] not in declared(BY_ID[what[0]])}
    assert {what: way for what, way in undeclared.items() if what not in NEVER} == {}
    assert undeclared.keys() >= NEVER, "what cannot be reached any more needs no exception"


def test_what_is_heeded_is_asked_for_by_another_cause() -> None:
    heeded = {(cause.id, kind) for cause in CATALOGUE for kind in cause.heeds}
    asked = {kind for cause in CATALOGUE for kind in cause.needs | cause.helps | cause.wishes}
    assert {kind for _, kind in heeded} <= asked
    assert not any(kind in BY_ID[cause].needs | BY_ID[cause].helps | BY_ID[cause].wishes for cause, kind in heeded)
