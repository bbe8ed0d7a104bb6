"""What a chart draws anew on each render, and hashes of it."""

from __future__ import annotations

from whydrift.core.explain.templates import Drawn, lines_of
from whydrift.core.model.fact_kinds import RENDERED_FROM
from whydrift.core.model.remedy import Change, Choice, Field, Instead, RemedyKind, Safety
from whydrift.core.model.values import ABSENT
from whydrift.core.remedy.choices.case import Case
from whydrift.core.remedy.choices.changes import holds_secret, towards_live
from whydrift.core.remedy.choices.offers import ignored

DECORATIONS = ("annotations", "labels")
HIDES = Instead(RemedyKind.IGNORE, "git then does not decide the value at all")


def drawn(case: Case) -> Choice:
    """Give the chart the value; drop what only our own template draws for decoration; else leave it alone."""
    line = _line(case)
    if line is not None and line.depends:
        return _given(case)
    if line is not None and _is_decoration(case) and "/charts/" not in f"/{line.place}":
        return Choice(
            RemedyKind.GIT_DROP,
            f"{line.place} calls {line.function}; without it pods restart once more, and then never for this",
            Safety.UNSAFE,
            changes=(Change(case.difference.path, ABSENT),),
            instead=(HIDES,),
        )
    return ignored(case, "each render draws another value, and the chart has no value that would replace it")


def _given(case: Case) -> Choice:
    """The chart's own value takes the place of what is drawn; a secret has to be written by who knows it."""
    why = "with the value stated, nothing is drawn any more"
    if holds_secret(case.difference.live):
        return Choice(
            RemedyKind.CHART_VALUE,
            f"{why}; what is in use is secret: name a Secret that exists, or state it where secrets are kept",
            Safety.MANUAL,
            at=Field(case.key, case.difference.path),
            instead=(HIDES,),
        )
    changes = towards_live(case.difference, case.subject.object.target)
    return Choice(RemedyKind.CHART_VALUE, why, changes=changes, instead=(HIDES,))


def _is_decoration(case: Case) -> bool:
    return case.difference.path[-2:-1] in ((DECORATIONS[0],), (DECORATIONS[1],))


def _line(case: Case) -> Drawn | None:
    """The template's line that draws the value, where it can be read."""
    files, key = case.subject.facts.maybe(RENDERED_FROM), case.difference.path[-1]
    if files is None or not isinstance(key, str):
        return None
    return next((line for line in lines_of(files.files, case.key.kind, key) if line is not None), None)
