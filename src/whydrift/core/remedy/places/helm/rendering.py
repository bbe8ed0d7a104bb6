"""What a Helm source renders to, as far as its templates can be followed, with the origin of each piece of text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property

from whydrift.core.model.objects import ObjectKey, key_of
from whydrift.core.model.values import JsonObject, MaybeJson, is_object, text
from whydrift.core.remedy.places.helm.charts import CHART, Chart, inside
from whydrift.core.remedy.places.helm.evaluation import Evaluator
from whydrift.core.remedy.places.helm.functions import KEEPING
from whydrift.core.remedy.places.helm.functions_made import MADE, unmust
from whydrift.core.remedy.places.helm.parsing import Nodes, parse
from whydrift.core.remedy.places.helm.traced import Condition, Method, Piece, Pieces, Span, Traced, cut, joined, text_of
from whydrift.core.remedy.places.helm.writing import to_yaml
from whydrift.core.remedy.text.nodes import Node
from whydrift.core.remedy.text.reading import documents
from whydrift.errors import NotEditable

FUNCTIONS = unmust({**KEEPING, **MADE})
SEPARATOR = re.compile(r"^---[^\n]*\n?", re.MULTILINE)
BLANK = re.compile(r"[ \t]*\n")
KUBERNETES = "v1.31.0"
"""What is taken for the cluster's version where the Application states none: charts ask it for APIs that are old."""


@dataclass(frozen=True)
class Printed:
    """One object that a template prints: its value, its tree (places are in `text`), and the pieces of the text."""

    file: str
    pieces: Pieces
    root: Node
    value: JsonObject
    untaken: Sequence[Condition]


@dataclass(frozen=True)
class Release:
    """The release as templates see it."""

    name: str
    namespace: str
    kubernetes: str = KUBERNETES
    apis: tuple[str, ...] = ()


class Rendering:
    """Renders the templates of a chart one by one, when asked."""

    def __init__(self, files: Mapping[str, str], chart: Chart, release: Release) -> None:
        self.files = files
        self.chart = chart
        self.release = release
        self._printed: dict[tuple[str, str, str], list[Printed]] = {}
        self._contents: dict[str, Traced] = {}

    @cached_property
    def _templates(self) -> dict[str, Nodes]:
        """All named templates; those that cannot be read are left out."""
        found: dict[str, Nodes] = {}
        for chart in self.chart.all():
            for path in self.templates_of(chart):
                try:
                    found |= parse(path, self.files[path])
                except NotEditable:
                    continue
        return found

    def templates_of(self, chart: Chart) -> list[str]:
        """The files of a chart's templates."""
        folder = inside(chart.folder, "templates/")
        return sorted(path for path in self.files if path.startswith(folder) and not path.endswith("NOTES.txt"))

    def objects(self, key: ObjectKey) -> Iterator[tuple[Chart, int, Printed]]:
        """The objects of a kind and a name: their chart, and their place among what the template prints.

        Templates that name the kind come first; the others are rendered only if none of those prints it.
        """
        places = [(chart, path) for chart in self.chart.all() if not chart.library for path in self.templates_of(chart)]
        names = re.compile(rf"kind:\s*[\"']?{re.escape(key.kind)}\b")
        found = False
        for likely in (True, False):
            for chart, path in () if found else places:
                printed = self.printed(chart, path) if bool(names.search(self.files[path])) is likely else ()
                for place, each in enumerate(printed):
                    if self._is(each, key):
                        found = True
                        yield chart, place, each

    def _is(self, printed: Printed, key: ObjectKey) -> bool:
        found = key_of(printed.value, self.release.namespace)
        named = text(printed.value, "metadata", "namespace")
        return found[:2] == key[:2] and found.name == key.name and (not named or found.namespace == key.namespace)

    def printed(self, chart: Chart, path: str) -> list[Printed]:
        """The objects that one template prints; none where it cannot be followed."""
        place = (chart.folder, chart.name, path)
        if place not in self._printed:
            self._printed[place] = self._print(chart, path)
        return self._printed[place]

    def _print(self, chart: Chart, path: str) -> list[Printed]:
        if path.rpartition("/")[2].startswith("_") or path not in self._templates:
            return []
        evaluator = Evaluator(self._templates, FUNCTIONS)
        try:
            pieces = evaluator.render(path, self.dot(chart, path))
        except (NotEditable, RecursionError):
            return []
        return list(_objects(path, pieces, evaluator.untaken))

    def dot(self, chart: Chart, path: str) -> Traced:
        """What a template of a chart is given."""
        about = chart.about.data if isinstance(chart.about.data, dict) else {}
        base = inside(chart.folder, "templates")
        return Traced(
            {
                "Values": chart.values,
                "Chart": Traced({key[:1].upper() + key[1:]: value for key, value in about.items()}, chart.about.stated),
                "Release": self._release(),
                "Capabilities": self._capabilities(),
                "Template": Traced({"Name": Traced(path), "BasePath": Traced(base)}),
                "Files": self._files_of(chart.folder),
                "Subcharts": Traced({sub.name: self.dot(sub, path) for sub in chart.charts}),
            }
        )

    def _release(self) -> Traced:
        facts: dict[str, str | bool | int] = {
            "Name": self.release.name,
            "Namespace": self.release.namespace,
            "Service": "Helm",
            "IsInstall": True,
            "IsUpgrade": False,
            "Revision": 1,
        }
        return Traced({key: Traced(value) for key, value in facts.items()})

    def _capabilities(self) -> Traced:
        major, minor = [*self.release.kubernetes.removeprefix("v").split("."), "", ""][:2]
        version = {"Version": self.release.kubernetes, "GitVersion": self.release.kubernetes, "Major": major}
        known = self.release.apis

        def has(given: Sequence[Traced]) -> Traced:
            asked = str(given[0].data)
            return Traced(asked in known if known else "alpha" not in asked and "beta" not in asked)

        return Traced(
            {
                "KubeVersion": Traced({key: Traced(value) for key, value in {**version, "Minor": minor}.items()}),
                "APIVersions": Traced({"Has": Traced(has)}),
            }
        )

    def _files_of(self, folder: str) -> Traced:
        """`.Files` of the chart in a folder, the same for all of its templates."""
        if folder not in self._contents:
            self._contents[folder] = self._chart_files(folder)
        return self._contents[folder]

    def _chart_files(self, folder: str) -> Traced:
        """The chart's files that are no templates and no subcharts (Helm, pkg/engine/files.go)."""
        own = inside(folder, "")
        names = {path.removeprefix(own): path for path in self.files if path.startswith(own)}
        kept = {n: p for n, p in names.items() if not n.startswith(("templates/", "charts/")) and n != CHART}
        contents = {name: _content(path, self.files[path]) for name, path in kept.items()}

        def glob(given: Sequence[Traced]) -> Traced:
            return _several({n: c for n, c in contents.items() if _matches(n, str(given[0].data))})

        return Traced(
            {
                "Get": Traced(lambda given: contents.get(str(given[0].data), Traced(""))),
                "GetBytes": Traced(lambda given: contents.get(str(given[0].data), Traced(""))),
                "Lines": Traced(_lines(contents)),
                "Glob": Traced(glob),
            }
        )


def _content(path: str, content: str) -> Traced:
    return joined((Piece(content, Span(path, 0, len(content))),))


def _lines(contents: Mapping[str, Traced]) -> Method:
    def lines(given: Sequence[Traced]) -> Traced:
        found = contents.get(str(given[0].data), Traced(""))
        return Traced([Traced(line) for line in str(found.data).splitlines()])

    return lines


def _several(contents: dict[str, Traced]) -> Traced:
    """Files by name, with what Helm can make of them; a base name that stands twice counts once."""
    named = {name.rpartition("/")[2]: content for name, content in contents.items()}
    return Traced(
        {**contents, "AsConfig": Traced(lambda given: joined(to_yaml(Traced(named))) if named else Traced(""))}
    )


def _matches(name: str, pattern: str) -> bool:
    """Whether a name matches a glob (gobwas/glob with `/` as separator: `*` stays in a folder, `**` does not)."""
    if "**" in pattern:
        return fnmatchcase(name, pattern.replace("**/", "*").replace("**", "*"))
    return name.count("/") == pattern.count("/") and any(fnmatchcase(name, each) for each in _choices(pattern))


def _choices(pattern: str) -> list[str]:
    found = re.search(r"\{([^{}]*)\}", pattern)
    if found is None:
        return [pattern]
    parts = [pattern[: found.start()] + part + pattern[found.end() :] for part in found[1].split(",")]
    return [choice for part in parts for choice in _choices(part)]


def _objects(file: str, pieces: Pieces, untaken: Sequence[Condition]) -> Iterator[Printed]:
    whole = text_of(pieces)
    starts = [_past_blank(whole, place) for place in (0, *(found.end() for found in SEPARATOR.finditer(whole)))]
    ends = [*(found.start() for found in SEPARATOR.finditer(whole)), len(whole)]
    for start, end in zip(starts, ends, strict=True):
        text = whole[start:end]
        try:  # Helm ends each document with a line break (pkg/releaseutil/manifest.go; cmd/helm/template.go)
            found = documents(text if text.endswith("\n") else f"{text}\n")
            value: MaybeJson = found[0].value if found else None  # a key may be what no JSON has: `{{ x }}` is a map
        except NotEditable:
            continue
        if found and found[0].root is not None and is_object(value):
            yield Printed(file, cut(pieces, start, end), found[0].root, value, untaken)


def _past_blank(whole: str, place: int) -> int:
    """The place behind empty lines: Helm leaves them out above a document (pkg/releaseutil/manifest.go)."""
    while found := BLANK.match(whole, place):
        place = found.end()
    return place
