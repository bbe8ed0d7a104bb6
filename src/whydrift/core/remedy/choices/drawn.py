"""What a chart draws anew on each render, and hashes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from whydrift.core.explain.templates import TemplateLine, lines_of
from whydrift.core.model.remedy import Change, Choice, Field, Instead, RemedyKind, Safety
from whydrift.core.model.values import ABSENT
from whydrift.core.remedy.choices.case import Case
from whydrift.core.remedy.choices.changes import holds_secret, towards_live
from whydrift.core.remedy.choices.charts import editable_files, files_of, in_subchart, own_folders
from whydrift.core.remedy.choices.faults import value_files
from whydrift.core.remedy.choices.usual import ignored
from whydrift.core.remedy.choices.value_lines import Values

DECORATIONS = ("annotations", "labels")
HIDES = Instead(RemedyKind.IGNORE, "git then does not decide the value at all")


def drawn(case: Case) -> Choice:
    """Give the chart the value; drop what only our own template draws for decoration; else leave it alone."""
    files = files_of(case)
    lines = _lines(case, files)
    given = next((choice for line in lines if (choice := _given(case, line, files)) is not None), None)
    if given is not None:
        return given
    own = next((line for line in lines if not in_subchart(case, line.file)), None)
    if own is not None and case.difference.path[-2:-1] in [(name,) for name in DECORATIONS]:
        return Choice(
            RemedyKind.GIT_DROP,
            f"{own.place} calls {own.function}; the sync after the drop restarts the pods once more, and then never",
            Safety.UNSAFE,
            changes=(Change(case.difference.path, ABSENT),),
            place=own.place,
            instead=(HIDES,),
        )
    if not files:
        unread = "each render draws another value; whether the chart has one that would replace it was not read"
        return replace(ignored(case, unread), safety=Safety.UNSAFE)
    return ignored(case, "each render draws another value, and the chart has none that would replace it")


def _given(case: Case, line: TemplateLine, files: Mapping[str, str]) -> Choice | None:
    """The chart's own value in the place of what is drawn; a secret is better named than stated."""
    secret = case.key.kind == "Secret" or holds_secret(case.difference.live)
    wanted = (*line.existing, *line.values) if secret else line.values
    values = Values(editable_files(case), value_files(case.application), own_folders(case))
    stated = ((value, values.place(line.file, value.split("."))) for value in wanted)
    value, place = next(((value, place) for value, place in stated if place), ("", ""))
    if not place:
        return None
    why = f"{line.place} draws it unless {value} says otherwise"
    if secret or not _is_fallback(case, line, value, files):
        at = Field(case.key, case.difference.path)
        return Choice(RemedyKind.CHART_VALUE, why, Safety.MANUAL, place=place, at=at, instead=(HIDES,))
    changes = towards_live(case.difference, case.subject.object.target)
    return Choice(RemedyKind.CHART_VALUE, why, changes=changes, place=place, instead=(HIDES,))


def _is_fallback(case: Case, line: TemplateLine, value: str, files: Mapping[str, str]) -> bool:
    """Whether the drawing line itself takes the value where it is stated: then live's is what to state."""
    text = files.get(line.file, "").split("\n")[line.line - 1]
    return f".Values.{value}" in text and isinstance(case.difference.live, str | int)


def _lines(case: Case, files: Mapping[str, str]) -> list[TemplateLine]:
    """The template's lines that draw the value, where they can be read."""
    key = case.difference.path[-1]
    written = lines_of(files, case.key.kind, key) if isinstance(key, str) else ()
    return [line for line in written if line.function]
