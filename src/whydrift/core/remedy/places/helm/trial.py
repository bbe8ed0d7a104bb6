"""Tries ideas: makes the edit, renders again, and says how near the outcome comes to what is wanted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from whydrift.core.model.objects import ObjectKey, key_of
from whydrift.core.model.remedy import Change
from whydrift.core.model.values import ABSENT, Absent, Json, JsonObject, MaybeJson, child, same
from whydrift.core.remedy.places.helm.charts import Chart
from whydrift.core.remedy.places.helm.ideas import Ideas
from whydrift.core.remedy.places.helm.located import find
from whydrift.core.remedy.places.helm.measures import Made, make
from whydrift.core.remedy.places.helm.rendering import Printed, Rendering
from whydrift.core.remedy.places.helm.sources import ChartSource
from whydrift.core.remedy.text.wanted import changed
from whydrift.errors import NotEditable


class Outcome(IntEnum):
    """What an edit does, as far as the templates can be followed, the best first.

    Exactly what is wanted; to other objects of the template as well; to other fields of the object as well; in a
    subchart's own files; open, since the field comes out differently each time; or it does not make what is wanted,
    or not for long: the files are a copy of a chart from elsewhere.
    """

    EXACT = 0
    WIDER = 1
    SPREADS = 2
    VENDORED = 3
    OPEN = 4
    FAILS = 5


@dataclass(frozen=True)
class Trial:
    """One object of a source, and the changes that are wanted in it."""

    source: ChartSource
    key: ObjectKey
    target: JsonObject
    changes: Sequence[Change]

    def prints(self, files: Mapping[str, str]) -> bool:
        """Whether a template that can be followed prints the object."""
        return self._placed(files) is not None

    def outcomes(self, files: Mapping[str, str]) -> Iterator[tuple[Outcome, Made]]:
        """What comes of each idea for the first change, the others made in the same file."""
        place = self._placed(files)
        if place is None:
            return
        rendering, chart, before, index = place
        try:
            wanted = changed(before[index].value, self.changes)
        except NotEditable:  # what our rendering prints has no such place
            return
        seen: set[tuple[str, str]] = set()
        for made in self._made(files, rendering, before[index], self.changes[0]):
            if (made.file, made.content) in seen:
                continue
            seen.add((made.file, made.content))
            whole = self._others(files, made) if len(self.changes) > 1 else made
            if whole is not None:
                after = self.source.rendered({**files, whole.file: whole.content})
                outcome = self._outcome(before, index, _again(after, chart, before[index].file), wanted)
                vendored = self.source.is_vendored(whole.file)
                if any(each.fetched and whole.file.startswith(f"{each.folder}/") for each in rendering.chart.all()):
                    outcome = Outcome.FAILS
                if whole.content == files.get(whole.file) or self._is_volatile(before[index]):
                    outcome = min(outcome, Outcome.OPEN)
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

    def _outcome(self, before: list[Printed], index: int, after: list[Printed], wanted: MaybeJson) -> Outcome:
        others = [printed.value for place, printed in enumerate(before) if place != index]
        if isinstance(wanted, Absent):
            return Outcome.EXACT if [printed.value for printed in after] == others else Outcome.FAILS
        if len(after) != len(before):
            return Outcome.FAILS
        now = after[index].value
        if not same(now, wanted):
            kept = key_of(now) == key_of(before[index].value) and same(*(_selector(each) for each in (now, wanted)))
            made = all(_has(now, change) for change in self.changes) or same(_sorted(now), _sorted(wanted))
            return Outcome.SPREADS if kept and made else Outcome.FAILS
        left = [printed.value for place, printed in enumerate(after) if place != index]
        return Outcome.EXACT if all(map(same, others, left)) else Outcome.WIDER

    def _is_volatile(self, printed: Printed) -> bool:
        """Whether a field that shall change comes out differently each time."""
        fields = (find(printed, change.path)[0] for change in self.changes)
        return any(piece.volatile for field in fields for piece in field.pieces)

    def _makes(self, files: Mapping[str, str], made: Made, change: Change) -> bool:
        place = self._placed({**files, made.file: made.content})
        return place is not None and _has(place[2][place[3]].value, change)

    def _placed(self, files: Mapping[str, str]) -> tuple[Rendering, Chart, list[Printed], int] | None:
        """Where the object is printed: with all that the same template prints, and its place among it."""
        rendering = self.source.rendered(files)
        best: tuple[int, Chart, int, Printed] | None = None
        for chart, place, printed in rendering.objects(self.key):
            likeness = _likeness(printed.value, self.target)
            best = best if best and best[0] >= likeness else (likeness, chart, place, printed)
            if likeness == len(self.target):
                break
        return (rendering, best[1], rendering.printed(best[1], best[3].file), best[2]) if best else None


def _again(rendering: Rendering, like: Chart, file: str) -> list[Printed]:
    """What a template prints in another rendering, for the same chart under the same name."""
    charts = [chart for chart in rendering.chart.all() if (chart.folder, chart.name) == (like.folder, like.name)]
    return rendering.printed(charts[0], file) if charts else []


def _selector(value: MaybeJson) -> MaybeJson:
    """What may never change on the side: a workload's selector is immutable, a service's directs its traffic."""
    return child(value, "spec", "selector")


def _sorted(value: MaybeJson) -> MaybeJson:
    """A value without the order of its lists: what is ranged out of a map comes in the order of its keys."""
    if isinstance(value, dict):
        return {key: _item(_sorted(inner)) for key, inner in value.items()}
    return sorted((_item(_sorted(inner)) for inner in value), key=repr) if isinstance(value, list) else value


def _item(value: MaybeJson) -> Json:
    return None if isinstance(value, Absent) else value


def _has(value: JsonObject, change: Change) -> bool:
    """Whether a change is seen to be made; that an item of a list is gone cannot be seen at its place."""
    found = child(value, *change.path)
    if change.value is ABSENT:
        return found is ABSENT and not any(isinstance(step, int) for step in change.path[-1:])
    return same(found, change.value)


def _likeness(value: JsonObject, target: JsonObject) -> int:
    """How many of an object's parts are as in target: it tells apart those that are called the same."""
    namespaces = key_of(value).namespace == key_of(target).namespace
    return namespaces + sum(same(child(value, part), inner) for part, inner in target.items() if part != "metadata")
