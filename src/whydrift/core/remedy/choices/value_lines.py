"""On which line of a file of values something is stated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from whydrift.core.remedy.text.nodes import Entries, Items, Node, is_merge, key_of
from whydrift.core.remedy.text.reading import documents
from whydrift.errors import NotEditable


def line_of(content: str, path: Sequence[str]) -> int:
    """The line (from 1) of a key in the first document; 0 where it is not stated there."""
    try:
        found = documents(content)
    except NotEditable:
        return 0
    return line_in(content, found[0].root, path) if found else 0


def line_in(content: str, root: Node | None, path: Sequence[str | int]) -> int:
    """The line (from 1) of the last key of a path below a node; 0 where it is not stated there."""
    here, place = root, -1
    for step in path:
        found = _below(here, step)
        if found is None:
            return 0
        place, here = found
    return content.count("\n", 0, place) + 1 if place >= 0 else 0


def _below(node: Node | None, step: str | int) -> tuple[int, Node] | None:
    """Where a key (or an item) stands, and what stands there."""
    if isinstance(node, Items) and isinstance(step, int):
        return (node.items[step].outer, node.items[step]) if step < len(node.items) else None
    pairs = node.pairs if isinstance(node, Entries) else ()
    named = (pair for pair in reversed(pairs) if not is_merge(pair[0]) and key_of(pair[0]) == step)
    pair = next(named, None)
    return None if pair is None else (pair[0].outer, pair[1])


def place_of_value(files: Mapping[str, str], template: str, path: Sequence[str], stated_in: Sequence[str]) -> str:
    """`file:line` of a value that a template takes; "" where no file states it.

    `stated_in` are further files of values, the one that counts last. What a subchart takes stands in its parent's
    values below its name, or else in its own.
    """
    chart, *below = _charts(template)
    for depth in range(len(below), -1, -1):
        folder = "/charts/".join([chart, *below[: len(below) - depth]])
        inner = [*below[len(below) - depth :], *path]
        outermost = depth == len(below)
        names = [*reversed(stated_in), f"{folder}/values.yaml"] if outermost else [f"{folder}/values.yaml"]
        for name in names:
            line = line_of(files.get(name.lstrip("/"), ""), inner)
            if line:
                return f"{name.lstrip('/')}:{line}"
    return ""


def nearest_place(files: Mapping[str, str], template: str, path: Sequence[str], stated_in: Sequence[str]) -> str:
    """`file:line` of a value, or of the nearest part around it under which it would be stated."""
    places = (place_of_value(files, template, path[:size], stated_in) for size in range(len(path), 0, -1))
    return next((place for place in places if place), "")


def _charts(template: str) -> list[str]:
    """The folder of the outermost chart that a template belongs to, then the names of the subcharts on the way."""
    steps = template.partition("/templates/")[0].split("/")
    first = steps.index("charts") if "charts" in steps[1:] else len(steps)
    inner = (step for step in steps[first:] if step != "charts" and not step.endswith(".tgz"))
    return ["/".join(steps[:first]), *inner]
