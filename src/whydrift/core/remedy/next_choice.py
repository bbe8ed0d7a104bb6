"""The next remedy where the first one has no place: a chart that is not ours may have no value for it."""

from __future__ import annotations

from whydrift.core.explain.engine import Examined
from whydrift.core.explain.subject import Subject
from whydrift.core.judge.situation import Situation
from whydrift.core.model.fact_kinds import RENDERED_FROM
from whydrift.core.model.remedy import Choice, RemedyKind, Safety
from whydrift.core.model.trouble import GitFiles
from whydrift.core.model.values import is_object
from whydrift.core.remedy.choices.case import Case
from whydrift.core.remedy.choices.charts import comes_from_elsewhere
from whydrift.core.remedy.choices.usual import compared_by_server, ignored
from whydrift.core.remedy.places import candidates

NEEDS_A_PLACE = frozenset({RemedyKind.GIT_SET, RemedyKind.GIT_DROP, RemedyKind.CHART_VALUE, RemedyKind.ADOPT})
NO_VALUE = "the chart is not ours to edit, and has no value for it"


def with_a_place(choice: Choice, finding: Examined, subject: Subject, situation: Situation) -> Choice:
    """The choice where an edit of it has a place, else the next remedy; `ask` where only git could say it."""
    case = Case(finding, subject, situation)
    if choice.kind not in NEEDS_A_PLACE or choice.place or not choice.changes or not comes_from_elsewhere(case):
        return choice
    target = subject.object.target
    git = subject.facts.maybe(RENDERED_FROM) or GitFiles()
    if not is_object(target) or any(candidates(subject.application, git, subject.key, target, choice.changes)):
        return choice
    if choice.kind is RemedyKind.ADOPT:
        return Choice(
            RemedyKind.ASK, f"{NO_VALUE}: it is undone, or kept elsewhere", Safety.MANUAL, instead=choice.instead
        )
    if any(other.kind is RemedyKind.SERVER_SIDE_DIFF for other in choice.instead):
        return compared_by_server(f"{NO_VALUE}; asked itself, the API server says the same of both sides")
    return ignored(case, NO_VALUE)
