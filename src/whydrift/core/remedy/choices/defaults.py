"""Defaults that the server fills in, and what only shows because of something else."""

from __future__ import annotations

from collections.abc import Iterator

from whydrift.core.explain.evidence import quoted
from whydrift.core.model.objects import SERVER_METADATA
from whydrift.core.model.paths import for_people
from whydrift.core.model.remedy import Choice, Instead, RemedyKind
from whydrift.core.remedy.choices.case import COMPARED_BY_SERVER, Case
from whydrift.core.remedy.choices.charts import comes_from_elsewhere, has_value_for
from whydrift.core.remedy.choices.shadows import shadowed
from whydrift.core.remedy.choices.usual import compared_by_server, dropped, nothing, pinned, server_side_diff


def default(case: Case) -> Choice:
    """State the default; what only the server counts is dropped; compare server-side where no value leads there."""
    path = case.difference.path
    if case.stated and (path[:1] == ("status",) or (path[:1] == ("metadata",) and path[1] in SERVER_METADATA)):
        return dropped(case, f"the server alone writes {path[-1]}: git cannot state it")
    if comes_from_elsewhere(case) and not has_value_for(case):
        return compared_by_server(
            "the chart is not ours and has no value for it: asked itself, the API server fills in the same default",
            Instead(RemedyKind.IGNORE, "an ignored field is one that nobody manages"),
        )
    why = f"git states the default {quoted(case.difference.live)} that the server fills in: nothing changes there"
    choice = pinned(case, why, *_instead(case))
    if comes_from_elsewhere(case) and choice.kind is RemedyKind.GIT_SET:
        return as_value(choice)
    return choice


def as_value(choice: Choice) -> Choice:
    """The same edit, made in the values that a chart from elsewhere is given."""
    return Choice(RemedyKind.CHART_VALUE, choice.why, choice.safety, choice.changes, instead=choice.instead)


def shadow(case: Case) -> Choice:
    """Nothing: it goes with what it is the shadow of."""
    follows = shadowed(case)
    name = for_people(follows.path, case.subject.object.target) if follows else ""
    return nothing(f"it is the shadow of {name or 'another difference of this object'}, and goes with it", follows)


def _instead(case: Case) -> Iterator[Instead]:
    if COMPARED_BY_SERVER not in case.application.compare_options:
        yield server_side_diff()
