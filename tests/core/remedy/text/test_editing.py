"""Edits of YAML and JSON text, as situations: what comes out byte for byte, and which line people are pointed to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.from_yaml import from_yaml

from whydrift.core.model.paths import Path as FieldPath
from whydrift.core.model.paths import parse_pointer
from whydrift.core.model.remedy import Change
from whydrift.core.model.values import ABSENT
from whydrift.core.remedy.text.editing import edit_text
from whydrift.errors import NotEditable

SITUATIONS: list[dict[str, Any]] = from_yaml(Path(__file__).with_name("edits.yaml").read_text())


def _path(pointer: str) -> FieldPath:
    return tuple(int(step) if step.isdigit() else step for step in parse_pointer(pointer))


@pytest.mark.parametrize("situation", SITUATIONS, ids=[situation["what"] for situation in SITUATIONS])
def test_an_edit(situation: dict[str, Any]) -> None:
    changes = [Change(_path(where), *(value or [ABSENT])) for where, *value in situation["changes"]]
    if "refuses" in situation:
        with pytest.raises(NotEditable, match=situation["refuses"]):
            edit_text(situation["before"], 0, changes)
        return
    edited = edit_text(situation["before"], situation.get("document", 0), changes)
    assert edited.content == situation["after"]
    assert edited.line == situation["line"]
