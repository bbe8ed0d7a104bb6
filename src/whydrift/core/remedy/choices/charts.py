"""Whether what an application renders is ours to edit: a chart from a registry only takes values."""

from __future__ import annotations

import json
from collections.abc import Iterator

from whydrift.core.model.fact_kinds import RENDERED_FROM
from whydrift.core.model.sources import CHART, OCI, source_type
from whydrift.core.model.values import Json, MaybeJson, child, mapping, text
from whydrift.core.remedy.choices.case import Case


def comes_from_elsewhere(case: Case) -> bool:
    """Whether every source that renders something is a chart of a registry (the others only hold its values)."""
    application = case.application
    kinds = [
        source_type(application, place) for place, source in enumerate(application.sources) if _renders(source.raw)
    ]
    return bool(kinds) and all(kind in (CHART, OCI) for kind in kinds)


def has_value_for(case: Case) -> bool:
    """Whether the values that the chart is given hold the part of the object around the place, so that it passes."""
    around = child(case.subject.object.target, *case.difference.path[:-1])
    stated = [word for word in _texts(around) if len(word) > 1]
    given = "\n".join(_given(case))
    return bool(stated) and all(word in given for word in stated)


def _renders(source: dict[str, Json]) -> bool:
    return bool(text(source, "chart") or text(source, "path") or not text(source, "ref"))


def _given(case: Case) -> Iterator[str]:
    """The texts of all values: of the Application's own, and of the files in git."""
    for source in case.application.sources:
        helm = mapping(source.raw, "helm")
        yield json.dumps({"values": helm.get("valuesObject"), "parameters": helm.get("parameters")}, ensure_ascii=False)
        yield text(helm, "values")
    files = case.subject.facts.maybe(RENDERED_FROM)
    yield from files.files.values() if files is not None else ()


def _texts(value: MaybeJson) -> Iterator[str]:
    if isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, str):
        yield value
