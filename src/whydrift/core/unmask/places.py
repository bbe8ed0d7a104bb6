"""Places in git: where an object's field, or a text that the trouble names, is written. Answers are `file:line`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from whydrift.core.model.application import Application
from whydrift.core.model.git_files import GitFiles
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.values import MaybeJson, child, items, text
from whydrift.core.remedy.choices.faults import value_files
from whydrift.core.remedy.choices.value_lines import Values
from whydrift.core.unmask.outline import Line, in_flow, line_of
from whydrift.core.unmask.read_lines import read_lines

YAML = (".yaml", ".yml", ".json", ".tpl")
COMMENT = re.compile(r"\s*(?:#|//|;|\{\{-?\s*/\*)")
TEMPLATED = "{{"
VALUE = re.compile(r"\.Values\.([\w.]+)")
POD_SPECS = (
    ("spec", "template", "spec"),
    ("spec", "jobTemplate", "spec", "template", "spec"),
    ("spec",),
)
"""Where a workload's pod spec stands: in its template, in that of a schedule's Job, or it is a pod itself."""


@dataclass(frozen=True, slots=True)
class Written:
    """One document of a file in which an object is (or is patched), by its lines."""

    file: str
    lines: tuple[Line, ...]

    def at(self, *path: str | int) -> str | None:
        """The line of a path in this document, as `file:line`."""
        found = line_of(self.lines, path)
        return f"{self.file}:{found.number}" if found else None


@dataclass(frozen=True)
class Places:
    """The files of an application, looked into by field and by text. Files of its own folders come before others."""

    git: GitFiles
    application: Application

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The files, those that win over others first: own ones, later value files, then the rest."""
        stated = [name for source in self.application.sources for name in items(source.raw, "helm", "valueFiles")]
        ranks = {str(name).rpartition("/")[2]: -place for place, name in enumerate(stated, start=1)}
        return tuple(
            sorted(
                self.git.files, key=lambda name: (not self._is_own(name), ranks.get(name.rpartition("/")[2], 0), name)
            )
        )

    def _is_own(self, name: str) -> bool:
        return any(not folder or name == folder or name.startswith(f"{folder}/") for folder in self.git.own)

    @cached_property
    def documents(self) -> tuple[Written, ...]:
        """Every document of the YAML files."""
        return tuple(
            written for name in self.names if name.endswith(YAML) for written in _documents(name, self.git.files[name])
        )

    def written(self, key: ObjectKey) -> tuple[Written, ...]:
        """The documents of an object: of its name first, then templates of its kind, then patches of any name."""
        alike = [(w, _named(w)) for w in self.documents if _kind(w) == key.kind]
        exact = [w for w, name in alike if name == key.name]
        drawn = sorted(((_fits(name, key.name), w) for w, name in alike if TEMPLATED in name), key=lambda row: -row[0])
        patches = [
            w
            for w, name in alike
            if w.file.endswith(("kustomization.yaml", "kustomization.yml")) and name not in ("", key.name)
        ]
        ending = [
            w for w, name in alike if name and TEMPLATED not in name and key.name.endswith(name) and name != key.name
        ]
        return tuple(
            dict.fromkeys(
                [*exact, *patches, *(w for fits, w in drawn if fits >= 0 and not exact), *(ending if not exact else ())]
            )
        )

    def field(self, key: ObjectKey, *paths: Sequence[str | int]) -> str | None:
        """The place of the first of some paths of an object that git states."""
        written = self.written(key)
        return next((place for path in paths for w in written if (place := w.at(*path))), None)

    def container(self, key: ObjectKey, name: str, *paths: Sequence[str | int]) -> str | None:
        """The place of the first of some paths of a container that git states; `()` is the container itself."""
        written = self.written(key)
        for path in paths:
            for w in written:
                for start in _containers(w, name):
                    place = w.at(*start, *path) if path else w.at(*start, "name") or w.at(*start)
                    if place:
                        return place
        return None

    def pod_field(self, key: ObjectKey, *path: str | int) -> str | None:
        """The place of a path of the pod spec."""
        return self.field(key, *((*spec, *path) for spec in POD_SPECS))

    def followed(self, place: str | None) -> str | None:
        """The value behind a template's line, where the files (or the Application) set it; else the line itself."""
        if place is None or TEMPLATED not in (line := self.content(place)):
            return place
        template, _, _ = place.rpartition(":")
        stated = (self._value(template, name) for name in reversed(VALUE.findall(line)))
        return next((found for found in stated if found), place)

    def content(self, place: str) -> str:
        """The text of a line."""
        name, _, number = place.rpartition(":")
        lines = self.git.files.get(name, "").split("\n")
        return lines[int(number) - 1] if number.isdigit() and 0 < int(number) <= len(lines) else ""

    def _value(self, template: str, name: str) -> str | None:
        """Where a value of a chart is set: by the Application, else in the value file that wins."""
        stated = Values(self.git.files, value_files(self.application), self.git.own)
        return self._parameter_named(name) or stated.place(template, name.split("."))

    @cached_property
    def values(self) -> tuple[Written, ...]:
        """The value files, those that win first."""
        return tuple(
            w
            for w in self.documents
            if "/templates/" not in f"/{w.file}" and not _kind(w) and not w.file.endswith("Chart.yaml")
        )

    def ending(self, path: Sequence[str], stated: str) -> str | None:
        """Where the value files state a value at a path that ends so: for charts whose templates are elsewhere."""
        wanted = tuple(path)
        for written in self.values:
            for line in written.lines:
                if line.path[-len(wanted) :] == wanted and line.value == stated:
                    return f"{written.file}:{line.number}"
        return None

    def _parameter_named(self, name: str) -> str | None:
        for where, source in self.sources():
            for number, row in enumerate(items(source, "helm", "parameters")):
                if text(row, "name") == name:
                    return f"Application:{where}/helm/parameters/{number}"
        return None

    def sources(self) -> list[tuple[str, MaybeJson]]:
        """The sources of the Application, each with its place in it."""
        spec = child(self.application.raw, "spec")
        several = items(spec, "sources")
        return [(f"/spec/sources/{n}", s) for n, s in enumerate(several)] or [("/spec/source", child(spec, "source"))]

    def text(self, wanted: str, only: str = "") -> str | None:
        """Where a text is stated as a whole word, in the Application's own values or in a file (`only` ending so).

        Comments do not count, and a mere name counts less than a value.
        """
        before = "" if wanted.startswith(":") else r"(?<![\w.-])"
        whole = re.compile(rf"{before}{re.escape(wanted)}(?![\w-]|\.\w)")
        own = None if only else self._parameter(whole)
        if own:
            return own
        hits = [(name, number, line) for name, number, line in self._lines(wanted, only) if whole.search(line)]
        best = sorted(hits, key=lambda hit: bool(re.match(r"\s*(?:- )?\{?\s*name:", hit[2])))
        return f"{best[0][0]}:{best[0][1]}" if best else None

    def file(self, name: str) -> str | None:
        """Where the content of a file of that name begins: a file of its own, or a key that holds it."""
        own = next((path for path in self.names if path.rpartition("/")[2] == name), None)
        key = re.compile(rf"\s*[\"']?{re.escape(name)}[\"']?\s*:")
        held = next((f"{path}:{number}" for path, number, line in self._lines(name) if key.match(line)), None)
        return held or (f"{own}:1" if own else None)

    def line(self, stated: str) -> str | None:
        """Where a line stands exactly so, but for its indentation; None where it stands nowhere or several times."""
        wanted = stated.strip()
        found = self._lines(wanted) if wanted else ()
        hits = [f"{name}:{number}" for name, number, line in found if line.strip() == wanted]
        return hits[0] if len(hits) == 1 else None

    def _lines(self, wanted: str, only: str = "") -> Iterator[tuple[str, int, str]]:
        """The lines, comments apart, of the files (`only` ending so) that hold a text anywhere."""
        for name in self.names:
            if name.endswith(only) and wanted in self.git.files[name]:
                for number, line in enumerate(self.git.files[name].split("\n"), start=1):
                    if not COMMENT.match(line):
                        yield name, number, line

    def _parameter(self, whole: re.Pattern[str]) -> str | None:
        """A value that the Application itself sets: they win over every file (Argo CD, helm.parameters)."""
        for where, source in self.sources():
            for number, row in enumerate(items(source, "helm", "parameters")):
                if whole.search(text(row, "value")):
                    return f"Application:{where}/helm/parameters/{number}"
            for path in (("helm", "values"), ("helm", "valuesObject")):
                if whole.search(str(child(source, *path))):
                    return f"Application:{where}/{'/'.join(path)}"
        return None


def _documents(name: str, content: str) -> Iterator[Written]:
    """The documents of a file, and those that stand inside of a kustomization as patches."""
    held: dict[int, list[Line]] = {}
    for line in read_lines(name, content):
        held.setdefault(line.document, []).append(line)
    for lines in held.values():
        yield from _taken_apart(Written(name, tuple(lines)))
    if name.endswith(("kustomization.yaml", "kustomization.yml")):
        yield from _patches(name, content)


def _taken_apart(written: Written) -> Iterator[Written]:
    """The objects of a List, or the object itself (gitops-engine, utils/kube/kube.go :: SplitYAML; IsList)."""
    held: dict[str | int, list[Line]] = {}
    for line in written.lines if _kind(written).endswith("List") else ():
        if line.path[:1] == ("items",) and len(line.path) > 2:
            held.setdefault(line.path[1], []).append(replace(line, path=line.path[2:]))
    if not held:
        yield written
    for lines in held.values():
        yield from _taken_apart(Written(written.file, tuple(lines)))


def _patches(name: str, content: str) -> Iterator[Written]:
    """Patches inside of a kustomization: block scalars that hold objects."""
    lines = content.split("\n")
    for number, line in enumerate(lines):
        if re.match(r"\s*(?:- )?(?:patch: )?\|[-+]?\s*$", line):
            indent = len(line) - len(line.lstrip(" -"))
            body = []
            for inner in lines[number + 1 :]:
                if inner.strip() and len(inner) - len(inner.lstrip(" ")) < indent:
                    break
                body.append(inner)
            moved = "\n" * (number + 1) + "\n".join(body)
            yield Written(name, tuple(read_lines(name, moved)))


def _fits(drawn: str, name: str) -> int:
    """How many characters of a name a template states itself; -1 where it cannot draw this name."""
    parts = re.split(r"\{\{.*?\}\}", drawn)
    pattern = ".*".join(re.escape(part) for part in parts)
    return sum(map(len, parts)) if re.fullmatch(pattern, name) else -1


def _kind(written: Written) -> str:
    return _top(written, "kind")


def _named(written: Written) -> str:
    return _top(written, "metadata", "name")


def _top(written: Written, *path: str) -> str:
    """The scalar at a path of a document, "" where it has none."""
    found = line_of(written.lines, path)
    if found is None:
        return ""
    return found.value if found.path == path else in_flow(found.value, path[-1]) or ""


def _containers(written: Written, name: str) -> Iterator[tuple[str | int, ...]]:
    """The paths of the containers of that name in a document; of templates also one whose name is drawn."""
    for spec in POD_SPECS:
        for field in ("containers", "initContainers"):
            held = (*spec, field)
            places = dict.fromkeys(
                line.path[: len(held) + 1] for line in written.lines if line.path[: len(held)] == held
            )
            items_ = [place for place in places if len(place) == len(held) + 1]
            exact = [place for place in items_ if _container_name(written, place) == name]
            yield from exact or [place for place in items_ if TEMPLATED in _container_name(written, place)]


def _container_name(written: Written, place: tuple[str | int, ...]) -> str:
    found = line_of(written.lines, (*place, "name"))
    if found is not None and found.path == (*place, "name"):
        return found.value
    flow = next((line.value for line in written.lines if line.path == place), "")
    return in_flow(flow, "name") or ""
