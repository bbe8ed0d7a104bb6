"""The values that a chart is rendered with: who states each of them, and whose word counts.

Helm, docs/chart_template_guide/values_files and pkg/chartutil/coalesce.go; Argo CD, util/helm/cmd.go (template).
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from whydrift.core.model.paths import Path
from whydrift.core.model.values import ABSENT, JsonObject, MaybeJson, child, items, mapping, text
from whydrift.core.remedy.places.helm.traced import Piece, Span, Stated, Traced
from whydrift.core.remedy.text.reading import documents
from whydrift.errors import NotEditable

EMPTY = Traced({})
MOST_ITEMS = 65_536
"""The highest index that a parameter may set (Helm, pkg/strvals MaxIndex)."""
VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")
STEP = re.compile(r"((?:\\.|[^.\[\\])+)|\[(\d+)\]")
INTEGER = re.compile(r"0|[-+]?[1-9]\d*")


@dataclass(frozen=True)
class Own:
    """What the Application states of a source: where its Helm settings stand, and what their paths and texts mean.

    `folder` is that of the chart, `references` are the names of sources that value files may be taken from (`$ref/`).
    """

    file: str
    path: Path
    folder: str = ""
    references: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)


def read_values(content: str) -> MaybeJson:
    """The values in a file of values; {} where it is empty or cannot be read."""
    try:
        found = documents(content)
        return found[0].value if found and isinstance(found[0].value, dict) else {}
    except NotEditable:
        return {}


def stated_tree(value: MaybeJson, file: str, path: Path = ()) -> Traced:
    """A value with the place of each part; whole numbers are floats, as Go reads them from JSON."""
    place = Stated(file, path)
    if isinstance(value, dict):
        return Traced({key: stated_tree(item, file, (*path, key)) for key, item in value.items()}, place)
    if isinstance(value, list):
        return Traced([stated_tree(item, file, (*path, index)) for index, item in enumerate(value)], place)
    if isinstance(value, int) and not isinstance(value, bool):
        return Traced(float(value), place)
    return Traced(None if value is ABSENT else value, place)


def merged(over: Traced, under: Traced) -> Traced:
    """Two layers: maps are merged, all else is what `over` states; null takes a key away."""
    if not isinstance(over.data, dict) or not isinstance(under.data, dict):
        return over
    both: dict[str, Traced] = dict(under.data)
    for key, value in over.data.items():
        if value.data is None and key in both:
            del both[key]
        else:
            both[key] = merged(value, both[key]) if key in both else value
    return Traced(both, over.stated or under.stated, over.before or under.before)


def overridable(tree: Traced, above: Stated) -> Traced:
    """A layer each part of which can be stated in another one as well, which counts before it."""
    if isinstance(tree.data, dict):
        inner = {key: overridable(item, _below(above, key)) for key, item in tree.data.items()}
        return replace(tree, data=inner, before=(above, *tree.before))
    return replace(tree, before=(above, *tree.before))


def _below(place: Stated, key: str) -> Stated:
    return Stated(place.file, (*place.path, key))


def parameters(helm: JsonObject, own: Own, files: Mapping[str, str]) -> Iterator[tuple[Path, Traced]]:
    """What `helm.parameters` and then `helm.fileParameters` set, with the place of each: it counts before all files."""
    for index, parameter in enumerate(items(helm, "parameters")):
        place = Stated(own.file, (*own.path, "parameters", index, "value"))
        written = text(parameter, "value")
        stated = substituted(written, own.environment)
        value = stated if child(parameter, "forceString") is True else _typed(stated)
        pieces = (Piece(stated, place, exact=False),) if stated != written else ()
        yield tuple(_steps(text(parameter, "name"))), Traced(value, place, pieces=pieces)
    for parameter in items(helm, "fileParameters"):
        path = _resolved(substituted(text(parameter, "path"), own.environment), own.folder)
        if path in files:
            content = Piece(files[path], Span(path, 0, len(files[path])))
            yield tuple(_steps(text(parameter, "name"))), Traced(files[path], pieces=(content,))


def with_parameter(values: Traced, steps: Path, value: Traced) -> Traced:
    """The values with one parameter set (Helm, pkg/strvals): an index is an item of the list that is there."""
    if not steps:
        return value
    step, data = steps[0], values.data
    if isinstance(step, int):
        there = list(data) if isinstance(data, list) else []
        there += [Traced(None)] * (step + 1 - len(there)) if step < MOST_ITEMS else []
        if step < len(there):
            there[step] = with_parameter(there[step], steps[1:], value)
        return replace(values, data=there)
    inner = data if isinstance(data, dict) else {}
    return replace(values, data={**inner, step: with_parameter(inner.get(step, EMPTY), steps[1:], value)})


def substituted(stated: str, environment: Mapping[str, str]) -> str:
    """A text with the build environment in it (Argo CD, types.go Env.Envsubst): what is not known is left out."""
    return VARIABLE.sub(lambda found: environment.get(found[1] or found[2], ""), stated)


def _typed(stated: str) -> bool | int | str | None:
    """A value of `--set` (Helm, pkg/strvals typedVal)."""
    if stated in ("true", "false", "null"):
        return {"true": True, "false": False}.get(stated)
    return int(stated) if INTEGER.fullmatch(stated) else stated


def _steps(name: str) -> Iterator[str | int]:
    for key, index in STEP.findall(name):
        yield re.sub(r"\\(.)", r"\1", key) if key else int(index)


def own_layer(helm: JsonObject, own: Own, bare: bool) -> Iterator[Traced]:
    """The layer that the Application itself states; `bare`: there is no other place for values.

    `valuesObject` replaces `values` (Argo CD, types.go ValuesYAML).
    """
    whole, written = mapping(helm, "valuesObject"), text(helm, "values")
    if whole or (bare and not written):
        yield stated_tree(whole, own.file, (*own.path, "valuesObject"))
    elif written:
        yield stated_tree(read_values(written), own.file, (*own.path, "values"))


def value_files(helm: JsonObject, own: Own, files: Mapping[str, str]) -> list[str]:
    """The value files that the Application names and that are there, in their order, as keys of `files`."""
    found: list[str] = []
    for name in map(str, items(helm, "valueFiles")):
        path = _resolved(name if name.startswith(own.references) else substituted(name, own.environment), own.folder)
        several = sorted(fnmatch.filter(files, path)) if set(path) & set("*?[") else [path]
        found += [each for each in several if each in files and each not in found]
    return found


def _resolved(name: str, folder: str) -> str:
    """The key of a value file: below the source's folder, from the root (`/x`), or of another source (`$ref/x`)."""
    if name.startswith("$"):
        return name
    parts: list[str] = []
    for part in (name if name.startswith("/") else f"{folder}/{name}").split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)
