"""Writes the reason of an edit above the first line that it changes; refused where it would change what is stated."""

from __future__ import annotations

from dataclasses import replace
from textwrap import wrap

from whydrift.core.model.remedy import APPLICATION, Edit, How
from whydrift.core.model.values import same
from whydrift.core.remedy.text.reading import documents
from whydrift.errors import NotEditable

WIDTH = 100
ENDINGS = (".yaml", ".yml", ".tpl")


def commented(edit: Edit, reason: str) -> Edit:
    """The edit with its reason as a comment above the change; as it was where no comment can stand there.

    A file that is YAML must state the same with the comment; in a template it is an action that leaves no trace.
    """
    if edit.file == APPLICATION or edit.before == edit.after or not edit.file.endswith(ENDINGS):
        return edit
    lines, old = edit.after.split("\n"), edit.before.split("\n")
    place = next((n for n, line in enumerate(lines) if n >= len(old) or old[n] != line), None)
    if place is None or place >= len(lines):
        return edit
    ending = "\r" if lines[place].endswith("\r") else ""
    comment = [f"{line}{ending}" for line in _lines(edit, lines[place], reason)]
    content = "\n".join([*lines[:place], *comment, *lines[place:]])
    return replace(edit, after=content) if _states_the_same(edit, content) else edit


def _lines(edit: Edit, changed: str, reason: str) -> list[str]:
    indent = changed[: len(changed) - len(changed.lstrip(" "))]
    text = wrap(" ".join(reason.split()).replace("*/", "* /"), WIDTH)
    if edit.how is How.TEMPLATE:
        return [f"{indent}{{{{- /* {line} */}}}}" for line in text]
    return [f"{indent}# {line}" for line in text]


def _states_the_same(edit: Edit, content: str) -> bool:
    """Whether a file says the same with the comment; a template's action says nothing wherever it stands."""
    if edit.how is How.TEMPLATE:
        return True
    try:
        before, after = documents(edit.after), documents(content)
    except NotEditable:
        return False
    return len(before) == len(after) and all(same(a.value, b.value) for a, b in zip(before, after, strict=True))
