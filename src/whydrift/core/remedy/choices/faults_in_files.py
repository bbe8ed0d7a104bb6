"""The file and line in git that a renderer complains of: manifests, Helm templates, kustomizations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from posixpath import basename, dirname, join, normpath

from whydrift.core.explain.templates import VALUE, expressions
from whydrift.core.remedy.choices.value_lines import Values

IN_MANIFEST = re.compile(r'Failed to unmarshal "([^"]+)"(?:.*?\bline (\d+))?', re.DOTALL)
IN_TEMPLATE = re.compile(r"(?:\(|template: |Error: |\n\s*)([\w./-]+\.\w+):(\d+)")
IN_RENDERED = re.compile(r"parse error on ([\w./-]+\.\w+):.*?\bline (\d+)", re.DOTALL)
ASKED = re.compile(r"at <([^>]*)>")
NO_SUBCHART = re.compile(r"missing in charts/ directory: ([\w-]+)")
NO_FILE = re.compile(r"(?:path|file|from|open|lstat|stat)[ (':]+'?([\w./ <>-]+?\.\w+)'?\)?")
NO_TARGET = re.compile(r"failed to find unique target for patch (\w+)\.[^/]*/([\w-]+)")
NO_FIELD = re.compile(r'invalid Kustomization:.*?unknown field "([^"]+)"', re.DOTALL)
KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml", "Kustomization")


@dataclass(frozen=True)
class RendererMessage:
    """A renderer's message with the files that it is about; `named` are files of values, `own` the sources' folders."""

    message: str
    files: Mapping[str, str]
    named: tuple[str, ...] = ()
    own: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """`file:line`; "" where the message names none."""
        return next((place for find in FINDERS for place in find(self) if place), "")


def _in_manifest(said: RendererMessage) -> Iterator[str]:
    """A manifest of the source's own folder, by the name that Argo CD gives."""
    found = IN_MANIFEST.search(said.message)
    if found:
        inside = [normpath(join(folder, found[1])) for folder in said.own]
        alike = [path for path in said.files if path.endswith(f"/{found[1]}") or path == found[1]]
        paths = [path for path in inside if path in said.files] or alike or inside
        yield from (f"{path}:{found[2] or 1}" for path in paths[:1])


def _in_template(said: RendererMessage) -> Iterator[str]:
    """The value that the innermost template's line asks for, itself or through what it includes; else the line."""
    found = IN_TEMPLATE.findall(said.message)
    if not found:
        return
    name, line = _in_chart(found[-1][0], said), int(found[-1][1])
    lines = said.files.get(name, "").split("\n")
    written = lines[line - 1] if 0 < line <= len(lines) else ""
    spelled = [*ASKED.findall(said.message)[-1:], *(text for text, _ in expressions(said.files, lines, written))]
    asked = dict.fromkeys(value for text in spelled for value in VALUE.findall(text))
    values = Values(said.files, said.named, said.own)
    for value in sorted(asked, key=lambda value: value not in said.message):
        yield values.nearest(name, value.split("."))
    yield f"{name}:{line}"


def _in_rendered(said: RendererMessage) -> Iterator[str]:
    """The template of what was rendered; the line is that of the text that came out of it."""
    found = IN_RENDERED.search(said.message)
    if found:
        yield f"{_in_chart(found[1], said)}:{found[2]}"


def _subchart(said: RendererMessage) -> Iterator[str]:
    """The dependency that was stated and not brought along."""
    found = NO_SUBCHART.search(said.message)
    if found:
        charts = [path for path in said.files if basename(path) == "Chart.yaml"]
        yield from _lines(said.files, charts, re.compile(rf"name:\s*[\"']?{re.escape(found[1])}\b"))


def _in_kustomization(said: RendererMessage) -> Iterator[str]:
    """A field that kustomize does not know, or a patch that fits no object."""
    kustomizations = [path for path in _near(said) if basename(path) in KUSTOMIZATIONS]
    field, patch = NO_FIELD.search(said.message), NO_TARGET.search(said.message)
    if field:
        yield from _lines(said.files, kustomizations, re.compile(rf"^\s*-?\s*{re.escape(field[1])}\s*:"))
    if patch:
        kind, name = patch.groups()
        patches = [path for path in _near(said) if f"kind: {kind}" in said.files[path]]
        yield from _lines(said.files, patches, re.compile(rf"^\s+name:\s*[\"']?{re.escape(name)}[\"']?\s*$"))


def _lost_file(said: RendererMessage) -> Iterator[str]:
    """The line that names a file which is not there."""
    if "no such file" not in said.message:
        return
    for name in dict.fromkeys(NO_FILE.findall(said.message)):
        spelled = re.compile(rf"(?<![\w.-]){re.escape(basename(name.strip()))}(?![\w.-])")
        yield from _lines(said.files, _near(said), spelled)


FINDERS = (_in_manifest, _in_template, _in_rendered, _subchart, _in_kustomization, _lost_file)


def _near(said: RendererMessage) -> list[str]:
    """The YAML files, those first that lie in a folder which the message names."""
    named = [path for path in said.files if path.endswith((".yaml", ".yml", "Kustomization"))]
    return sorted(named, key=lambda path: not dirname(path) or dirname(path) not in said.message)


def _lines(files: Mapping[str, str], paths: list[str], wanted: re.Pattern[str]) -> Iterator[str]:
    """The places where lines are as wanted."""
    for path in paths:
        for number, line in enumerate(files[path].split("\n"), start=1):
            if wanted.search(line):
                yield f"{path}:{number}"


def _in_chart(name: str, said: RendererMessage) -> str:
    """Helm names a template by its chart's name; in git the chart is a folder."""
    return normpath(join(said.own[0] if said.own else ".", name.partition("/")[2]))
