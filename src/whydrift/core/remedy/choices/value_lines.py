"""On which line of a file of values something is stated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from posixpath import join, normpath

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
    named = (pair for pair in reversed(pairs) if not is_merge(pair[0]) and _is_called(pair[0], step))
    pair = next(named, None)
    return None if pair is None else (pair[0].outer, pair[1])


def _is_called(key: Node, name: str | int) -> bool:
    try:
        return key_of(key) == name
    except NotEditable:  # no key that JSON has
        return False


@dataclass(frozen=True)
class Values:
    """The files that values are stated in. `named` are those that the Application names, the one that counts last;
    `own` the folders of its sources.
    """

    files: Mapping[str, str]
    named: tuple[str, ...] = ()
    own: tuple[str, ...] = ()

    def place(self, template: str, path: Sequence[str]) -> str:
        """`file:line` of a value that a template takes; "" where no file states it.

        What a subchart takes stands in its parent's values below its name, or else in its own.
        """
        chart, below = chart_of(template, self.own)
        for depth in range(len(below), -1, -1):
            outer, inner = below[: len(below) - depth], below[len(below) - depth :]
            own = join(chart, *(part for name in outer for part in ("charts", name)), "values.yaml")
            for name in (*(reversed(self.named) if not outer else ()), own):
                line = line_of(self.files.get(name, ""), [*inner, *path])
                if line:
                    return f"{name}:{line}"
        return ""

    def nearest(self, template: str, path: Sequence[str]) -> str:
        """`file:line` of a value, or of the nearest part around it under which it would be stated."""
        places = (self.place(template, path[:size]) for size in range(len(path), 0, -1))
        return next((place for place in places if place), "")


def chart_of(template: str, own: Sequence[str]) -> tuple[str, list[str]]:
    """The folder of the chart that a template belongs to, of the application's own, and the subcharts on the way."""
    around = [folder for folder in own if not folder or template.startswith(f"{folder}/")]
    folder = max(around, key=len, default="")
    inside = template.removeprefix(f"{folder}/") if folder else template
    chart, _, _ = inside.partition("/templates/")
    steps = chart.split("/") if "/templates/" in inside else []
    if not around and "charts" not in steps:  # a chart of another source
        return chart, []
    first = steps.index("charts") if "charts" in steps else len(steps)
    inner = [step for step in steps[first:] if step != "charts" and not step.endswith(".tgz")]
    return normpath(join(folder, *steps[:first])).removeprefix("."), inner
