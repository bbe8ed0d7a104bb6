"""The field that a message of the API server or of a comparison names, as an address in git's object."""

from __future__ import annotations

import re

from whydrift.core.explain.syncing import STATED
from whydrift.core.model.paths import Path
from whydrift.core.model.values import ABSENT, MaybeJson, child

NAMED = (
    STATED,
    re.compile(
        r"(?<![\w.\]-])((?:[\w.-]|\[[^\]]*\])+): (?:field not declared in schema|expected \w|duplicate entries)"
    ),
    re.compile(r'unknown field "([^"]+)"'),
    re.compile(r"([a-zA-Z][\w.\[\]-]*): (?:Required value|Forbidden|Too long)"),
)
"""apimachinery, field.Error; structured-merge-diff, ValidationError; json strict decoding."""
STEP = re.compile(r'\[(\w+)="?([^\]"]*)"?[^\]]*\]|\[(\d+)\]|([^.\[\]]+)')


def named_field(message: str, target: MaybeJson) -> Path:
    """The field, or the nearest one around it that git states; () where the message names none of this object's."""
    for pattern in NAMED:
        for found in pattern.finditer(message):
            path = _address(found[1], target)
            if path:
                return path
    return ()


def _address(spelled: str, target: MaybeJson) -> Path:
    """A path in Go's spelling as an address; () where git does not state its beginning."""
    path: list[str | int] = []
    here = target
    for key, value, index, name in STEP.findall(spelled):
        step = int(index) if index else name if name else _item(here, key, value)
        inner = child(here, step)
        if inner is ABSENT:
            break
        here = inner
        path.append(step)
    return tuple(path)


def _item(here: MaybeJson, key: str, value: str) -> int:
    """The index of the item of this key, -1 where there is none."""
    siblings = here if isinstance(here, list) else []
    return next((place for place, item in enumerate(siblings) if str(child(item, key)) == value), -1)
