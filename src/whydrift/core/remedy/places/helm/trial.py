"""Tries ideas: makes the edit, renders again, and says how near the outcome comes to what is wanted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from whydrift.core.model.objects import ObjectKey, key_of
from whydrift.core.model.remedy import APPLICATION, Change
from whydrift.core.model.values import ABSENT, Absent, JsonObject, MaybeJson, child, mapping, same
from whydrift.core.remedy.places.helm.charts import Chart
from whydrift.core.remedy.places.helm.ideas import Ideas
from whydrift.core.remedy.places.helm.layers import read_values
from whydrift.core.remedy.places.helm.rendering import Printed, Rendering
from whydrift.core.remedy.places.helm.sources import HelmSource
from whydrift.core.remedy.places.helm.steps import Made, make
from whydrift.core.remedy.text.wanted import changed
from whydrift.errors import NotEditable


class Outcome(IntEnum):
    """What an edit does, as far as the templates can be followed, the best first.

    Exactly what is wanted; to other objects of the template as well; in a subchart's own files, which its next version
    replaces; or not what is wanted, as far as can be seen.
    """

    EXACT = 0
    WIDER = 1
    VENDORED = 2
    NOT_SHOWN = 3


@dataclass(frozen=True)
class Trial:
    """One object of a source, and the changes that are wanted in it."""

    source: HelmSource
    key: ObjectKey
    target: JsonObject
    changes: Sequence[Change]

    def outcomes(self, files: Mapping[str, str]) -> Iterator[tuple[Outcome, Made]]:
        """What comes of each idea for the first change, the others made in the same file."""
        place = self._placed(files)
        if place is None:
            return
        rendering, chart, before, index = place
        wanted = changed(before[index].value, self.changes)
        seen: set[tuple[str, str]] = set()
        for made in self._made(files, rendering, before[index], self.changes[0]):
            if (made.file, made.content) in seen:
                continue
            seen.add((made.file, made.content))
            whole = self._others(files, made) if len(self.changes) > 1 else made
            if whole is not None:
                after = self._rendering({**files, whole.file: whole.content})
                outcome = _outcome(before, index, _again(after, chart, before[index].file), wanted)
                vendored = "/charts/" in f"/{whole.file.removeprefix(self.source.tree.path)}"
                yield max(outcome, Outcome.VENDORED) if vendored else outcome, whole

    def _made(self, files: Mapping[str, str], rendering: Rendering, printed: Printed, change: Change) -> Iterator[Made]:
        for idea in Ideas(files, rendering.chart.values, printed).of(change):
            try:
                yield make(files, idea)
            except NotEditable:
                continue

    def _others(self, files: Mapping[str, str], made: Made) -> Made | None:
        """The first change's edit with those of the other changes, if the same file can make them too."""
        content = made.content
        for change in self.changes[1:]:
            now = {**files, made.file: content}
            place = self._placed(now)
            if place is None:
                return None
            rendering, _, printed, index = place
            if _has(printed[index].value, change):
                continue
            ideas = self._made(now, rendering, printed[index], change)
            found = next(
                (other.content for other in ideas if other.file == made.file and self._makes(now, other, change)), None
            )
            if found is None:
                return None
            content = found
        return Made(made.file, content, made.line, made.how, made.pointer)

    def _makes(self, files: Mapping[str, str], made: Made, change: Change) -> bool:
        place = self._placed({**files, made.file: made.content})
        return place is not None and _has(place[2][place[3]].value, change)

    def _rendering(self, files: Mapping[str, str]) -> Rendering:
        settings = mapping(read_values(files[APPLICATION]), *self.source.pointer, "helm")
        return self.source.rendering(files, settings)

    def _placed(self, files: Mapping[str, str]) -> tuple[Rendering, Chart, list[Printed], int] | None:
        """Where the object is printed: with all that the same template prints, and its place among it."""
        rendering = self._rendering(files)
        found = list(rendering.objects(self.key))
        if not found:
            return None
        best = max(found, key=lambda printed: _likeness(printed[2].value, self.target))
        chart, place, printed = best
        return rendering, chart, rendering.printed(chart, printed.file), place


def _again(rendering: Rendering, like: Chart, file: str) -> list[Printed]:
    """What a template prints in another rendering, for the same chart under the same name."""
    charts = [chart for chart in rendering.chart.all() if (chart.folder, chart.name) == (like.folder, like.name)]
    return rendering.printed(charts[0], file) if charts else []


def _outcome(before: list[Printed], index: int, after: list[Printed], wanted: MaybeJson) -> Outcome:
    if isinstance(wanted, Absent):
        left = [printed.value for place, printed in enumerate(before) if place != index]
        return Outcome.EXACT if [printed.value for printed in after] == left else Outcome.NOT_SHOWN
    if len(after) != len(before) or not same(after[index].value, wanted):
        return Outcome.NOT_SHOWN
    pairs = zip(before, after, strict=True)
    others = [same(old.value, new.value) for place, (old, new) in enumerate(pairs) if place != index]
    return Outcome.EXACT if all(others) else Outcome.WIDER


def _has(value: JsonObject, change: Change) -> bool:
    return (
        same(child(value, *change.path), change.value) if change.value is not ABSENT else not child(value, *change.path)
    )


def _likeness(value: JsonObject, target: JsonObject) -> int:
    """How many of an object's parts are as in target: it tells apart those that are called the same."""
    namespaces = key_of(value).namespace == key_of(target).namespace
    return namespaces + sum(same(child(value, part), inner) for part, inner in target.items())
