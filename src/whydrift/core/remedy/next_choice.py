"""The next remedy where the first one has no place: a chart that is not ours, or no place whose edit comes out so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from whydrift.core.explain.engine import Examined
from whydrift.core.explain.subject import Subject
from whydrift.core.judge.situation import Situation
from whydrift.core.model.fact_kinds import RENDERED_FROM
from whydrift.core.model.git_files import GitFiles
from whydrift.core.model.remedy import Change, Choice, How, Instead, RemedyKind, Safety
from whydrift.core.model.values import ABSENT, is_object
from whydrift.core.remedy.choices.case import Case
from whydrift.core.remedy.choices.charts import comes_from_elsewhere
from whydrift.core.remedy.choices.usual import asked, compared_by_server, dropped, ignored, pinned

NEEDS_A_PLACE = frozenset({RemedyKind.GIT_SET, RemedyKind.GIT_DROP, RemedyKind.CHART_VALUE, RemedyKind.ADOPT})
REFUSED = "sync-is-failing"
SWITCHED_OFF = (Change((), ABSENT),)
NO_PLACE = "no place in git comes to it"
NO_VALUE = "the chart is not ours to edit, and has no value for it"


def with_a_place(choice: Choice, finding: Examined, subject: Subject, situation: Situation) -> Choice:
    """The choice where an edit of it has a place, else the next remedy; `ask` where only git could say it."""
    case = Case(finding, subject, situation)
    if choice.kind not in NEEDS_A_PLACE or choice.place or not choice.changes or not comes_from_elsewhere(case):
        return choice
    from whydrift.core.remedy.places import candidates  # here: it is asked only of what comes from elsewhere

    target = subject.object.target
    git = subject.facts.maybe(RENDERED_FROM) or GitFiles()
    if not is_object(target) or any(candidates(subject.application, git, subject.key, target, choice.changes)):
        return choice
    if case.cause == REFUSED:
        off = next(candidates(subject.application, git, subject.key, target, SWITCHED_OFF), None)
        return _switched_off(choice) if off is not None and off.how is How.VALUE else replace(choice, changes=())
    if choice.kind is RemedyKind.ADOPT:
        return Choice(
            RemedyKind.ASK, f"{NO_VALUE}: it is undone, or kept elsewhere", Safety.MANUAL, instead=choice.instead
        )
    if any(other.kind is RemedyKind.SERVER_SIDE_DIFF for other in choice.instead):
        return compared_by_server(f"{NO_VALUE}; asked itself, the API server says the same of both sides")
    return ignored(case, NO_VALUE)


def _switched_off(choice: Choice) -> Choice:
    """Leave out what the chart can only state in a way that no server takes."""
    why = f"{choice.why}; no value makes of it what the cluster holds, so that the chart leaves the object out"
    other = Instead(RemedyKind.ASK, "another value that the server takes is for somebody to choose")
    return Choice(RemedyKind.CHART_VALUE, why, Safety.UNSAFE, SWITCHED_OFF, instead=(other,))


def next_choices(
    choice: Choice, finding: Examined, subject: Subject, situation: Situation, why: str
) -> Iterator[Choice]:
    """What else may be done where no edit in git comes to what a choice wants (`why`), in the table's order.

    What somebody changed is never undone or hidden instead: then they are asked.
    """
    case = Case(finding, subject, situation)
    said = f"{choice.kind.value} is not offered, {why}"
    rest = tuple(other for other in choice.instead if other.kind is not RemedyKind.IGNORE)
    if choice.kind is RemedyKind.ADOPT:
        yield replace(asked(case, said, *rest), changes=())
        return
    for other in choice.instead if choice.kind in NEEDS_A_PLACE else ():
        found = _made(other.kind, case, said)
        if found is not None:
            yield replace(found, instead=(*found.instead, Instead(choice.kind, NO_PLACE)))


def _made(kind: RemedyKind, case: Case, why: str) -> Choice | None:
    """An alternative as a choice of its own; None for one that undoes something, or that only a person carries out."""
    match kind:
        case RemedyKind.SERVER_SIDE_DIFF:
            return compared_by_server(why)
        case RemedyKind.GIT_SET:
            return pinned(case, why)
        case RemedyKind.GIT_DROP:
            return dropped(case, why)
        case RemedyKind.IGNORE:
            return ignored(case, why)
        case _:
            return None
