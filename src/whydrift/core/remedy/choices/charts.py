"""Whether what an application renders is ours to edit: charts from elsewhere only take values.

From elsewhere are charts of a registry, and subcharts, packed or not: the next update brings them anew.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from whydrift.core.model.fact_kinds import RENDERED_FROM
from whydrift.core.model.git_files import GitFiles
from whydrift.core.model.sources import CHART, OCI, source_type
from whydrift.core.model.values import Json, MaybeJson, child, mapping, text
from whydrift.core.remedy.choices.case import Case
from whydrift.core.remedy.choices.value_lines import chart_of


def files_of(case: Case) -> Mapping[str, str]:
    """The files that the application is rendered from, packed subcharts too."""
    found = case.subject.facts.maybe(RENDERED_FROM) or GitFiles()
    return {**found.files, **{name: content for tree in found.trees for name, content in tree.packed.items()}}


def editable_files(case: Case) -> Mapping[str, str]:
    """The files that an edit can change: not those in packed subcharts."""
    found = case.subject.facts.maybe(RENDERED_FROM)
    return found.files if found is not None else {}


def own_folders(case: Case) -> tuple[str, ...]:
    """The folders that the sources name."""
    found = case.subject.facts.maybe(RENDERED_FROM)
    return found.own if found is not None else ()


def in_subchart(case: Case, template: str) -> bool:
    """Whether a template is a subchart's."""
    return bool(chart_of(template, own_folders(case))[1])


def comes_from_elsewhere(case: Case) -> bool:
    """Whether the object is rendered by a chart that is not ours to edit."""
    return _only_from_registries(case) or _only_in_subcharts(case)


def has_value_for(case: Case) -> bool:
    """Whether the values that the chart is given hold the part of the object around the place, so that it passes."""
    around = child(case.subject.object.target, *case.difference.path[:-1])
    stated = [word for word in _texts(around) if len(word) > 1]
    given = "\n".join(_given(case))
    return bool(stated) and all(word in given for word in stated)


def _only_from_registries(case: Case) -> bool:
    """Whether every source that renders something is a chart of a registry (the others only hold its values)."""
    application = case.application
    kinds = [
        source_type(application, place) for place, source in enumerate(application.sources) if _renders(source.raw)
    ]
    return bool(kinds) and all(kind in (CHART, OCI) for kind in kinds)


def _only_in_subcharts(case: Case) -> bool:
    """Whether only templates of subcharts declare the object's kind."""
    templates = [(name, body) for name, body in files_of(case).items() if "/templates/" in f"/{name}"]
    own = [(name, body) for name, body in templates if not in_subchart(case, name)]
    if len(own) == len(templates):
        return False
    declares = re.compile(rf"(?m)^kind:\s*[\"']?{re.escape(case.key.kind)}\b")
    return not any(declares.search(body) for _, body in own) and any(declares.search(body) for _, body in templates)


def _renders(source: dict[str, Json]) -> bool:
    return bool(text(source, "chart") or text(source, "path") or not text(source, "ref"))


def _given(case: Case) -> Iterator[str]:
    """The texts of all values: of the Application's own, and of the files in git that are no subchart's."""
    for source in case.application.sources:
        helm = mapping(source.raw, "helm")
        yield json.dumps({"values": helm.get("valuesObject"), "parameters": helm.get("parameters")}, ensure_ascii=False)
        yield text(helm, "values")
    files = editable_files(case)
    yield from (
        content for name, content in files.items() if "templates/" not in name and not _is_subcharts(case, name)
    )


def _is_subcharts(case: Case, name: str) -> bool:
    return any("charts/" in name.removeprefix(f"{folder}/") for folder in own_folders(case) if name.startswith(folder))


def _texts(value: MaybeJson) -> Iterator[str]:
    if isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, str):
        yield value
