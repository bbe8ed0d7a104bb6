"""What should be done about each difference of an application, before a place for it is known."""

from __future__ import annotations

from collections.abc import Iterable

from whydrift.core.explain.base import base_of
from whydrift.core.explain.engine import Examined
from whydrift.core.explain.subject import About, Subject
from whydrift.core.judge.situation import Situation
from whydrift.core.model.drift import Difference
from whydrift.core.model.effect import Forecast
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.remedy import Choice
from whydrift.core.model.snapshot import ObjectSnapshot
from whydrift.core.remedy.choice import choose, judged_with
from whydrift.core.remedy.next_choice import with_a_place

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
                choice = with_a_place(choose(finding, subject, situation), finding, subject, situation)
                choices[item.key, finding.difference] = judged_with(choice, sync)
    return choices


def subject_of(situation: Situation, item: ObjectSnapshot, findings: tuple[Examined, ...]) -> Subject:
    """An object as causes see it; the Application itself where it is about that."""
    application, facts = situation.application, situation.facts(item.key)
    about = About.APPLICATION if item.target is application.raw else About.OBJECT
    base = base_of(application, item, facts) if about is About.OBJECT else None
    differences = tuple(finding.difference for finding in findings)
    siblings = situation.snapshot.objects or ()
    return Subject(application, item, differences, situation.knowledge, base, siblings, facts, about)
