"""What a choice is made from: one difference with its explanation, its object, and the application around it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from whydrift.core.compare.rules import IgnoreRule, application_rules
from whydrift.core.explain.engine import Examined
from whydrift.core.explain.subject import Subject
from whydrift.core.explain.writers import others
from whydrift.core.judge.situation import Situation
from whydrift.core.model.application import Application
from whydrift.core.model.drift import Difference
from whydrift.core.model.explanation import Side
from whydrift.core.model.managers import Entry
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.values import ABSENT, items

COMPARED_BY_SERVER = "ServerSideDiff=true"


@dataclass(frozen=True)
class Case:
    """One difference to be remedied."""

    finding: Examined
    subject: Subject
    situation: Situation

    @property
    def difference(self) -> Difference:
        """The difference."""
        return self.finding.difference

    @property
    def application(self) -> Application:
        """The application that it shows in."""
        return self.subject.application

    @property
    def key(self) -> ObjectKey:
        """The object's key."""
        return self.subject.key

    @property
    def cause(self) -> str:
        """The strongest explanation's cause; "" where nothing explains it."""
        return self.finding.cause

    @property
    def because(self) -> str:
        """The strongest explanation in a sentence."""
        return self.finding.explanations[0].why if self.finding.explanations else ""

    @property
    def side(self) -> Side | None:
        """The side that it speaks for."""
        return self.situation.cause_side(self.finding)

    @property
    def server_side(self) -> bool:
        """Whether a sync applies the object server-side."""
        return self.subject.server_side

    @cached_property
    def owners(self) -> tuple[Entry, ...]:
        """Who owns the place in live, apart from Argo CD."""
        return others(self.subject, self.difference)

    @property
    def application_rules(self) -> tuple[IgnoreRule, ...]:
        """The ignore rules that the application has already."""
        return application_rules(items(self.application.raw, "spec", "ignoreDifferences"))

    @property
    def stated(self) -> bool:
        """Whether git states something here."""
        return self.difference.target is not ABSENT

    @property
    def in_list(self) -> bool:
        """Whether a list item is on the way to the place."""
        return any(isinstance(step, int) for step in self.difference.path)
