"""The measures that an edit is made of, and what the files are after them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from whydrift.core.model.paths import Path, pointer
from whydrift.core.model.remedy import APPLICATION, Change, How
from whydrift.core.model.values import ABSENT, MaybeJson, child
from whydrift.core.remedy.places.helm.layers import read_values
from whydrift.core.remedy.places.helm.template_lines import line_at
from whydrift.core.remedy.places.helm.traced import Span, Stated
from whydrift.core.remedy.text.editing import edit_text
from whydrift.errors import NotEditable

PACKED = ".tgz/"


@dataclass(frozen=True, slots=True)
class SetValue:
    """State a value (ABSENT: no longer) at a place."""

    place: Stated
    value: MaybeJson


@dataclass(frozen=True, slots=True)
class Replace:
    """Replace a run of a file's text."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Rewrite:
    """Give a file a new content; `line` (from 1) is that of the key that is edited, or of its parent."""

    file: str
    content: str
    line: int


Measure: TypeAlias = SetValue | Replace | Rewrite
Idea: TypeAlias = tuple[Measure, ...]
"""Measures in one file; () says that a place is known, and not what should stand there."""


@dataclass(frozen=True, slots=True)
class Made:
    """The outcome of an idea: the file that it changes, its content, and the place in it."""

    file: str
    content: str
    line: int
    how: How
    pointer: str = ""


def make(files: Mapping[str, str], idea: Idea) -> Made:
    """What a file is after an idea; NotEditable where it cannot be made, or where it changes several files."""
    names = {_file(measure) for measure in idea}
    if len(names) != 1 or any(PACKED in name for name in names):
        raise NotEditable("there is not one file that can be edited")
    first = idea[0]
    match first:
        case Rewrite():
            return Made(first.file, first.content, first.line, How.TEMPLATE)
        case Replace():
            return _replaced(files, [measure for measure in idea if isinstance(measure, Replace)])
        case SetValue():
            return _stated(files, [measure for measure in idea if isinstance(measure, SetValue)])


def _file(measure: Measure) -> str:
    match measure:
        case SetValue():
            return measure.place.file
        case Replace():
            return measure.span.file
        case Rewrite():
            return measure.file


def _replaced(files: Mapping[str, str], measures: list[Replace]) -> Made:
    file = measures[0].span.file
    content = files[file]
    line = min(line_at(content, measure.span.start - (measure.span.start == measure.span.end)) for measure in measures)
    for measure in sorted(measures, key=lambda measure: measure.span.start, reverse=True):
        content = content[: measure.span.start] + measure.text + content[measure.span.end :]
    return Made(file, content, line, How.TEMPLATE)


def _stated(files: Mapping[str, str], measures: list[SetValue]) -> Made:
    file = measures[0].place.file
    content = files.get(file, "")
    changes = [change for measure in measures for change in _changes(content, measure)]
    edited = edit_text(content, 0, changes)
    there = _there(content, changes[0].path)
    where = pointer(there) if file == APPLICATION else ""
    return Made(file, edited.content, edited.line if there else 1, How.VALUE, where)


def _changes(content: str, measure: SetValue) -> list[Change]:
    """The change of a file; values that the Application holds as text (`helm.values`) are changed in the text."""
    path = measure.place.path
    held = path.index("values") + 1 if measure.place.file == APPLICATION and "values" in path else len(path)
    text = child(read_values(content), *path[:held])
    if held == len(path) or not isinstance(text, str):
        return [Change(path, measure.value)]
    inner = edit_text(text, 0, [Change(path[held:], measure.value)])
    return [Change(path[:held], inner.content)]


def _there(content: str, path: Path) -> Path:
    """The path, or the deepest one above it that is there."""
    value = read_values(content)
    return next((path[:end] for end in range(len(path), 0, -1) if child(value, *path[:end]) is not ABSENT), ())
