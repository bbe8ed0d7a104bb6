"""The charts that a source is rendered from: the one in its folder, its subcharts, and the values of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from whydrift.core.model.paths import Path
from whydrift.core.model.values import Json, child, items, text
from whydrift.core.remedy.places.helm.layers import EMPTY, merged, overridable, read_values, stated_tree, with_parameter
from whydrift.core.remedy.places.helm.traced import Stated, Traced, plain

CHART, VALUES = "Chart.yaml", "values.yaml"


@dataclass(frozen=True)
class Chart:
    """One chart: its folder in the files, what Chart.yaml states, its values (globals in them), and its subcharts.

    `fetched`: it is a copy of one from elsewhere, which the next fetch replaces.
    """

    folder: str
    about: Traced
    values: Traced
    charts: tuple[Chart, ...]
    fetched: bool = False

    @property
    def name(self) -> str:
        """Its name; the alias of a subchart that has one."""
        return text(plain(self.about), "name")

    @property
    def library(self) -> bool:
        """Whether it only defines templates for others."""
        return text(plain(self.about), "type") == "library"

    def all(self) -> Iterator[Chart]:
        """The subcharts, deepest first, then the chart itself: of templates with one name the last one counts."""
        for chart in self.charts:
            yield from chart.all()
        yield self


def inside(folder: str, name: str) -> str:
    """The path of a file in a folder ("" is the root)."""
    return f"{folder}/{name}" if folder else name


def load(
    files: Mapping[str, str],
    folder: str,
    layers: Sequence[Traced] = (),
    parameters: Iterable[tuple[Path, Traced]] = (),
    above: Stated | None = None,
) -> Chart:
    """The chart in a folder, with the values that `layers` state, lowest first, over its own, and parameters over all.

    `above` is where a value that only the chart's own file states can be stated for this application alone.
    """
    own = stated_tree(read_values(files.get(inside(folder, VALUES), "")), inside(folder, VALUES))
    values = overridable(own, above) if above else own
    for layer in layers:
        values = merged(layer, values)
    for steps, value in parameters:
        values = with_parameter(values, steps, value)
    return _with_subcharts(files, folder, values)


def _with_subcharts(files: Mapping[str, str], folder: str, values: Traced) -> Chart:
    about = stated_tree(read_values(files.get(inside(folder, CHART), "")), inside(folder, CHART))
    charts: list[Chart] = []
    for dependency in _dependencies(files, folder, about, values):
        values, chart = _subchart(files, dependency.folder, dependency.alias, values)
        charts += [replace(chart, fetched=dependency.fetched)] if dependency.on else []
    return Chart(folder, about, values, tuple(charts))


def _subchart(files: Mapping[str, str], folder: str, alias: str, values: Traced) -> tuple[Traced, Chart]:
    """The values of a chart with those of a subchart in them, and the subchart: what the parent states counts."""
    over = _child(values, alias)
    above = over.stated or _below(values, alias)
    own = stated_tree(read_values(files.get(inside(folder, VALUES), "")), inside(folder, VALUES))
    inner = merged(replace(over, stated=above), overridable(own, above))
    shared = merged(_child(values, "global"), _child(inner, "global"))
    inner = _with(inner, "global", replace(shared, stated=shared.stated or _below(values, "global")))
    chart = _with_subcharts(files, folder, inner)
    named = replace(chart, about=_with(chart.about, "name", Traced(alias))) if alias != chart.name else chart
    return _with(values, alias, chart.values), named


def _below(values: Traced, key: str) -> Stated:
    file, path = values.stated or Stated("", ())
    return Stated(file, (*path, key))


def _child(values: Traced, key: str) -> Traced:
    found = values.data.get(key) if isinstance(values.data, dict) else None
    return found if found is not None and isinstance(found.data, dict) else EMPTY


def _with(values: Traced, key: str, value: Traced) -> Traced:
    data = values.data if isinstance(values.data, dict) else {}
    return replace(values, data={**data, key: value})


class Dependency(NamedTuple):
    """A subchart: its folder, its name or alias, whether it is on, and whether it was fetched from elsewhere."""

    folder: str
    alias: str
    on: bool = True
    fetched: bool = False


def _dependencies(files: Mapping[str, str], folder: str, about: Traced, values: Traced) -> Iterator[Dependency]:
    """The subcharts that are in the files (Helm, docs/topics/charts)."""
    stated = items(plain(about), "dependencies") or _requirements(files, folder)
    there = _folders(files, inside(folder, "charts"))
    known: set[str] = set()
    for dependency in stated:
        name = text(dependency, "name")
        place = there.get(name)
        known.add(name)
        if place:
            on = _is_on(dependency, values)
            fetched = bool(text(dependency, "repository")) and not text(dependency, "repository").startswith("file:")
            yield Dependency(place, text(dependency, "alias") or name, on, fetched)
    for name, place in there.items():
        if name not in known:
            yield Dependency(place, name)


def _requirements(files: Mapping[str, str], folder: str) -> list[Json]:
    return items(read_values(files.get(inside(folder, "requirements.yaml"), "")), "dependencies")


def _folders(files: Mapping[str, str], below: str) -> dict[str, str]:
    """The charts in a folder by name."""
    found: dict[str, str] = {}
    for path in files:
        inner, _, name = path.rpartition("/")
        if name == CHART and inner.startswith(f"{below}/"):
            packed = inner.removeprefix(f"{below}/").split("/")
            if len(packed) == 1 or (len(packed) == 2 and packed[0].endswith(".tgz")):
                found[packed[-1] if len(packed) == 1 else packed[1]] = inner
    return found


def _is_on(dependency: Json, values: Traced) -> bool:
    """Whether a dependency is on: the first path of its condition that is stated counts, else its tags."""
    stated = plain(values)
    paths = [path.strip() for path in text(dependency, "condition").split(",")]
    switches = [child(stated, *path.split(".")) for path in paths if path]
    tags = [child(stated, "tags", str(tag)) for tag in items(dependency, "tags")]
    first = [switch for switch in switches if isinstance(switch, bool)][:1]
    known = first or [tag for tag in tags if isinstance(tag, bool)]
    return any(known) if known else True
