"""The values that a chart is rendered with: who states each of them, and whose word counts.

Helm, docs/chart_template_guide/values_files and pkg/chartutil/coalesce.go; Argo CD, util/helm/cmd.go (template).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from whydrift.core.model.paths import Path
from whydrift.core.model.values import ABSENT, JsonObject, MaybeJson, child, items, mapping, text
from whydrift.core.remedy.places.helm.traced import Stated, Traced
from whydrift.core.remedy.text.reading import documents
from whydrift.errors import NotEditable

EMPTY = Traced({})
STEP = re.compile(r"((?:\\.|[^.\[\\])+)|\[(\d+)\]")
INTEGER = re.compile(r"0|[-+]?[1-9]\d*")


def read_values(content: str) -> MaybeJson:
    """The values in a file of values; {} where it is empty or cannot be read."""
    try:
        found = documents(content)
    except NotEditable:
        return {}
    return found[0].value if found and isinstance(found[0].value, dict) else {}


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
    return Stated(place.file, (*place.path, key), absent=True)


def parameters(helm: JsonObject, file: str, path: Path) -> Traced:
    """The layer of `helm.parameters`; its maps have no place, since nothing can be added to them."""
    tree = EMPTY
    for index, parameter in enumerate(items(helm, "parameters")):
        place = Stated(file, (*path, "parameters", index, "value"))
        stated = text(parameter, "value")
        value = stated if child(parameter, "forceString") is True else _typed(stated)
        tree = merged(_nested(list(_steps(text(parameter, "name"))), Traced(value, place)), tree)
    return tree


def _typed(stated: str) -> bool | int | str | None:
    """A value of `--set` (Helm, pkg/strvals typedVal)."""
    if stated in ("true", "false", "null"):
        return {"true": True, "false": False}.get(stated)
    return int(stated) if INTEGER.fullmatch(stated) else stated


def _steps(name: str) -> Iterator[str | int]:
    for key, index in STEP.findall(name):
        yield re.sub(r"\\(.)", r"\1", key) if key else int(index)


def _nested(steps: Sequence[str | int], leaf: Traced) -> Traced:
    """A map down to a leaf. An index stands for the item of that place, the ones before it are null."""
    if not steps:
        return leaf
    inner = _nested(steps[1:], leaf)
    first = steps[0]
    return Traced([*[Traced(None)] * first, inner]) if isinstance(first, int) else Traced({first: inner})


def own_layers(helm: JsonObject, file: str, path: Path, bare: bool) -> Iterator[Traced]:
    """The layers that the Application itself states, lowest first; `bare`: there is no other place for values.

    `valuesObject` replaces `values` (Argo CD, types.go ValuesYAML).
    """
    whole, written = mapping(helm, "valuesObject"), text(helm, "values")
    if whole or (bare and not written):
        yield stated_tree(whole, file, (*path, "valuesObject"))
    elif written:
        yield stated_tree(read_values(written), file, (*path, "values"))
    yield parameters(helm, file, path)


def value_files(helm: JsonObject, folder: str, files: Mapping[str, str]) -> list[str]:
    """The value files that the Application names and that are there, in their order, as keys of `files`."""
    found: list[str] = []
    for name in items(helm, "valueFiles"):
        path = _resolved(str(name), folder)
        if path in files and path not in found:
            found.append(path)
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
