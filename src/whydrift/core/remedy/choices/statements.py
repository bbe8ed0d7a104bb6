"""Where git states one object more than once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from whydrift.core.compare.differences import differences
from whydrift.core.model.fact_kinds import RENDERED_FROM
from whydrift.core.model.objects import ObjectKey, key_of
from whydrift.core.model.values import JsonObject, is_object
from whydrift.core.remedy.choices.case import Case
from whydrift.core.remedy.choices.value_lines import line_in
from whydrift.core.remedy.text.nodes import Node
from whydrift.core.remedy.text.reading import documents
from whydrift.errors import NotEditable

Statement = tuple[str, str, Node, JsonObject]
"""The file, its content, and the document in it."""


def superseded(case: Case) -> str:
    """`file:line` of what the first statement says otherwise than the last one; "" where the files do not show two.

    The first one never arrives: of one folder, Argo CD reads the files by name and takes the last statement.
    """
    found = case.subject.facts.maybe(RENDERED_FROM)
    stated = [one for name in sorted(found.files) for one in _statements(found.files, name, case.key)] if found else []
    if len(stated) < 2:
        return ""
    (name, content, root, first), (*_, last) = stated[0], stated[-1]
    lines = [line for d in differences(first, last) if (line := line_in(content, root, d.path))]
    return f"{name}:{min(lines, default=content.count(chr(10), 0, root.start) + 1)}"


def _statements(files: Mapping[str, str], name: str, key: ObjectKey) -> Iterator[Statement]:
    """The documents of a file that state the object; templates are no documents."""
    content = files[name]
    if key.name not in content or "{{" in content or not name.endswith((".yaml", ".yml", ".json")):
        return
    try:
        found = [(document, document.value) for document in documents(content)]
    except NotEditable:
        return
    for document, value in found:
        if document.root is not None and is_object(value) and _names(value, key):
            yield name, content, document.root, value


def _names(value: JsonObject, key: ObjectKey) -> bool:
    named = key_of(value, key.namespace)
    return named == key or (not key.namespace and named._replace(namespace="") == key)
