"""What should be done about each difference of an application, before a place for it is known."""

from __future__ import annotations

from collections.abc import Iterable

from whydrift.core.explain.base import base_of
from whydrift.core.explain.engine import Examined
from whydrift.core.explain.subject import About, Subject
from whydrift.core.judge.situation import Situation
from whydrift.core.model.drift import Difference
from whydrift.core.model.effect import Does, Forecast
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.remedy import Choice, RemedyKind
from whydrift.core.model.snapshot import ObjectSnapshot
from whydrift.core.remedy.choice import choose, judged_with
from whydrift.core.remedy.choices.case import Case
from whydrift.core.remedy.choices.refused import foreseen
from whydrift.core.remedy.next_choice import with_a_place
from whydrift.core.remedy.taken_along import with_those_along

Chosen = dict[tuple[ObjectKey, Difference], Choice]
"""Choices by object and difference."""


def chosen(
    situation: Situation, found: Iterable[tuple[ObjectSnapshot, tuple[Examined, ...]]], sync: Forecast | None = None
) -> Chosen:
    """The choice for every explained difference, in their order; an unexplained one has none.

    `sync` is what a sync would do: where that is not known, none is safe.
    """
    choices: Chosen = {}
    for item, findings in found:
        subject = subject_of(situation, item, findings)
        for finding in findings:
            if finding.explanations:
                choices[item.key, finding.difference] = _choice(Case(finding, subject, situation), sync)
    return with_those_along(situation, choices)


def _choice(case: Case, sync: Forecast | None) -> Choice:
    """The choice for one difference: never a sync of an object that a sync would be refused for."""
    choice = choose(case.finding, case.subject, case.situation)
    effects = sync.by_object.get(case.key, ()) if sync is not None else ()
    fails = next((effect.says for effect in effects if effect.does is Does.FAIL), "")
    if choice.kind is RemedyKind.SYNC and fails:
        return foreseen(case, fails)
    return judged_with(with_a_place(choice, case.finding, case.subject, case.situation), sync)


def subject_of(situation: Situation, item: ObjectSnapshot, findings: tuple[Examined, ...]) -> Subject:
    """An object as causes see it; the Application itself where it is about that."""
    application, facts = situation.application, situation.facts(item.key)
    about = About.APPLICATION if item.target is application.raw else About.OBJECT
    base = base_of(application, item, facts) if about is About.OBJECT else None
    differences = tuple(finding.difference for finding in findings)
    return Subject(application, item, differences, situation.knowledge, base, situation.objects, facts, about)
