"""How a field of a rendered object could be made to say what is wanted: ideas, the likeliest first, untried."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile

from whydrift.core.model.paths import Path
from whydrift.core.model.remedy import APPLICATION, Change
from whydrift.core.model.values import ABSENT, Absent, Json, MaybeJson, child, is_empty, same
from whydrift.core.remedy.places.helm.file_lines import moved_lines
from whydrift.core.remedy.places.helm.layers import read_values
from whydrift.core.remedy.places.helm.located import Field, find
from whydrift.core.remedy.places.helm.measures import Idea, Measure, Replace, SetValue
from whydrift.core.remedy.places.helm.new_items import new_items
from whydrift.core.remedy.places.helm.partial_changes import partial_changes
from whydrift.core.remedy.places.helm.rendering import Printed
from whydrift.core.remedy.places.helm.solving import LineChange, Part, line_changes, solutions
from whydrift.core.remedy.places.helm.template_ideas import added_lines, block_of, dropped_lines
from whydrift.core.remedy.places.helm.traced import Condition, Piece, Pieces, Span, Stated, Traced, cut, text_of
from whydrift.core.remedy.text.nodes import Entries, Scalar
from whydrift.core.remedy.text.scalars import plain_value, scalar_text
from whydrift.core.remedy.text.writing import Style, flow_text
from whydrift.errors import NotEditable


@dataclass(frozen=True)
class Ideas:
    """Ideas for one object, out of the files that it is rendered from and the values of its chart."""

    files: Mapping[str, str]
    values: Traced
    printed: Printed

    def of(self, change: Change) -> Iterator[Idea]:
        """Ideas that make one change."""
        field, rest = find(self.printed, change.path)
        if isinstance(change.value, Absent):
            if not rest:
                yield from self._drop(field)
        elif rest:
            yield from self._add(field, rest, change.value)
        else:
            yield from self._set(field, change.value)

    def _set(self, field: Field, value: Json) -> Iterator[Idea]:
        node = field.node
        scalar = isinstance(node, Scalar) and not isinstance(value, dict | list)
        if field.is_block and isinstance(field.value, str) and isinstance(value, str):
            yield from self._set_lines(field, field.value, value)
        elif scalar:
            yield from self._set_scalar(field, value)
        else:
            yield from self._set_whole(field, value)

    def _set_scalar(self, field: Field, value: Json) -> Iterator[Idea]:
        wanted = value if isinstance(value, str) else scalar_text(value)
        if field.printed.value.get("kind") == "Secret":
            yield from self._of_conditions(field)
        for parts in solutions(field.content, wanted):
            yield from self._of_parts(parts, value, field)
        alone = [piece for piece in cut(field.printed.pieces, field.node.start, field.node.end) if piece.text]
        if len(alone) == 1 and isinstance(alone[0].origin, Span) and isinstance(field.node, Scalar):
            yield (Replace(_span(alone[0]), scalar_text(value, field.node.style)),)
        if is_empty(value):
            yield from self._instead_of_action(field, value)
        yield from self._of_conditions(field)

    def _instead_of_action(self, field: Field, value: Json) -> Iterator[Idea]:
        """The text itself where an action stood whose function lets no empty value through (measured.md 64)."""
        printed = {piece.by for piece in field.content if piece.text}
        stated = any(isinstance(piece.origin, Stated) or piece.before for piece in field.content)
        sure = all(piece.exact and not piece.volatile for piece in field.content)
        action = next(iter(printed)) if len(printed) == 1 and stated and sure else None
        if action is not None and action.file == self.printed.file and field.node.start < field.node.end:
            yield (Replace(action, scalar_text(value)),)

    def _of_parts(self, parts: Sequence[Part], value: Json, field: Field) -> Iterator[Idea]:
        """Ideas for pieces that shall say something else: where each would be stated, the place that counts first."""
        if len(parts) == 1:
            for place in (*parts[0].piece.before, parts[0].piece.origin):
                for measure in self._of_part(parts[0], place, value, field):
                    yield (measure,)
            return
        firsts = [
            [
                measure
                for place in (*part.piece.before, part.piece.origin)
                for measure in self._of_part(part, place, value, field)
            ]
            for part in parts
        ]
        if all(firsts):
            yield tuple(measures[0] for measures in firsts)

    def _of_part(self, part: Part, place: Stated | Span | None, value: Json, field: Field) -> Iterator[Measure]:
        if isinstance(place, Stated) and part.piece.volatile and not part.piece.exact:
            yield SetValue(place, self.stated(place) or "")
        elif isinstance(place, Stated):
            for text in self._sources(part, place):
                yield SetValue(place, self._typed(place, text, value if part.whole else text))
        elif isinstance(place, Span) and part.piece.exact and (not part.whole or field.is_block):
            yield Replace(_span(part.piece), part.text)

    def _sources(self, part: Part, place: Stated) -> Iterator[str]:
        """What a value may be so that it prints as a text: the text, within the rest of the value if it is a part."""
        old, piece = self.stated(place), part.piece
        if place == piece.origin and piece.exact and isinstance(old, str) and len(old) > len(piece.text):
            yield old[: piece.offset] + part.text + old[piece.offset + len(piece.text) :]
        else:
            yield part.text
            if not piece.exact:
                yield part.text.lower()

    def _typed(self, place: Stated, text: str, value: Json) -> Json:
        """What to state at a place so that it prints as `text`: of the type that is stated there now."""
        old = self.stated(place)
        if isinstance(old, str) or (place.file == APPLICATION and "parameters" in place.path):
            return text
        if old is None or old is ABSENT:
            return value
        try:
            return plain_value(text)
        except (NotEditable, IndexError):
            return text

    def stated(self, place: Stated) -> MaybeJson:
        """What is stated at a place now."""
        return child(read_values(self.files.get(place.file, "")), *place.path)

    def _set_lines(self, field: Field, old: str, new: str) -> Iterator[Idea]:
        """A text on several lines: the value that holds it, else line by line where each is stated."""
        origins = {piece.origin for piece in field.content if isinstance(piece.origin, Stated)}
        whole = [place for place in origins if self.stated(place) in (old, old.rstrip("\n"))]
        if len(whole) == 1:
            for place in self._homes(whole[0]):
                yield (SetValue(place, new),)
            return
        content = field.block_content
        measures: list[Measure] = []
        for change in line_changes(content, old, new):
            idea = next(iter(self._of_line(change, field)), None)
            if idea is None:
                return
            measures += idea
        if measures:
            yield tuple(measures)

    def _of_line(self, change: LineChange, field: Field) -> Iterator[Idea]:
        if len(change.pieces) == 1 and len(change.lines) == 1:
            line = cut(change.pieces[0], field.block_indent)
            for parts in solutions(
                line, change.lines[0] if text_of(line).endswith("\n") else change.lines[0].rstrip("\n")
            ):
                yield from self._of_parts(parts, change.lines[0], field)
        else:
            yield from moved_lines(self.files, change)

    def _set_whole(self, field: Field, value: Json) -> Iterator[Idea]:
        """A map or a list: the value that it is a copy of, its parts one by one, or the text in the template."""
        for place in self._copies(field):
            yield (SetValue(place, value),)
        yield from self._piecewise(field, value)
        content = tuple(piece for piece in field.content if piece.text)
        if len(content) == 1 and isinstance(content[0].origin, Span) and content[0].exact:
            yield (Replace(_span(content[0]), flow_text(value, Style())),)

    def _piecewise(self, field: Field, value: Json) -> Iterator[Idea]:
        old = field.value
        changes = list(partial_changes(field.path, old, value)) if type(old) is type(value) else []
        ideas = [next(self.of(change), None) for change in changes]
        if changes and all(ideas) and len(changes) <= 12:
            yield tuple(measure for idea in ideas if idea for measure in idea)

    def _copies(self, field: Field) -> Iterator[Stated]:
        """Values that a field repeats as they are, with the places that count before them."""
        common = _common(field.pieces)
        if common is None:
            return
        for end in range(len(common.path), 0, -1):
            place = Stated(common.file, common.path[:end])
            if same(self.stated(place), field.value):
                yield from self._homes(place)
                return

    @cached_property
    def _before(self) -> dict[Stated, tuple[Stated, ...]]:
        found: dict[Stated, tuple[Stated, ...]] = {}
        waiting = [self.values]
        while waiting:
            value = waiting.pop()
            if value.stated:
                found[value.stated] = value.before
            if isinstance(value.data, dict | list):
                waiting += value.data.values() if isinstance(value.data, dict) else value.data
        return found

    def _homes(self, place: Stated) -> Iterator[Stated]:
        """Where a value could be stated: the places that count before it, then its own."""
        yield from self._before.get(place, ())
        yield place

    def _add(self, field: Field, rest: Path, value: Json) -> Iterator[Idea]:
        step, whole = rest[0], _nested(rest[1:], value)
        for place in self._growing(field):
            stated = self.stated(place)
            at = len(stated) if isinstance(stated, list) else step
            for home in self._homes(place):
                yield (SetValue(Stated(home.file, (*home.path, at)), whole),)
        forms: tuple[Json, ...] = (value, whole, {step: whole} if isinstance(step, str) else [whole])
        for sample in field.children[-1:] if isinstance(step, int) else ():
            yield from new_items(self.stated, _common(sample.pieces), sample, whole)
        for condition in self._untaken(field):
            for wanted in forms:
                yield from self._of_condition(condition, wanted)
        yield from added_lines(self.files, field, step, whole)

    def _untaken(self, field: Field) -> Iterator[Condition]:
        """The tests that failed within a field, as far as the template's lines tell: they hide what could be there."""
        key = field.key if field.path else None
        inside = block_of(self.files, field) if key and field.literal else None
        for condition in self.printed.untaken:
            if (
                inside is None
                or condition.span.file != inside.file
                or inside.start <= condition.span.start < inside.end
            ):
                yield condition

    def _growing(self, field: Field) -> Iterator[Stated]:
        """Values that a map or a list of the object is made of: what is added to them is added to it."""
        seen: set[Stated] = set()
        for place in (*self._copies(field), *(_above(entry.key) for entry in field.children)):
            if (
                place
                and place not in seen
                and isinstance(self.stated(place), dict if isinstance(field.node, Entries) else list)
            ):
                seen.add(place)
                yield place

    def _of_condition(self, condition: Condition, wanted: Json) -> Iterator[Idea]:
        for read in condition.read:
            place = read.stated
            old = self.stated(place) if place else ABSENT
            if place and is_empty(old) and (old is None or type(old) is type(wanted)):
                yield from ((SetValue(home, wanted),) for home in self._homes(place))

    def _drop(self, field: Field) -> Iterator[Idea]:
        key, common = field.key, _common(field.pieces)
        stated = common or (key.origin if key and isinstance(key.origin, Stated) else None)
        if stated and (field.literal is None or any(isinstance(step, int) for step in field.path[-1:])):
            for home in self._before.get(stated, ()):
                yield (SetValue(home, None),)
            for end in range(len(stated.path), max(len(stated.path) - 2, 0), -1):
                yield (SetValue(Stated(stated.file, stated.path[:end]), ABSENT),)
        if field.literal is None:
            return
        for condition in reversed(key.conditions if key else ()):
            for place in (read.stated for read in condition.read if condition.held):
                inside = common and place and common.path[: len(place.path)] == place.path
                if place and place.path and (inside or not field.path):
                    yield (SetValue(place, _emptied(self.stated(place))),)
        yield from dropped_lines(self.files, field)

    def _of_conditions(self, field: Field) -> Iterator[Idea]:
        """A text that comes out differently each time: switches around it that would turn that off."""
        loose = [piece for piece in field.content if piece.volatile]
        for condition in reversed(loose[0].conditions if loose else ()):
            for read in condition.read:
                if read.stated and read.stated.path:
                    old = self.stated(read.stated)
                    yield (SetValue(read.stated, not old if isinstance(old, bool) else "" if old is ABSENT else old),)


def _span(piece: Piece) -> Span:
    """Where a piece of a file's text stands."""
    assert isinstance(piece.origin, Span)
    return Span(piece.origin.file, piece.offset, piece.offset + len(piece.text))


def _common(pieces: Pieces) -> Stated | None:
    """The deepest value that all values in a text are parts of; None where there is none."""
    places = [piece.origin for piece in pieces if isinstance(piece.origin, Stated)]
    if not places or len({place.file for place in places}) > 1:
        return None
    steps = zip(*(place.path for place in places), strict=False)
    return Stated(places[0].file, tuple(step[0] for step in takewhile(lambda step: len(set(step)) == 1, steps)))


def _above(key: Piece | None) -> Stated | None:
    """The value that an entry is taken from, if its key is one of that value's."""
    origin = key.origin if key else None
    if not isinstance(origin, Stated) or not key or not key.key:
        return None
    return Stated(origin.file, origin.path[:-1])


def _nested(rest: Path, value: Json) -> Json:
    for step in reversed(rest):
        value = [value] if isinstance(step, int) else {step: value}
    return value


def _emptied(value: MaybeJson) -> Json:
    if isinstance(value, dict | list):
        return type(value)()
    return False if isinstance(value, bool) else "" if isinstance(value, str) else None
