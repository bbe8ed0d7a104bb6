"""What is chosen for a situation: the differences of a case, explained by the causes, each with its choice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tests.cases import subject_of
from whydrift.core.explain.cause import Cause
from whydrift.core.explain.causes import CATALOGUE
from whydrift.core.explain.engine import Examined, explain
from whydrift.core.explain.subject import Subject
from whydrift.core.judge.situation import Situation
from whydrift.core.model.facts import Facts
from whydrift.core.model.remedy import Choice
from whydrift.core.model.snapshot import ApplicationSnapshot
from whydrift.core.model.values import JsonObject
from whydrift.core.remedy.choice import choose

Chosen = tuple[Subject, Examined, Choice]


def chosen(case: JsonObject, causes: Sequence[Cause] = CATALOGUE, more: Facts | None = None) -> dict[str, Chosen]:
    """The choices for all explained differences of a case, by JSON pointer; `more` are further facts."""
    subject = subject_of(case)
    if more is not None:
        subject = replace(subject, facts=Facts({**subject.facts.values, **more.values}, subject.facts.gaps))
    findings = explain(subject, causes).findings
    situation = situation_of(subject, findings)
    explained = (finding for finding in findings if finding.explanations)
    return {f.difference.pointer: (subject, f, choose(f, subject, situation)) for f in explained}


def situation_of(subject: Subject, findings: tuple[Examined, ...]) -> Situation:
    """The application around one object with findings."""
    snapshot = ApplicationSnapshot(subject.application, subject.siblings)
    return Situation(snapshot, {subject.key: findings}, CATALOGUE, lambda key: subject.facts, subject.knowledge)
