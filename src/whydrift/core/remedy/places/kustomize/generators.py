"""What generators of ConfigMaps and Secrets state: literals, files and files of variables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from posixpath import basename

from whydrift.core.model.paths import Path
from whydrift.core.model.remedy import Change, Edit, How
from whydrift.core.model.values import ABSENT, Json, MaybeJson, items, text
from whydrift.core.remedy.places.kustomize.layers import Layer
from whydrift.core.remedy.places.kustomize.sheets import Sheet
from whydrift.core.remedy.places.kustomize.spots import Sought, Spot

GENERATORS = {"ConfigMap": "configMapGenerator", "Secret": "secretGenerator"}


def generators(layer: Layer, sought: Sought) -> Iterator[Spot]:
    """The entries that generate the object, the last one first."""
    name = GENERATORS.get(sought.kind)
    if name is None or sought.group or sought.path[:1] not in (("data",), ("stringData",)) or len(sought.path) != 2:
        return
    key, value = str(sought.path[1]), sought.changes[0].value
    for path, entry in layer.list(name):
        if not sought.is_called(text(entry, "name")) or len(sought.changes) > 1:
            continue
        asked = _Asked(layer, path, entry, key, value, text(sought.target, *sought.path))
        found = [*asked.literals(), *asked.files(), *asked.variables()]
        yield from found
        if not found and isinstance(value, str) and "\n" not in value:
            literal = Change((*path, "literals", len(items(entry, "literals"))), f"{key}={value}")
            yield asked.spot(partial(layer.sheet.edits, 0, [literal]), depth=1)


@dataclass(frozen=True, slots=True)
class _Asked:
    """One entry of a generator, and the key of which it is asked; `now` is what target says there."""

    layer: Layer
    path: Path
    entry: Json
    key: str
    value: MaybeJson
    now: str

    def spot(self, edits: Callable[[], Iterator[Edit]], depth: int = 2) -> Spot:
        return Spot(self.layer.folder, depth, edits, generated=True)

    def literals(self) -> Iterator[Spot]:
        """The literal that states the key."""
        for place, literal in enumerate(items(self.entry, "literals")):
            if str(literal).partition("=")[0] == self.key:
                written = ABSENT if self.value is ABSENT else f"{self.key}={self.value}"
                yield self.spot(partial(self.layer.sheet.edits, 0, [Change((*self.path, "literals", place), written)]))

    def files(self) -> Iterator[Spot]:
        """The file that is the key's value."""
        for place, stated in enumerate(items(self.entry, "files")):
            name, equals, path = str(stated).partition("=")
            sheet = self.layer.file(path if equals else name)
            if (name if equals else basename(name)) != self.key or sheet is None:
                continue
            if self.value is ABSENT:
                dropped = Change((*self.path, "files", place), ABSENT)
                yield self.spot(partial(self.layer.sheet.edits, 0, [dropped]))
            elif isinstance(self.value, str) and sheet.content == self.now:
                yield self.spot(partial(_whole_text, sheet, self.value))

    def variables(self) -> Iterator[Spot]:
        """The line `KEY=value` of a file of variables."""
        for file in (*items(self.entry, "envs"), *([text(self.entry, "env")] if text(self.entry, "env") else [])):
            sheet = self.layer.file(str(file))
            lines = sheet.content.splitlines(keepends=True) if sheet is not None else []
            for number, line in enumerate(lines):
                name, equals, old = line.partition("=")
                if sheet is not None and equals and name.strip() == self.key:
                    ending = old[len(old.rstrip("\r\n")) :]
                    written = "" if self.value is ABSENT else f"{name}={self.value}{ending}"
                    after = "".join([*lines[:number], written, *lines[number + 1 :]])
                    yield self.spot(partial(_whole_text, sheet, after))


def _whole_text(sheet: Sheet, after: str) -> Iterator[Edit]:
    """The edit that gives a file that is no YAML another content; its line is the first that differs."""
    before = sheet.content
    pairs = zip(before.splitlines(), after.splitlines(), strict=False)
    line = next((number for number, (old, new) in enumerate(pairs, 1) if old != new), len(before.splitlines()) or 1)
    yield Edit(sheet.tree.repo, sheet.file, line, How.KUSTOMIZE, before, after)
